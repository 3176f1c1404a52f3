package packet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"net/netip"
	"time"
)

// The auth_hmac trailer, 28 bytes after the VRRP packet:
//
//	type (1) | key (1) | zero (2) | seconds (4) | fraction (2) | counter (2) | HMAC (16)
//
// Seconds, fraction and counter are one sequence number of 64 bits.
const (
	trailerType = 1 // HMAC-SHA256-128
	offKey      = 1
	offZero     = 2
	offSeq      = 4
	offHMAC     = 12
	hmacLen     = 16
)

// multicastSenders is how many senders on a group are remembered at a time.
const multicastSenders = 4

// sender is the last sequence number of one router; seq 0: nothing known.
type sender struct {
	addr netip.Addr
	seq  uint64
	used uint64 // age, for replacement
}

type hmacState struct {
	keys    map[uint8]hash.Hash
	last    uint64   // sequence sent last
	senders []sender // unicast: one for each peer
	uses    uint64
	pseudo  [20]byte
}

func (s *hmacState) init(p *Params) {
	if p.HMAC.Mode == HMACOff {
		return
	}
	s.keys = make(map[uint8]hash.Hash, len(p.HMAC.Keys))
	for _, k := range p.HMAC.Keys {
		s.keys[k.ID] = hmac.New(sha256.New, k.Value)
	}
	s.senders = make([]sender, multicastSenders)
	if p.Unicast {
		s.senders = make([]sender, len(p.Peers))
		for k, peer := range p.Peers {
			s.senders[k].addr = peer.Addr
		}
	}
}

func (s *hmacState) inherit(old *hmacState) {
	s.last = old.last
	for _, o := range old.senders {
		for k := range s.senders {
			if own := &s.senders[k]; o.seq != 0 && (own.addr == o.addr || !own.addr.IsValid()) {
				*own = o
				break
			}
		}
	}
	s.uses = old.uses
}

// clock is the sequence number of a moment, with a zero counter.
func clock(wall time.Time) uint64 {
	frac := uint64(wall.Nanosecond()) << 16 / uint64(time.Second)
	return uint64(uint32(wall.Unix()))<<32 | frac<<16
}

// sign appends the trailer to b, which is the VRRP packet with a zero checksum.
func (c *Codec) sign(b []byte, wall time.Time) []byte {
	p, s := &c.p.HMAC, &c.hmac
	now := clock(wall)
	seq := max(now, s.last+1)
	if !p.Monotonic && s.last > now && s.last-now > uint64(p.Window/time.Second)<<32 {
		seq = now // the clock was set back: nobody accepts the old one any more
	}
	s.last = seq
	b = append(b, trailerType, p.ActiveKey, 0, 0)
	b = binary.BigEndian.AppendUint64(b, seq)
	key := s.keys[p.ActiveKey]
	if key == nil {
		return append(b, zeros[:]...)
	}
	return append(b, c.mac(key, c.src, b[:c.vrrp], b[c.vrrp:])...)
}

// mac is the HMAC over pseudo header, packet and the first 12 bytes of the
// trailer. The checksum of the packet counts as zero.
func (c *Codec) mac(key hash.Hash, src netip.Addr, vrrp, trailer []byte) []byte {
	s := &c.hmac
	s.pseudo = [20]byte{4, c.p.Version, c.p.VRID}
	if c.p.IPv6 {
		s.pseudo[0] = 6
		a := src.As16()
		copy(s.pseudo[4:], a[:])
	} else {
		a := src.As4()
		copy(s.pseudo[4:], a[:])
	}
	key.Reset()
	key.Write(s.pseudo[:])
	key.Write(vrrp[:offChecksum])
	key.Write(zeros[:2])
	key.Write(vrrp[offChecksum+2:])
	key.Write(trailer[:offHMAC])
	key.Write(zeros[:])
	return key.Sum(c.buf[:0])[:hmacLen]
}

// checkHMAC verifies the trailer, before anything else in the packet counts.
func (c *Codec) checkHMAC(f *frame, a *Advert, wall time.Time) Verdict {
	p := &c.p.HMAC
	switch {
	case p.Mode == HMACOff || f.trailer == nil && p.Mode != HMACEnforce:
		return Verdict{}
	case f.trailer == nil:
		return f.refuse(ReasonHMACMissing, 0, 0)
	case c.p.Unicast && c.p.peer(f.src) < 0:
		return f.refuse(ReasonHMACSource, 0, 0)
	case f.trailer[0] != trailerType || f.trailer[offZero] != 0 || f.trailer[offZero+1] != 0:
		return f.refuse(ReasonHMACMalformed, 0, 0)
	}
	window := int(p.Window / time.Second)
	seq := binary.BigEndian.Uint64(f.trailer[offSeq:])
	skew := int(int32(uint32(seq>>32) - uint32(wall.Unix())))
	if !p.Monotonic && (skew > window || skew < -window) {
		return f.refuse(ReasonHMACStale, skew, window)
	}
	key := c.hmac.keys[f.trailer[offKey]]
	if key == nil {
		return f.refuse(ReasonHMACKey, int(f.trailer[offKey]), 0)
	}
	if !hmac.Equal(c.mac(key, f.src, f.vrrp, f.trailer), f.trailer[offHMAC:]) {
		return f.refuse(ReasonHMACInvalid, 0, 0)
	}
	if !c.advance(f.src, seq, wall) {
		return f.refuse(ReasonHMACReplay, 0, 0)
	}
	if !p.Monotonic && 2*max(skew, -skew) > window {
		a.Warnings |= WarnClockSkew
		a.Skew, a.Window = skew, window
	}
	return Verdict{}
}

// advance moves the mark of a sender, if seq comes after it. It is called only
// with sequence numbers that are authentic, so nobody else can fill the table.
func (c *Codec) advance(src netip.Addr, seq uint64, wall time.Time) bool {
	s := c.hmac.find(src)
	if s.seq != 0 && !c.p.HMAC.Monotonic {
		age := int64(int32(uint32(s.seq>>32) - uint32(wall.Unix())))
		window := int64(c.p.HMAC.Window / time.Second)
		if age > window || age < -window {
			s.seq = 0
		}
	}
	if s.seq != 0 && int64(seq-s.seq) <= 0 {
		return false
	}
	c.hmac.uses++
	s.seq, s.used = seq, c.hmac.uses
	return true
}

// find is the entry of a sender, else the one that was used longest ago.
func (s *hmacState) find(src netip.Addr) *sender {
	oldest := &s.senders[0]
	for k := range s.senders {
		e := &s.senders[k]
		if e.addr == src {
			return e
		}
		if e.used < oldest.used {
			oldest = e
		}
	}
	*oldest = sender{addr: src}
	return oldest
}
