package wire

import "encoding/binary"

// checksum is the internet checksum (RFC 1071) of b and what was added up
// before. Over data that contains its checksum the result is 0.
func checksum(b []byte, sum uint32) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// pseudoSum6 adds up the pseudo header of RFC 8200 section 8.1.
func pseudoSum6(src, dst [16]byte, protocol uint8, length int) (sum uint32) {
	for i := 0; i < 16; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(src[i:])) + uint32(binary.BigEndian.Uint16(dst[i:]))
	}
	return sum + uint32(length) + uint32(protocol)
}
