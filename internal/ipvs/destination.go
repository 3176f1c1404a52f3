package ipvs

import (
	"fmt"
	"net/netip"
)

// Forward is how packets reach a destination, IP_VS_CONN_F_* of linux/ip_vs.h.
type Forward uint32

// Forwarding methods. LocalNode and Bypass are only read.
const (
	Masquerade  Forward = 0 // NAT
	LocalNode   Forward = 1
	Tunnel      Forward = 2 // TUN
	DirectRoute Forward = 3 // DR
	Bypass      Forward = 4
)

// TunnelType is the encapsulation of forwarding method Tunnel.
type TunnelType uint8

// Tunnel types.
const (
	IPIP TunnelType = 0
	GUE  TunnelType = 1
	GRE  TunnelType = 2
)

// TunnelFlags are the options of GUE and GRE tunnels.
type TunnelFlags uint16

// Checksums of the encapsulation: none by default.
const (
	TunnelChecksum       TunnelFlags = 1 << 0
	TunnelRemoteChecksum TunnelFlags = 1 << 1 // GUE only
)

// MaxWeight is the greatest weight of a destination.
const MaxWeight = 1<<31 - 1

// Destination is a real server of a service. Within its service, Addr tells it
// apart from the others.
type Destination struct {
	Addr    netip.AddrPort // of another family than the service only with Tunnel
	Forward Forward
	Weight  uint32 // 0 to MaxWeight; with 0 it gets no new connections

	// With Upper connections it gets no new ones until there are fewer than
	// Lower. 0 means no such threshold.
	Upper, Lower uint32

	// Only with Tunnel; the port only with GUE, the flags not with IPIP.
	TunnelType  TunnelType
	TunnelPort  uint16
	TunnelFlags TunnelFlags
}

// normal is the destination with one spelling for what is the same to the
// kernel.
func (d Destination) normal() Destination {
	d.Addr = plain(d.Addr)
	if d.Forward != Tunnel {
		d.TunnelType = IPIP
	}
	if d.TunnelType == IPIP {
		d.TunnelFlags = 0
	}
	if d.TunnelType != GUE {
		d.TunnelPort = 0
	}
	return d
}

// String is the destination as error messages name it: "10.1.0.1:80".
func (d Destination) String() string {
	return fmt.Sprintf("%s:%d", d.Addr.Addr(), d.Addr.Port())
}

func (d *Destination) check() error {
	switch {
	case !d.Addr.IsValid():
		return fmt.Errorf("a destination without address")
	case d.Weight > MaxWeight:
		return fmt.Errorf("weight %d is greater than %d", d.Weight, MaxWeight)
	case d.TunnelType == GUE && d.Forward == Tunnel && d.TunnelPort == 0:
		return fmt.Errorf("a gue tunnel needs a port")
	}
	return nil
}
