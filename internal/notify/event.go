package notify

import (
	"fmt"
	"strconv"
)

// Kind is who a notification is about.
type Kind string

// The kinds, spelt as scripts and FIFO readers see them.
const (
	Instance Kind = "INSTANCE"
	Group    Kind = "GROUP"
)

// Event is one notification about a VRRP instance or sync group.
type Event struct {
	Kind Kind
	Name string
	// State: MASTER, BACKUP, FAULT, STOP, DELETED; to a FIFO also
	// MASTER_RX_LOWER_PRI, MASTER_PRIORITY, BACKUP_PRIORITY.
	State    string
	Priority int // effective; 0 for a group
}

// Args is what a generic notify script gets after its own arguments.
func (e Event) Args() []string {
	return []string{string(e.Kind), e.Name, e.State, strconv.Itoa(e.Priority)}
}

// Line is what a FIFO gets.
func (e Event) Line() string {
	return fmt.Sprintf("%s \"%s\" %s %d\n", e.Kind, e.Name, e.State, e.Priority)
}

// Key is the Queue's key for the scripts of the event. What is no change of state
// has a key of its own, so that it cannot supersede one.
func (e Event) Key() string {
	key := string(e.Kind) + " " + e.Name
	if _, isState := instanceAlerts[e.State]; !isState {
		key += " " + e.State
	}
	return key
}

// Alert is the mail about the event. There is none for states that only a FIFO
// hears of, nor for a group that was deleted.
func (e Event) Alert() (m Mail, ok bool) {
	text := instanceAlerts
	subject := "VRRP Instance "
	if e.Kind == Group {
		text, subject = groupAlerts, "VRRP Group "
	}
	t, ok := text[e.State]
	return Mail{Subject: subject + e.Name + " - " + t.subject, Body: t.body}, ok
}

type alertText struct{ subject, body string }

var instanceAlerts = map[string]alertText{
	"MASTER":  {"Entering MASTER state", "=> VRRP Instance is now owning VRRP VIPs <="},
	"BACKUP":  {"Entering BACKUP state", "=> VRRP Instance is no longer owning VRRP VIPs <="},
	"FAULT":   {"Entering FAULT state", "=> VRRP Instance is no longer owning VRRP VIPs <="},
	"STOP":    {"Stopping", "=> VRRP Instance stopping <="},
	"DELETED": {"Deleted", "=> VRRP Deleted at reload <="},
}

var groupAlerts = map[string]alertText{
	"MASTER": {"Entering MASTER state", "=> All VRRP group instances are now in MASTER state <="},
	"BACKUP": {"Entering BACKUP state", "=> All VRRP group instances are now in BACKUP state <="},
	"FAULT":  {"Entering FAULT state", "=> All VRRP group instances are now in FAULT state <="},
	"STOP":   {"Stopping", "=> All VRRP group instances are now stopping <="},
}
