package lab

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"time"
)

const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherVLAN = 0x8100
	etherIPv6 = 0x86dd

	protoAH     = 51
	protoICMPv6 = 58
	protoVRRP   = 112

	neighborAdvert   = 136
	optTargetAddress = 2
)

// decode fills in what a frame carries; a frame that is too short for what it
// claims to be stays without content.
func (f *Frame) decode(b []byte) {
	f.Length = len(b)
	if len(b) < 14 {
		return
	}
	f.Dst, f.Src = net.HardwareAddr(b[:6]), net.HardwareAddr(b[6:12])
	kind, b := binary.BigEndian.Uint16(b[12:]), b[14:]
	if kind == etherVLAN && len(b) >= 4 {
		kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	switch kind {
	case etherARP:
		f.ARP = decodeARP(b)
	case etherIPv4:
		f.Advert = decodeIPv4(b)
	case etherIPv6:
		f.decodeIPv6(b)
	}
}

func decodeARP(b []byte) *ARP {
	if len(b) < 28 || b[4] != 6 || b[5] != 4 {
		return nil
	}
	return &ARP{
		Request:   binary.BigEndian.Uint16(b[6:]) == 1,
		SenderMAC: net.HardwareAddr(b[8:14]), SenderIP: addr(b[14:18]),
		TargetMAC: net.HardwareAddr(b[18:24]), TargetIP: addr(b[24:28]),
	}
}

func decodeIPv4(b []byte) *Advert {
	if len(b) < 20 {
		return nil
	}
	head, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < 20 || total < head || total > len(b) {
		return nil
	}
	a := &Advert{TTL: b[8], Src: addr(b[12:16]), Dst: addr(b[16:20])}
	proto, b := b[9], b[head:total]
	if proto == protoAH && len(b) >= 12 {
		size := (int(b[1]) + 2) * 4
		if size > len(b) {
			return nil
		}
		a.AH, proto, b = true, b[0], b[size:]
	}
	if proto != protoVRRP || !a.decode(b, 4) {
		return nil
	}
	return a
}

func (f *Frame) decodeIPv6(b []byte) {
	if len(b) < 40 {
		return
	}
	src, dst, total := addr(b[8:24]), addr(b[24:40]), int(binary.BigEndian.Uint16(b[4:]))
	next, ttl, b := b[6], b[7], b[40:]
	if total > len(b) {
		return
	}
	switch b = b[:total]; next {
	case protoVRRP:
		if a := (&Advert{TTL: ttl, Src: src, Dst: dst}); a.decode(b, 16) {
			f.Advert = a
		}
	case protoICMPv6:
		f.Neighbor = decodeNeighbor(src, dst, b)
	}
}

// decode reads the VRRP header and its addresses of the given size.
func (a *Advert) decode(b []byte, size int) bool {
	if len(b) < 8 {
		return false
	}
	a.Packet = b
	a.Version, a.Type, a.VRID, a.Priority = b[0]>>4, b[0]&15, b[1], b[2]
	count := int(b[3])
	if a.Version == 3 {
		a.Interval = time.Duration(binary.BigEndian.Uint16(b[4:])&0xfff) * 10 * time.Millisecond
	} else {
		a.AuthType, a.Interval = b[4], time.Duration(b[5])*time.Second
	}
	for b = b[8:]; count > 0 && len(b) >= size; count-- {
		a.VIPs = append(a.VIPs, addr(b[:size]))
		b = b[size:]
	}
	if a.Version == 2 && a.AuthType == 1 && len(b) >= 8 {
		a.Password = strings.TrimRight(string(b[:8]), "\x00")
	}
	return count == 0
}

func decodeNeighbor(src, dst netip.Addr, b []byte) *Neighbor {
	if len(b) < 24 || b[0] != neighborAdvert {
		return nil
	}
	n := &Neighbor{
		Src: src, Dst: dst, Target: addr(b[8:24]),
		Router: b[4]&0x80 != 0, Solicited: b[4]&0x40 != 0, Override: b[4]&0x20 != 0,
	}
	for b = b[24:]; len(b) >= 8 && b[1] > 0 && int(b[1])*8 <= len(b); b = b[int(b[1])*8:] {
		if b[0] == optTargetAddress {
			n.TargetMAC = net.HardwareAddr(b[2:8])
		}
	}
	return n
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}
