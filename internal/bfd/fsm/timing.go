package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// setTx changes how often we want to send. While Up, a slower rate waits until
// the neighbor has answered a poll, RFC 5880 6.8.3.
func (s *session) setTx(d time.Duration) {
	if d == s.desiredTx {
		return
	}
	s.desiredTx = d
	if s.state != packet.Up || d < s.txInUse {
		s.txInUse = d
	}
	s.poll()
}

// setRx changes how often we can receive, which p already says. While Up, a
// faster rate counts for the detection time only after a poll.
func (s *session) setRx() {
	if s.state != packet.Up || s.p.MinRx > s.rxInUse {
		s.rxInUse = s.p.MinRx
	}
	s.poll()
}

// poll begins a poll sequence, RFC 5880 6.5. The answer to one that runs may be
// older than the change, so it is followed by another.
func (s *session) poll() {
	if s.state != packet.Up {
		return
	}
	s.pollAgain, s.polling = s.polling, true
}

func (s *session) endPoll() {
	if s.pollAgain {
		s.pollAgain = false
		return
	}
	s.polling = false
	s.txInUse, s.rxInUse = s.desiredTx, s.p.MinRx
}

// periodic says whether packets are sent regularly, RFC 5880 6.8.7.
func (s *session) periodic() bool {
	r := &s.remote
	switch {
	case s.m.stopped, r.minRx == 0, s.p.Passive && r.discr == 0:
		return false
	case r.demand && s.state == packet.Up && r.state == packet.Up:
		return s.polling
	}
	return true
}

// retime works out the two intervals that follow from what both sides have
// said, RFC 5880 6.8.4 and 6.8.7.
func (s *session) retime() {
	if tx := max(s.txInUse, s.remote.minRx); tx != s.interval {
		s.interval = tx
		s.sendAt = time.Time{}
	}
	if !s.periodic() {
		s.sendAt = time.Time{}
	} else if s.sendAt.IsZero() {
		s.sendAt = s.later(s.lastSent)
	}
	if s.remote.discr == 0 {
		return
	}
	detect := time.Duration(s.remote.multiplier) * max(s.rxInUse, s.remote.minTx)
	if s.state == packet.Up && s.detect != 0 && detect != s.detect {
		s.m.emit(Retimed{s.p.Name, detect, s.detect})
	}
	s.detect = detect
}

// later is when the next packet is due, an interval after the last one. Jitter
// takes off 10 to 25 percent of it, RFC 5880 6.8.7.
func (s *session) later(last time.Time) time.Time {
	const least, spread = 0.10, 0.15
	jitter := float64(s.interval) * (least + spread*float64(s.m.random())/(1<<32))
	at := last.Add(s.interval - time.Duration(jitter))
	if at.Before(s.m.now) {
		return s.m.now
	}
	return at
}

// send transmits a packet; final answers a poll. A packet between two periodic
// ones moves the next.
func (s *session) send(final bool) {
	s.m.emit(Send{s.p.Name, packet.Control{
		Diag: s.diag, State: s.state, Poll: s.polling && !final, Final: final,
		Multiplier: s.p.Multiplier, Mine: s.discr, Yours: s.remote.discr,
		DesiredMinTx: s.desiredTx, RequiredRx: s.p.MinRx,
	}})
	s.sendAt = time.Time{}
	s.lastSent = s.m.now
	if s.periodic() {
		s.sendAt = s.later(s.m.now)
	}
}
