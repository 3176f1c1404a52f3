package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/bfd/packet"
)

// Saved is what a successor needs to carry on with a session that was reported
// as Up.
type Saved struct {
	Name             string
	Neighbor, Source netip.Addr
	Multihop         bool
	Up               bool // false: it is not Up any more, but its result still holds
	Mine, Theirs     uint32
	MinTx, MinRx     time.Duration // of the neighbor
	Multiplier       uint8
	HoldUntil        time.Time // zero: confirmed by the neighbor
}

// Save returns what is worth keeping, should this process die.
func (m *Machine) Save() (out []Saved) {
	for _, s := range m.sessions {
		if s.reported {
			out = append(out, Saved{
				Name: s.p.Name, Neighbor: s.p.Neighbor, Source: s.p.Source, Multihop: s.p.Multihop,
				Up: s.state == packet.Up, Mine: s.discr, Theirs: s.remote.discr,
				MinTx: s.remote.minTx, MinRx: s.remote.minRx, Multiplier: s.remote.multiplier, HoldUntil: s.holdUntil,
			})
		}
	}
	return out
}

// Resume is Reconfigure for a process that replaces one which died at gone. Its
// sessions go on where they were: a neighbor that has not noticed sees nothing,
// and one that has brings the session up again before the result is taken back.
func (m *Machine) Resume(now, gone time.Time, sessions []Session, saved []Saved) []Effect {
	m.begin(now)
	for _, p := range sessions {
		s := m.newSession(p)
		for _, old := range saved {
			if old.matches(p) {
				s.resume(old, gone)
			}
		}
		m.sessions = append(m.sessions, m.add(s))
		s.start()
		m.emit(Report{p.Name, s.reported})
	}
	m.changed = true
	return m.end()
}

func (o Saved) matches(p Session) bool {
	return o.Name == p.Name && peer{o.Neighbor, o.Source, o.Multihop} == p.peer()
}

// resume takes over what is not too old.
func (s *session) resume(o Saved, gone time.Time) {
	until := o.HoldUntil
	if until.IsZero() {
		until = gone.Add(s.p.HoldTime())
	}
	if !until.After(s.m.now) {
		return
	}
	s.reported, s.holdUntil = true, until
	if !o.Up || o.Mine == 0 || o.Theirs == 0 || o.Multiplier == 0 || s.m.byDiscr[o.Mine] != nil {
		return
	}
	s.state, s.discr = packet.Up, o.Mine
	s.remote = remote{discr: o.Theirs, state: packet.Up, minTx: o.MinTx, minRx: o.MinRx, multiplier: o.Multiplier}
	s.desiredTx, s.txInUse = s.p.MinTx, s.p.MinTx
	s.retime()
	s.detectAt = s.m.now.Add(s.detect)
}
