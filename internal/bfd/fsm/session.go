package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// session is the state variables of RFC 5880 6.8.1.
type session struct {
	m *Machine
	p Session

	state packet.State
	diag  packet.Diag
	discr uint32
	// What packets say; what is used follows once the neighbor knows.
	desiredTx, txInUse time.Duration
	rxInUse            time.Duration
	polling, pollAgain bool

	remote   remote
	lastSeen time.Time
	lastSent time.Time
	interval time.Duration // between packets that we send, without jitter
	detect   time.Duration // 0: unknown

	reported  bool // Up was reported
	sendAt    time.Time
	detectAt  time.Time
	excused   time.Duration // of the silence until then, because this machine stood still
	holdUntil time.Time     // what a predecessor has reported still holds

	next  time.Time // the earliest of the three
	index int       // in the queue
}

// remote is what the neighbor says of itself.
type remote struct {
	discr        uint32 // 0: unknown
	state        packet.State
	diag         packet.Diag
	minTx, minRx time.Duration
	multiplier   uint8
	demand       bool
}

// unknown is a neighbor that was not heard, RFC 5880 6.8.1.
var unknown = remote{state: packet.Down, minRx: time.Microsecond}

func (m *Machine) newSession(p Session) *session {
	s := &session{m: m, p: p, state: packet.Down, discr: m.discriminator(), remote: unknown, index: notQueued,
		desiredTx: p.IdleTx, txInUse: p.IdleTx, rxInUse: p.MinRx}
	return s
}

// start makes the first packet due.
func (s *session) start() {
	s.retime()
	s.sendAt = time.Time{}
	if s.periodic() {
		s.sendAt = s.m.now
	}
	s.schedule()
}

// becomeDown ends a session that was coming or up.
func (s *session) becomeDown(diag packet.Diag) {
	s.state, s.diag = packet.Down, diag
	s.desiredTx, s.txInUse, s.rxInUse = s.p.IdleTx, s.p.IdleTx, s.p.MinRx
	s.polling, s.pollAgain = false, false
	s.entered()
	s.report()
}

func (s *session) becomeInit() {
	s.state = packet.Init
	s.entered()
}

// becomeUp asks for the faster rate with a poll sequence: until here both sides
// have said that they send at the idle rate.
func (s *session) becomeUp() {
	s.state, s.diag = packet.Up, packet.NoDiagnostic
	s.entered()
	s.setTx(s.p.MinTx)
	s.report()
}

func (s *session) becomeAdminDown() {
	known := s.remote.discr != 0 || !s.p.Passive
	s.state, s.diag = packet.AdminDown, packet.AdministrativelyDown
	s.desiredTx, s.polling = s.p.IdleTx, false
	if known {
		s.send(false)
	}
	s.sendAt, s.detectAt, s.holdUntil = time.Time{}, time.Time{}, time.Time{}
	s.schedule()
}

func (s *session) entered() {
	s.m.changed = true
	s.m.emit(Entered{s.p.Name, s.state, s.diag, s.remote.diag})
}

// report tells about the session when that is news. While the result of a
// predecessor holds, only Up ends the waiting.
func (s *session) report() {
	up := s.state == packet.Up
	if up {
		s.holdUntil = time.Time{}
	}
	if up != s.reported && s.holdUntil.IsZero() {
		s.reported = up
		s.m.emit(Report{s.p.Name, up})
	}
}

// due serves the timers that have run out.
func (s *session) due() {
	now := s.m.now
	if past(s.detectAt, now) {
		s.expire()
	}
	if past(s.holdUntil, now) {
		s.holdUntil, s.m.changed = time.Time{}, true
		s.report()
	}
	if past(s.sendAt, now) {
		s.send(false)
	}
	s.schedule()
}

func past(t, now time.Time) bool { return !t.IsZero() && !t.After(now) }

// expire is the end of the detection time, RFC 5880 6.8.4: the neighbor is
// gone, and nothing that it said counts any more.
func (s *session) expire() {
	overdue, was := s.m.now.Sub(s.detectAt), s.state
	s.detectAt = time.Time{}
	if was != packet.Down {
		s.m.emit(Expired{s.p.Name, s.detect, overdue})
		s.becomeDown(packet.TimeExpired)
	}
	s.remote = unknown
	s.detect = 0
	s.retime()
	if was != packet.Down && s.periodic() {
		s.send(false)
	}
}
