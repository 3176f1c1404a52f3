package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/bfd/packet"
)

// Effect is something for the caller to do or to say.
type Effect any

type (
	// Send: transmit the packet to the neighbor.
	Send struct {
		Session string
		Packet  packet.Control
	}
	// Report: this is what those who track the session are to know.
	Report struct {
		Session string
		Up      bool
	}
	// Entered: the session has a new state.
	Entered struct {
		Session     string
		State       packet.State
		Local, Diag packet.Diag // Diag is the neighbor's
	}
	// Expired: nothing was heard for the detection time.
	Expired struct {
		Session        string
		After, Overdue time.Duration
	}
	// Retimed: the detection time of a session that is Up has changed.
	Retimed struct {
		Session  string
		New, Old time.Duration
	}
	// Rejected: a packet was not for a session, or came from too far away.
	Rejected struct {
		From   netip.Addr
		Yours  uint32 // its discriminator of ours
		Reason Reason
	}
	// Forget: the session is no longer configured.
	Forget struct{ Session string }
	// Changed: what Save returns is not what it was.
	Changed struct{}
)

// Reason is why a packet was rejected.
type Reason uint8

// The reasons.
const (
	NoSession Reason = iota + 1
	TooManyHops
)

// Received is a packet that has come. Addresses are unmapped and have no zone.
type Received struct {
	Packet   packet.Control
	From, To netip.Addr
	TTL      uint8
	Multihop bool // it came to the port of RFC 5883
}
