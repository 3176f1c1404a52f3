package packet

import (
	"encoding/binary"
	"net/netip"
)

// sum adds b to a running one's complement sum (RFC 1071), big endian.
func sum(acc uint32, b []byte) uint32 {
	for len(b) >= 2 {
		acc += uint32(b[0])<<8 | uint32(b[1])
		b = b[2:]
	}
	if len(b) == 1 {
		acc += uint32(b[0]) << 8
	}
	return acc
}

// fold turns a sum into the checksum. Over data that includes a right checksum
// it is zero.
func fold(acc uint32) uint16 {
	for acc > 0xffff {
		acc = acc>>16 + acc&0xffff
	}
	return ^uint16(acc)
}

// pseudoSum is the sum over the IPv4 pseudo header that VRRPv3 includes
// (RFC 9568 5.2.8): source, destination, protocol and length.
func pseudoSum(src, dst netip.Addr, length int) uint32 {
	s, d := src.As4(), dst.As4()
	return sum(sum(uint32(ProtocolVRRP)+uint32(length), s[:]), d[:])
}

func putChecksum(vrrp []byte, acc uint32) {
	vrrp[offChecksum], vrrp[offChecksum+1] = 0, 0
	binary.BigEndian.PutUint16(vrrp[offChecksum:], fold(sum(acc, vrrp)))
}
