// Package vrrpmib is the VRRP part of KEEPALIVED-MIB
// (1.3.6.1.4.1.9586.100.5.2), made from a snapshot of a VRRP process.
package vrrpmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
)

// OID is the part that is declared here.
var OID = global.Root.With(2)

// State is what is shown.
type State struct {
	*dump.Snapshot
	// Set changes an instance at run time; its errors say that the process does
	// not answer.
	Set Setter

	index map[string]int // of interfaces, by name
	kinds map[fsm.TrackerKind]map[string]dump.Tracker
}

// Setter carries out writes. It is called by the goroutine that answers.
type Setter interface {
	SetPriority(id fsm.InstanceID, priority uint8) error
	SetPreempt(id fsm.InstanceID, preempt bool) error
}

// View is the objects of a snapshot.
func View(s *dump.Snapshot, set Setter) *snmp.View {
	st := &State{Snapshot: s, Set: set, index: map[string]int{}, kinds: map[fsm.TrackerKind]map[string]dump.Tracker{}}
	for _, f := range s.Interfaces {
		st.index[f.Name] = f.Index
	}
	for _, t := range s.Trackers {
		if st.kinds[t.Kind] == nil {
			st.kinds[t.Kind] = map[string]dump.Tracker{}
		}
		st.kinds[t.Kind][t.Name] = t
	}
	return mib.View(st)
}

var mib = snmp.MIB[*State]{
	groups, members, instances, addresses, routes, nextHops, rules, scripts, files, bfds, processes,
	trackedInterfaces(4, instanceTracks(func(t *config.Instance) []config.Track { return t.TrackInterfaces },
		func(g *config.SyncGroup) []config.Track { return g.TrackInterfaces })),
	tracked(5, instanceTracks(func(t *config.Instance) []config.Track { return t.TrackScripts },
		func(g *config.SyncGroup) []config.Track { return g.TrackScripts })),
	tracked(12, instanceTracks(func(t *config.Instance) []config.Track { return t.TrackFiles },
		func(g *config.SyncGroup) []config.Track { return g.TrackFiles })),
	tracked(17, instanceTracks(func(t *config.Instance) []config.Track { return t.TrackBFDs },
		func(g *config.SyncGroup) []config.Track { return g.TrackBFDs })),
	tracked(20, instanceTracks(func(t *config.Instance) []config.Track { return t.TrackProcesses },
		func(g *config.SyncGroup) []config.Track { return g.TrackProcesses })),
	trackedInterfaces(14, groupTracks(func(g *config.SyncGroup) []config.Track { return g.TrackInterfaces })),
	tracked(15, groupTracks(func(g *config.SyncGroup) []config.Track { return g.TrackScripts })),
	tracked(16, groupTracks(func(g *config.SyncGroup) []config.Track { return g.TrackFiles })),
	tracked(19, groupTracks(func(g *config.SyncGroup) []config.Track { return g.TrackBFDs })),
	tracked(22, groupTracks(func(g *config.SyncGroup) []config.Track { return g.TrackProcesses })),
}

// state is a VrrpState; those that pass are unknown(4).
func state(s fsm.State) snmp.Value {
	if s > fsm.StateFault {
		return snmp.Int(4)
	}
	return snmp.Int(s)
}

// command is a script's arguments, quoted; there is none for no script.
func command(s config.Script) snmp.Value {
	if !s.IsSet() {
		return snmp.Value{}
	}
	return snmp.Text(quoted(s.Argv))
}
