package vrrp

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/vrrp/fsm"
)

// heldState is what a successor needs to know should this process die.
type heldState struct {
	Masters  []fsm.Key
	Sessions map[string]bool // BFD
}

// reporter leaves the state with the parent, from a goroutine of its own. Only
// the newest state is of interest.
type reporter struct {
	log    *logging.Logger
	parent parent
	newest chan heldState
}

func newReporter(log *logging.Logger, p parent) *reporter {
	return &reporter{log: log, parent: p, newest: make(chan heldState, 1)}
}

// report replaces what has not been reported yet. It never waits; it belongs to
// the loop.
func (r *reporter) report(h heldState) {
	select {
	case <-r.newest:
	default:
	}
	r.newest <- h
}

func (r *reporter) run() {
	for h := range r.newest {
		data, err := json.Marshal(h)
		if err == nil {
			err = r.parent.child.SetHeld(data)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			r.log.Errf("Handing the state to the parent: %v", err)
		}
	}
}

// reportHeld tells the parent what is held now.
func (l *loop) reportHeld() {
	h := heldState{Sessions: maps.Clone(l.sessions)}
	for _, in := range l.instances {
		if l.isMaster(in) {
			h.Masters = append(h.Masters, instanceKey(&in.conf))
		}
	}
	l.reporter.report(h)
}

// readHeld is what a predecessor that died has left.
func readHeld(held []byte, log *logging.Logger) (h heldState) {
	if len(held) == 0 {
		return h
	}
	if err := json.Unmarshal(held, &h); err != nil {
		log.Errf("Reading the state left by the predecessor: %v", err)
		return heldState{}
	}
	return h
}

// resumed is what it held as master; age is how long ago the parent last heard
// of it.
func (h heldState) resumed(age time.Duration) (out []fsm.Resumed) {
	for _, k := range h.Masters {
		out = append(out, fsm.Resumed{Key: k, LastAdvert: age})
	}
	return out
}
