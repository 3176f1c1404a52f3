package fsm

import "keepalived/internal/bfd/packet"

// receive is the reception of a valid packet, RFC 5880 6.8.6.
func (s *session) receive(c packet.Control) {
	before := s.state
	s.hear(c)
	if c.Final && s.polling {
		s.endPoll()
	}
	s.follow(c.State)
	if s.state == packet.Up && s.remote.state == packet.Up && !s.holdUntil.IsZero() {
		s.m.changed = true
		s.report() // the neighbor has not noticed that a predecessor was gone
	}
	s.retime()
	s.detectAt, s.excused = s.m.now.Add(s.detect), 0
	switch {
	case c.Poll:
		s.send(true)
	case s.state != before:
		s.send(false)
	}
	s.schedule()
}

func (s *session) hear(c packet.Control) {
	now := remote{
		discr: c.Mine, state: c.State, diag: c.Diag,
		minTx: c.DesiredMinTx, minRx: c.RequiredRx, multiplier: c.Multiplier, demand: c.Demand,
	}
	s.lastSeen = s.m.now
	if now != s.remote {
		s.remote, s.m.changed = now, true
	}
}

// follow is the state machine of RFC 5880 6.8.6.
func (s *session) follow(theirs packet.State) {
	switch {
	case theirs == packet.AdminDown:
		if s.state != packet.Down {
			s.becomeDown(packet.NeighborDown)
		}
	case s.state == packet.Down && theirs == packet.Down:
		s.becomeInit()
	case s.state == packet.Down && theirs == packet.Init,
		s.state == packet.Init && theirs != packet.Down:
		s.becomeUp()
	case s.state == packet.Up && theirs == packet.Down:
		s.becomeDown(packet.NeighborDown)
	}
}
