// Package packet is the wire format of VRRP: versions 2 (RFC 3768) and 3
// (RFC 9568) over IPv4 and IPv6, simple text and IPsec AH authentication, and
// the auth_hmac trailer.
//
// A Codec belongs to one virtual router. It writes adverts with Seal and
// Append, and judges received ones with Check, whose answer is a Verdict: a
// Reason that feeds counters, log and SNMP alike. Nothing here performs I/O
// and nothing allocates once a Codec is made.
package packet

import "time"

// Protocol numbers of the IPv4 and IPv6 headers.
const (
	ProtocolVRRP = 112
	ProtocolAH   = 51
)

// Versions of the protocol.
const (
	Version2 = 2
	Version3 = 3
)

// Priorities with a meaning of their own (RFC 9568 5.2.4).
const (
	PriorityStop  = 0   // the sender has stopped being in charge
	PriorityOwner = 255 // the sender owns the addresses
)

// TTL that adverts must arrive with (RFC 9568 5.1.1.3).
const TTL = 255

// Sizes in bytes.
const (
	HeaderLen     = 8
	AuthDataLen   = 8
	AHLen         = 24
	IPv4HeaderLen = 20
	TrailerLen    = 28
	MaxAddrs      = 255
)

// MaxInterval is the largest interval of each version on the wire.
const (
	MaxIntervalV2 = 255 * time.Second
	MaxIntervalV3 = 4095 * 10 * time.Millisecond
)
