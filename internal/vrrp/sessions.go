package vrrp

import (
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/watchdog/link"
)

// sessionState takes in the state of a BFD session. It is kept for instances
// that begin to track the session later, and for a successor.
func (l *loop) sessionState(m link.Message) {
	s, err := link.ParseSessionState(m)
	if err != nil {
		l.log.Errf("Message from the parent: %v", err)
		return
	}
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
