package lab

import (
	"net"
	"net/netip"
	"time"
)

// Frame is what a node sent. At most one of Advert, ARP and Neighbor is set.
type Frame struct {
	At       time.Time // when the kernel received it from the node, wall clock
	From     *Link     // who sent it, by the cable and not by what it says
	Src, Dst net.HardwareAddr
	Length   int // bytes on the wire

	Advert   *Advert
	ARP      *ARP
	Neighbor *Neighbor
}

// Advert is a VRRP advertisement as an outsider reads it; nothing is checked.
type Advert struct {
	Src, Dst netip.Addr
	TTL      uint8
	Version  uint8 // 2 or 3
	Type     uint8 // 1
	VRID     uint8
	Priority uint8
	Interval time.Duration
	AuthType uint8 // version 2: 0 none, 1 simple, 2 AH
	Password string
	AH       bool
	Packet   []byte // the VRRP packet, with what follows it
	VIPs     []netip.Addr
}

// ARP is a request or reply.
type ARP struct {
	Request              bool
	SenderMAC, TargetMAC net.HardwareAddr
	SenderIP, TargetIP   netip.Addr
}

// Gratuitous reports whether it announces the sender's own address.
func (a *ARP) Gratuitous() bool { return a.SenderIP == a.TargetIP }

// Neighbor is an ICMPv6 neighbour advertisement.
type Neighbor struct {
	Src, Dst  netip.Addr
	Target    netip.Addr
	TargetMAC net.HardwareAddr // nil without the option
	Override  bool
	Solicited bool
	Router    bool
}

// Announced returns the address whose place the frame announces to everybody:
// that of a gratuitous ARP or of an unsolicited neighbour advertisement.
func (f *Frame) Announced() (netip.Addr, bool) {
	switch {
	case f.ARP != nil && f.ARP.Gratuitous():
		return f.ARP.SenderIP, true
	case f.Neighbor != nil && !f.Neighbor.Solicited:
		return f.Neighbor.Target, true
	}
	return netip.Addr{}, false
}
