package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// Reconfigure makes sessions the configured ones; names and peers are unique.
// One that keeps its name and its peer goes on, and announces changed
// parameters with a poll. The others end, and their neighbors are told.
// What is known of every session is reported.
func (m *Machine) Reconfigure(now time.Time, sessions []Session) []Effect {
	m.begin(now)
	if m.stopped {
		return m.end()
	}
	kept := make(map[string]bool, len(sessions))
	for _, p := range sessions {
		old := m.byName[p.Name]
		kept[p.Name] = old != nil && old.p.peer() == p.peer()
	}
	for _, s := range m.sessions {
		if !kept[s.p.Name] {
			m.remove(s)
		}
	}
	m.sessions = nil
	for _, p := range sessions {
		s := m.byName[p.Name]
		if s != nil {
			s.change(p)
		} else {
			s = m.add(m.newSession(p))
			s.start()
		}
		m.sessions = append(m.sessions, s)
		m.emit(Report{p.Name, s.reported})
	}
	m.changed = true
	return m.end()
}

func (m *Machine) add(s *session) *session {
	m.byName[s.p.Name], m.byDiscr[s.discr] = s, s
	return s
}

func (m *Machine) remove(s *session) {
	s.becomeAdminDown()
	delete(m.byName, s.p.Name)
	delete(m.byDiscr, s.discr)
	m.emit(Forget{s.p.Name})
}

// change gives a running session new parameters.
func (s *session) change(p Session) {
	old := s.p
	s.p = p
	tx := p.IdleTx
	if s.state == packet.Up {
		tx = p.MinTx
	}
	s.setTx(tx)
	if p.MinRx != old.MinRx {
		s.setRx()
	}
	s.retime()
	s.schedule()
}
