package packet

import (
	"crypto/hmac"
	"encoding/binary"
)

// The IPsec authentication header (RFC 4302) as keepalived uses it for version
// 2: next header, length, reserved, SPI (the source address), sequence number,
// and 12 bytes of HMAC-MD5 (RFC 2403).
const (
	ahLength  = AHLen/4 - 2
	offAHNext = 0
	offAHSPI  = 4
	offAHSeq  = 8
	offAHICV  = 12
	icvLen    = 12

	offTTL = 8
)

// nextAHSequence counts; at the end it starts again, and the others follow once
// they have taken over.
func (c *Codec) nextAHSequence() {
	if c.ahSeq++; c.ahSeq > 0xFFFFFFFD {
		c.ahSeq = 1
	}
}

func (c *Codec) appendAH(dst []byte, start int) []byte {
	src := c.src.As4()
	dst = append(dst, ProtocolVRRP, ahLength, 0, 0)
	dst = append(dst, src[:]...)
	dst = binary.BigEndian.AppendUint32(dst, c.ahSeq)
	icv := c.icv(dst[start:start+IPv4HeaderLen], dst[start+IPv4HeaderLen:], c.out)
	return append(dst, icv...)
}

// icv is the integrity check value over what does not change on the way: the
// IP header without TOS, fragment field and checksum (unicast: without TTL),
// the fixed part of AH with a zero ICV, and the VRRP packet.
func (c *Codec) icv(ip, ah, vrrp []byte) []byte {
	h := append(c.buf[:0], ip...)
	h[1] = 0
	h[6], h[7] = 0, 0
	h[10], h[11] = 0, 0
	if c.p.Unicast {
		h[offTTL] = 0
	}
	c.ah.Reset()
	c.ah.Write(h)
	c.ah.Write(ah[:offAHICV])
	c.ah.Write(zeros[:icvLen])
	c.ah.Write(vrrp)
	return c.ah.Sum(c.buf[:0])[:icvLen]
}

var zeros [hmacLen]byte

// checkAH verifies an authentication header; a sequence number counts as seen
// only if everything else is right.
func (c *Codec) checkAH(f *frame) Verdict {
	if f.ah[offAHNext] != ProtocolVRRP {
		return f.refuse(ReasonAHProtocol, int(f.ah[offAHNext]), ProtocolVRRP)
	}
	if !hmac.Equal(c.icv(f.ip, f.ah, f.vrrp), f.ah[offAHICV:AHLen]) {
		return f.refuse(ReasonAHDigest, 0, 0)
	}
	src := f.src.As4()
	if spi := binary.BigEndian.Uint32(f.ah[offAHSPI:]); spi != binary.BigEndian.Uint32(src[:]) {
		return f.refuse(ReasonAHSPI, int(spi), int(binary.BigEndian.Uint32(src[:])))
	}
	seq := binary.BigEndian.Uint32(f.ah[offAHSeq:])
	if seq <= c.ahSeq {
		return f.refuse(ReasonAHSequence, int(seq), int(c.ahSeq))
	}
	c.ahSeq, c.ahSeen = seq, seq
	return Verdict{}
}
