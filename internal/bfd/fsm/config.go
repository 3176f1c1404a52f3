package fsm

import (
	"net/netip"
	"time"
)

// Session is the parameters of a session. Intervals are at least a millisecond.
type Session struct {
	Name       string
	Neighbor   netip.Addr
	Source     netip.Addr // invalid: any address of ours
	Multihop   bool
	TTL        uint8
	MaxHops    int // negative: TTLs are not checked
	MinRx      time.Duration
	MinTx      time.Duration // while Up
	IdleTx     time.Duration // otherwise
	Multiplier uint8
	Passive    bool // silent until a packet has come
}

// peer is what makes two sessions the same.
type peer struct {
	neighbor, source netip.Addr
	multihop         bool
}

func (p Session) peer() peer { return peer{p.Neighbor, p.Source, p.Multihop} }

// HoldTime is how long the last result of a session stays after the process
// that had it is gone: long enough for a successor to start and for three
// packets at the idle rate to bring the session up again.
func (p Session) HoldTime() time.Duration { return 3*time.Second + 2*p.IdleTx }
