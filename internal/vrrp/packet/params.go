package packet

import (
	"net/netip"
	"time"
)

// Auth is a VRRPv2 authentication type.
type Auth uint8

// The authentication types (RFC 2338 5.3.6).
const (
	AuthNone Auth = 0
	AuthPass Auth = 1
	AuthAH   Auth = 2
)

// Checksum is how the checksum of VRRPv3 over IPv4 is made for unicast peers.
type Checksum uint8

// The checksum modes (keepalived.conf: old_unicast_checksum).
const (
	ChecksumAuto  Checksum = iota // real destination; switches when a peer uses the group
	ChecksumOld                   // multicast group as destination
	ChecksumNever                 // real destination, never switches
)

// HMACMode is the mode of the auth_hmac trailer.
type HMACMode uint8

// The modes (keepalived.conf: auth_hmac mode).
const (
	HMACOff         HMACMode = iota
	HMACEnforce              // sign; refuse adverts without trailer
	HMACPermissive           // sign; accept adverts without trailer
	HMACReceiveOnly          // do not sign; verify a trailer that is there
)

// Key is an auth_hmac key.
type Key struct {
	ID    uint8  // 1..255
	Value []byte // 32..64 bytes
}

// HMAC is the configuration of the auth_hmac trailer.
type HMAC struct {
	Mode      HMACMode
	Keys      []Key
	ActiveKey uint8
	Window    time.Duration // freshness window, whole seconds
	Monotonic bool          // sequence must grow; the clock is not looked at
}

// Peer is a unicast peer.
type Peer struct {
	Addr           netip.Addr
	MinTTL, MaxTTL uint8
}

// Params is what the wire format of one virtual router depends on.
type Params struct {
	Version  uint8 // 2 or 3
	VRID     uint8
	IPv6     bool
	Interval time.Duration // v2: whole seconds; v3: multiples of 10 ms
	Addrs    []netip.Addr  // advertised addresses in configuration order, at most 255

	Auth Auth    // version 2 over IPv4 only
	Pass [8]byte // zero padded
	HMAC HMAC

	Unicast     bool // adverts are exchanged with Peers
	Peers       []Peer
	CheckSource bool       // refuse unicast sources that are no peer
	Group4      netip.Addr // multicast group that ChecksumOld stands for

	Checksum     Checksum
	ChecksumAsV2 bool // version 3, IPv4: no pseudo header; received ones are not verified

	SkipCheckAddrs bool // compare addresses only when the master changed
	IgnoreAdverts  bool // owner_ignore_adverts
}
