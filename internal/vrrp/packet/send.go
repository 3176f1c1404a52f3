package packet

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// tos is the precedence of adverts: internetwork control.
const tos = 0xc0

// Seal makes the next advert, to be sent from src with the given priority. The
// AH and auth_hmac sequences advance by one; wall is the wall clock, which
// auth_hmac needs. Append then writes it for each destination.
func (c *Codec) Seal(src netip.Addr, priority uint8, wall time.Time) {
	c.src = src
	b := append(c.out[:0], c.p.Version<<4|typeAdvertisement, c.p.VRID, priority, uint8(len(c.p.Addrs)))
	if c.p.Version == Version2 {
		b = append(b, uint8(c.p.Auth), uint8(c.p.Interval/time.Second))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(c.p.Interval/centisecond))
	}
	b = append(b, 0, 0) // checksum
	b = append(b, c.addrs...)
	if carriesAuthData(c.p.Version, c.p.IPv6) {
		b = c.appendAuthData(b)
	}
	c.vrrp = len(b)
	if c.p.HMAC.Mode == HMACEnforce || c.p.HMAC.Mode == HMACPermissive {
		b = c.sign(b, wall)
	}
	c.out = b
	if c.ah != nil {
		c.nextAHSequence()
	}
	if !c.p.IPv6 && (c.p.Version == Version2 || c.p.ChecksumAsV2) {
		putChecksum(c.out[:c.vrrp], 0)
	}
}

func (c *Codec) appendAuthData(b []byte) []byte {
	if c.p.Auth == AuthPass {
		return append(b, c.p.Pass[:]...)
	}
	return append(b, 0, 0, 0, 0, 0, 0, 0, 0)
}

// Append appends the sealed advert as a datagram to dst. IPv4: with its header
// for a socket with IP_HDRINCL, whose checksum is the kernel's business; ttl
// goes into it. IPv6: the VRRP packet alone, with room for the checksum that
// the kernel fills in.
func (c *Codec) Append(dst []byte, to netip.Addr, ttl uint8) []byte {
	if c.p.IPv6 {
		return append(dst, c.out...)
	}
	if c.p.Version == Version3 && !c.p.ChecksumAsV2 {
		putChecksum(c.out[:c.vrrp], pseudoSum(c.src, c.checksumFor(to), c.vrrp))
	}
	start := len(dst)
	dst = c.appendIPv4(dst, to, ttl)
	if c.ah != nil {
		dst = c.appendAH(dst, start)
	}
	return append(dst, c.out...)
}

// checksumFor is the destination that goes into the pseudo header.
func (c *Codec) checksumFor(to netip.Addr) netip.Addr {
	if c.groupSum && c.p.Group4.Is4() {
		return c.p.Group4
	}
	return to
}

func (c *Codec) appendIPv4(dst []byte, to netip.Addr, ttl uint8) []byte {
	if c.id++; c.id == 0 {
		c.id = 1
	}
	protocol, length := byte(ProtocolVRRP), IPv4HeaderLen+len(c.out)
	if c.ah != nil {
		protocol, length = ProtocolAH, length+AHLen
	}
	dst = append(dst, 0x45, tos)
	dst = binary.BigEndian.AppendUint16(dst, uint16(length))
	dst = binary.BigEndian.AppendUint16(dst, c.id)
	dst = append(dst, 0, 0, ttl, protocol, 0, 0)
	from, d := c.src.As4(), to.As4()
	dst = append(dst, from[:]...)
	return append(dst, d[:]...)
}
