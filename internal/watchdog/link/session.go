package link

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SessionState is the state of a BFD session. The BFD child tells the parent,
// and the parent tells the other children, also those that start later.
type SessionState struct {
	Name string
	Up   bool
	sent int64 // CLOCK_MONOTONIC in nanoseconds
}

// NewSessionState is the state at this moment.
func NewSessionState(name string, up bool) SessionState {
	return SessionState{Name: name, Up: up, sent: monotonic()}
}

// Age is how long ago the state was new.
func (s SessionState) Age() time.Duration { return max(time.Duration(monotonic()-s.sent), 0) }

// NewerThan says that s came after o.
func (s SessionState) NewerThan(o SessionState) bool { return s.sent > o.sent }

// String is the state as log lines show it.
func (s SessionState) String() string {
	if s.Up {
		return "Up"
	}
	return "Down"
}

// Message carries s.
func (s SessionState) Message() Message {
	return Message{Type: BFDState, Text: fmt.Sprintf("%s %d %s", s, s.sent, s.Name)}
}

// ParseSessionState reads a BFDState. The error is an ErrMalformed.
func ParseSessionState(m Message) (SessionState, error) {
	f := strings.SplitN(m.Text, " ", 3)
	if m.Type != BFDState || len(f) != 3 || f[0] != "Up" && f[0] != "Down" || f[2] == "" {
		return SessionState{}, fmt.Errorf("session state %q: %w", m.Text, ErrMalformed)
	}
	sent, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return SessionState{}, fmt.Errorf("session state %q: %w", m.Text, ErrMalformed)
	}
	return SessionState{Name: f[2], Up: f[0] == "Up", sent: sent}, nil
}

// replaces says that o need not be sent before m: they have the same meaning,
// and m is newer.
func (m Message) replaces(o Message) bool {
	if m.Type != o.Type || m.Type != BFDState {
		return m.Type == o.Type
	}
	a, _ := ParseSessionState(m)
	b, _ := ParseSessionState(o)
	return a.Name == b.Name
}
