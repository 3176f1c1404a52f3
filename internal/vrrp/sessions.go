package vrrp

import (
	"errors"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/watchdog/link"
)

// fromBFD takes in what the BFD child says on the express line.
func (l *loop) fromBFD() {
	for {
		s, err := l.parent.child.RecvExpress()
		switch {
		case err == nil:
			l.sessionState(s)
		case errors.Is(err, link.ErrAgain):
			return
		case errors.Is(err, link.ErrMalformed):
			l.log.Errf("Message from the BFD child: %v", err)
		default: // the parent goes on telling
			l.poll.Remove(l.parent.child.ExpressFD())
			return
		}
	}
}

// relayed takes in what the parent says of a session.
func (l *loop) relayed(m link.Message) {
	s, err := link.ParseSessionState(m)
	if err != nil {
		l.log.Errf("Message from the parent: %v", err)
		return
	}
	l.sessionState(s)
}

// sessionState takes in the state of a BFD session. It is kept for instances
// that begin to track the session later, and for a successor. Each comes on two
// ways; the first to arrive counts.
func (l *loop) sessionState(s link.SessionState) {
	if old, known := l.heard[s.Name]; known && !s.NewerThan(old) {
		return
	}
	l.heard[s.Name] = s
	if _, tracked := l.trackerID(fsm.TrackBFD, s.Name); tracked {
		l.log.Detailf("Received BFD event: instance %s is in state %s (delivered in %d usec)", s.Name, s, s.Age().Microseconds())
	}
	if up, known := l.sessions[s.Name]; known && up == s.Up {
		return
	}
	l.sessions[s.Name] = s.Up
	trackerResult{fsm.TrackBFD, s.Name, fsm.TrackerStatus{Known: true, Up: s.Up}}.handle(l)
	l.reportHeld()
}
