package packet

import (
	"crypto/hmac"
	"crypto/md5"
	"errors"
	"fmt"
	"hash"
	"net/netip"
)

// Offsets in the VRRP header (RFC 3768 5.1, RFC 9568 5.1):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|Version| Type  | Virtual Rtr ID|   Priority    |  Addr Count   |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	| v2: Auth Type | v2: Adver Int |          Checksum             |
//	| v3: zero (4 bits), Max Adver Int (12 bits)                    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const (
	offVersion  = 0
	offVRID     = 1
	offPriority = 2
	offCount    = 3
	offInterval = 4 // version 2: authentication type, then the interval
	offChecksum = 6

	typeAdvertisement = 1
)

// Codec writes and judges the adverts of one virtual router. It is used by one
// goroutine.
type Codec struct {
	p       Params
	addrLen int
	addrs   []byte // the addresses as they are on the wire

	// Outgoing: what Seal has made.
	out  []byte // VRRP packet with authentication data, then the trailer
	vrrp int    // length of out without the trailer
	src  netip.Addr
	id   uint16 // IPv4 identification

	groupSum bool // checksums of unicast adverts are made for Group4

	ah     hash.Hash // HMAC-MD5
	ahSeq  uint32    // last sequence number sent or accepted
	ahSeen uint32    // last one accepted

	hmac hmacState
	buf  [64]byte
}

// ErrParams is wrapped by the errors of NewCodec.
var ErrParams = errors.New("VRRP parameters that cannot be put in a packet")

// NewCodec checks p. The errors name the first parameter that does not fit in a
// packet.
func NewCodec(p Params) (*Codec, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("VRID %d: %w", p.VRID, err)
	}
	c := &Codec{p: p, addrLen: 4, groupSum: p.Unicast && p.Checksum == ChecksumOld}
	if p.IPv6 {
		c.addrLen = 16
	}
	for _, a := range p.Addrs {
		c.addrs = append(c.addrs, a.AsSlice()...)
	}
	if p.Auth == AuthAH {
		c.ah = hmac.New(md5.New, p.Pass[:])
	}
	c.hmac.init(&p)
	c.out = make([]byte, 0, HeaderLen+len(c.addrs)+AuthDataLen+TrailerLen)
	return c, nil
}

func (p *Params) check() error {
	limit := MaxIntervalV2
	if p.Version == Version3 {
		limit = MaxIntervalV3
	}
	switch {
	case p.Version != Version2 && p.Version != Version3:
		return fmt.Errorf("version %d: %w", p.Version, ErrParams)
	case p.Interval < centisecond || p.Interval > limit:
		return fmt.Errorf("interval %v: %w", p.Interval, ErrParams)
	case len(p.Addrs) > MaxAddrs:
		return fmt.Errorf("%d addresses: %w", len(p.Addrs), ErrParams)
	case p.Auth > AuthAH:
		return fmt.Errorf("authentication type %d: %w", p.Auth, ErrParams)
	case p.Auth != AuthNone && (p.Version != Version2 || p.IPv6):
		return fmt.Errorf("authentication with version %d: %w", p.Version, ErrParams)
	}
	for _, a := range p.Addrs {
		if !p.IPv6 && !a.Is4() || p.IPv6 && !a.Is6() {
			return fmt.Errorf("address %s of the other family: %w", a, ErrParams)
		}
	}
	return nil
}

// Inherit takes over what must survive a reload: sequence numbers, replay marks
// and the form of checksum that a peer was found to use.
func (c *Codec) Inherit(old *Codec) {
	c.id, c.ahSeq, c.ahSeen = old.id, old.ahSeq, old.ahSeen
	if c.p.Unicast && c.p.Checksum == ChecksumAuto && old.p.Checksum == ChecksumAuto {
		c.groupSum = old.groupSum
	}
	c.hmac.inherit(&old.hmac)
}

// SyncSequence continues the AH sequence after the one received last, so that a
// router that was also master accepts our adverts.
func (c *Codec) SyncSequence() { c.ahSeq = c.ahSeen + 1 }

// carriesAuthData reports whether 8 bytes of authentication data follow the
// addresses.
func carriesAuthData(version uint8, ipv6 bool) bool { return version == Version2 && !ipv6 }
