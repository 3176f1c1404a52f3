package fsm

import (
	"time"

	"keepalived/internal/bfd/packet"
)

// Status is a session as dumps show it.
type Status struct {
	Session
	State, RemoteState         packet.State
	Discr, RemoteDiscr         uint32
	Diag, RemoteDiag           packet.Diag
	RemoteMinTx, RemoteMinRx   time.Duration
	RemoteMultiplier           uint8
	RemoteDemand, Polling      bool
	TxInterval, RemoteInterval time.Duration // between packets, without jitter
	Detect, RemoteDetect       time.Duration // 0: unknown
	SendAt, DetectAt, LastSeen time.Time     // zero: none
	Reported                   bool          // as Up
}

// Status returns all sessions in the order of the configuration.
func (m *Machine) Status() []Status {
	out := make([]Status, len(m.sessions))
	for i, s := range m.sessions {
		out[i] = s.status()
	}
	return out
}

func (s *session) status() Status {
	t := Status{
		Session: s.p, State: s.state, RemoteState: s.remote.state, Discr: s.discr, RemoteDiscr: s.remote.discr,
		Diag: s.diag, RemoteDiag: s.remote.diag, RemoteMinTx: s.remote.minTx, RemoteMinRx: s.remote.minRx,
		RemoteMultiplier: s.remote.multiplier, RemoteDemand: s.remote.demand, Polling: s.polling,
		TxInterval: s.interval, Detect: s.detect, SendAt: s.sendAt, DetectAt: s.detectAt, LastSeen: s.lastSeen, Reported: s.reported,
	}
	if s.remote.discr != 0 {
		t.RemoteInterval = max(s.rxInUse, s.remote.minTx)
		t.RemoteDetect = time.Duration(s.p.Multiplier) * s.interval
	}
	return t
}
