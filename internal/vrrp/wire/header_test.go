package wire

import (
	"encoding/binary"
	"net/netip"
)

// IPv4Header is what differs between the IP headers of adverts, RFC 791.
type IPv4Header struct {
	Src, Dst netip.Addr
	Protocol uint8
	TTL      uint8
	ID       uint16
}

// AppendIPv4Header appends the header of a packet with a payload of the given
// length: 20 bytes, TOS 0xc0, not fragmented. The checksum is zero; the kernel
// fills it in.
func AppendIPv4Header(b []byte, h IPv4Header, payload int) []byte {
	b = append(b, 0x45, trafficClass)
	b = binary.BigEndian.AppendUint16(b, uint16(ipv4HeaderLen+payload))
	b = binary.BigEndian.AppendUint16(b, h.ID)
	b = append(b, 0, 0, h.TTL, h.Protocol, 0, 0)
	src, dst := h.Src.As4(), h.Dst.As4()
	b = append(b, src[:]...)
	return append(b, dst[:]...)
}

// IDs numbers IPv4 packets: 1, 2, ... 65535, 1. The kernel would replace a zero
// by a number of its own, which AH, whose digest covers it, could not know.
type IDs struct{ last uint16 }

// Next returns the next number.
func (c *IDs) Next() uint16 {
	c.last++
	if c.last == 0 {
		c.last = 1
	}
	return c.last
}
