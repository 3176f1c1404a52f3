package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// Machine is all sessions of a router. It belongs to one goroutine.
type Machine struct {
	random   func() uint32
	sessions []*session // in the order of the configuration
	byName   map[string]*session
	byDiscr  map[uint32]*session
	queue    queue

	now     time.Time
	effects []Effect
	stopped bool
	changed bool
}

// New makes a machine whose sessions are Down, but for those that a predecessor
// has left. random is the source of discriminators and jitter.
func New(random func() uint32) *Machine {
	return &Machine{random: random, byName: map[string]*session{}, byDiscr: map[uint32]*session{}}
}

func (m *Machine) begin(now time.Time) {
	m.now, m.effects = now, m.effects[:0]
}

// end returns the effects; the slice is valid until the next call.
func (m *Machine) end() []Effect {
	if m.changed {
		m.changed = false
		m.emit(Changed{})
	}
	return m.effects
}

func (m *Machine) emit(e Effect) { m.effects = append(m.effects, e) }

// Step takes a packet in.
func (m *Machine) Step(now time.Time, e Received) []Effect {
	m.begin(now)
	s := m.find(e)
	switch {
	case s == nil:
		m.emit(Rejected{e.From, e.Packet.Yours, NoSession})
	case s.p.MaxHops >= 0 && int(e.TTL) < int(s.p.TTL)-s.p.MaxHops:
		m.emit(Rejected{e.From, e.Packet.Yours, TooManyHops})
	case !m.stopped:
		s.receive(e.Packet)
	}
	return m.end()
}

// find selects the session of a packet, RFC 5880 6.8.6: by our discriminator
// once the neighbor knows it, else by the addresses. The addresses always have
// to fit: a discriminator can be guessed.
func (m *Machine) find(e Received) *session {
	if e.Packet.Yours != 0 {
		if s := m.byDiscr[e.Packet.Yours]; s != nil && s.p.fits(e) {
			return s
		}
		return nil
	}
	var found *session
	for _, s := range m.sessions {
		if s.p.fits(e) && (found == nil || s.p.Source.IsValid()) {
			found = s
		}
	}
	return found
}

func (p Session) fits(e Received) bool {
	return p.Neighbor == e.From && p.Multihop == e.Multihop && (!p.Source.IsValid() || p.Source == e.To)
}

// Advance does what is due at now. What has been received until now has to be
// taken in before.
func (m *Machine) Advance(now time.Time) []Effect {
	m.begin(now)
	m.excuse()
	for len(m.queue) > 0 && !m.queue[0].next.After(now) {
		m.queue[0].due()
	}
	return m.end()
}

// NextDeadline is when Advance has something to do; ok is false for never.
// exact says that it matters to a millisecond: a neighbor is about to count as
// gone.
func (m *Machine) NextDeadline() (at time.Time, exact, ok bool) {
	if len(m.queue) == 0 {
		return time.Time{}, false, false
	}
	s := m.queue[0]
	return s.next, s.state == packet.Up && s.next.Equal(s.detectAt), true
}

// Stop tells the neighbors that the sessions end on purpose (RFC 5880 6.8.16):
// one that depends on us need not wait for its detection time.
func (m *Machine) Stop(now time.Time) []Effect {
	m.begin(now)
	if !m.stopped {
		m.stopped = true
		for _, s := range m.sessions {
			s.becomeAdminDown()
		}
	}
	return m.end()
}

// discriminator finds one that is not in use, RFC 5880 6.3.
func (m *Machine) discriminator() uint32 {
	for {
		if d := m.random(); d != 0 && m.byDiscr[d] == nil {
			return d
		}
	}
}
