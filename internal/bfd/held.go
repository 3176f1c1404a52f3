package bfd

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

// heldState is what a successor needs to know should this process die. Times
// are on the clock that both processes share.
type heldState struct {
	Now      int64 // CLOCK_MONOTONIC in nanoseconds
	Sessions []heldSession
}

type heldSession struct {
	fsm.Saved
	Left time.Duration // that the result of a predecessor holds; 0: confirmed
}

// reporter leaves the state with the parent, from a goroutine of its own. Only
// the newest state is of interest.
type reporter struct {
	log    *logging.Logger
	parent *link.Child
	newest chan heldState
}

func newReporter(log *logging.Logger, c *link.Child) *reporter {
	return &reporter{log: log, parent: c, newest: make(chan heldState, 1)}
}

// report replaces what has not been reported yet. It never waits; it belongs to
// the loop.
func (r *reporter) report(saved []fsm.Saved) {
	h := heldState{Now: monotonic()}
	for _, s := range saved {
		x := heldSession{Saved: s}
		if !s.HoldUntil.IsZero() {
			x.Left = max(time.Until(s.HoldUntil), 1)
		}
		x.HoldUntil = time.Time{}
		h.Sessions = append(h.Sessions, x)
	}
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
			err = r.parent.SetHeld(data)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			r.log.Errf("Handing the state to the parent: %v", err)
		}
	}
}

// resumed is what a predecessor that died has left.
func resumed(held []byte, log *logging.Logger) (out []fsm.Saved) {
	if len(held) == 0 {
		return nil
	}
	var h heldState
	if err := json.Unmarshal(held, &h); err != nil {
		log.Errf("Reading the state left by the predecessor: %v", err)
		return nil
	}
	saved := time.Now().Add(time.Duration(h.Now - monotonic()))
	for _, s := range h.Sessions {
		if s.Left > 0 {
			s.HoldUntil = saved.Add(s.Left)
		}
		out = append(out, s.Saved)
	}
	return out
}

// monotonic is CLOCK_MONOTONIC in nanoseconds.
func monotonic() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return 0
	}
	return ts.Nano()
}
