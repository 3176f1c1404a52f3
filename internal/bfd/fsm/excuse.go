package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// standstill is how late timers have to be for this machine to have stood still
// rather than to have been busy.
const standstill = 5 * time.Millisecond

// excuse leaves out of the neighbors' silence what this machine itself stood
// still: a virtual machine that gets no processor for a moment, or is moved,
// finds all detection times run out, and what the neighbors sent meanwhile may
// be on its way still. Nothing is excused for longer than a detection time.
func (m *Machine) excuse() {
	if len(m.queue) == 0 {
		return
	}
	late := m.now.Sub(m.queue[0].next)
	if late < standstill {
		return
	}
	for _, s := range m.sessions {
		if s.state != packet.Up || s.detectAt.IsZero() {
			continue
		}
		more := max(min(late, m.now.Sub(s.lastSeen), s.detect-s.excused), 0)
		s.excused += more
		s.detectAt = s.detectAt.Add(more)
		s.schedule()
	}
}
