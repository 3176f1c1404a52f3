package wire

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// allNodes6 is ff02::1.
var allNodes6 = netip.IPv6LinkLocalAllNodes().As16()

// Layout of an IPv6 header and a neighbour advertisement, RFC 8200 3 and RFC
// 4861 4.4.
const (
	ipv6HeaderLen  = 40
	ipv6Src        = 8
	ipv6Dst        = 24
	icmpChecksum   = ipv6HeaderLen + 2
	naTarget       = ipv6HeaderLen + 8
	naFlagRouter   = 0x80
	naFlagOverride = 0x20

	icmpNeighbourAdvert       = 136
	optionTargetLinkLayerAddr = 2
)

// neighbourAdvert is the IPv6 packet that naFor completes.
func neighbourAdvert(i Interface) []byte {
	option := linkLayerOption(i)
	flags := uint8(naFlagOverride)
	if i.Router {
		flags |= naFlagRouter
	}
	b := []byte{0x60, 0, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(naTarget-ipv6HeaderLen+16+len(option)))
	b = append(b, unix.IPPROTO_ICMPV6, hopLimit)
	b = append(b, make([]byte, 16)...)
	b = append(b, allNodes6[:]...)
	b = append(b, icmpNeighbourAdvert, 0, 0, 0, flags, 0, 0, 0)
	b = append(b, make([]byte, 16)...)
	return append(b, option...)
}

// linkLayerOption counts its length in units of 8 bytes. InfiniBand's address
// stands at its end, RFC 4391 9.3.
func linkLayerOption(i Interface) []byte {
	units := (2 + len(i.HardwareAddr) + 7) / 8
	b := make([]byte, 8*units)
	b[0], b[1] = optionTargetLinkLayerAddr, uint8(units)
	copy(b[len(b)-len(i.HardwareAddr):], i.HardwareAddr)
	return b
}

// naFor is the advertisement in which addr tells its hardware address.
func (f *frames) naFor(addr netip.Addr) frame {
	ip := addr.As16()
	b := f.na.data[f.naIP:]
	copy(b[ipv6Src:], ip[:])
	copy(b[naTarget:], ip[:])
	binary.BigEndian.PutUint16(b[icmpChecksum:], 0)
	message := b[ipv6HeaderLen:]
	sum := checksum(message, pseudoSum6(ip, allNodes6, unix.IPPROTO_ICMPV6, len(message)))
	binary.BigEndian.PutUint16(b[icmpChecksum:], sum)
	return f.na
}
