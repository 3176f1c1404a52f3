package netif

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Encap is a route's lightweight tunnel, ip-route(8) "encap".
type Encap interface {
	encapType() uint16
	encode(e *encoder)
	check() error
}

// EncapMPLS pushes labels, the outermost first.
type EncapMPLS struct{ Labels []uint32 }

// EncapIP wraps packets for an IPv4 tunnel device with the metadata given.
type EncapIP struct {
	ID       uint64
	Dst, Src netip.Addr
	TOS, TTL uint8
	Flags    uint16 // TUNNEL_* as if_tunnel.h numbers them
}

// EncapIP6 wraps packets for an IPv6 tunnel device with the metadata given.
type EncapIP6 struct {
	ID                     uint64
	Dst, Src               netip.Addr
	TrafficClass, HopLimit uint8
	Flags                  uint16
}

// EncapILA rewrites the locator, the upper 64 bits, of destinations.
type EncapILA struct{ Locator uint64 }

// Attributes of LWTUNNEL_ENCAP_*, from linux/lwtunnel.h, mpls_iptunnel.h, ila.h.
const (
	mplsDst = 1

	tunnelID, tunnelDst, tunnelSrc = 1, 2, 3
	tunnelTTL, tunnelTOS           = 4, 5 // hop limit and traffic class of IPv6
	tunnelFlags                    = 6

	ilaLocator = 1
)

func (EncapMPLS) encapType() uint16 { return unix.LWTUNNEL_ENCAP_MPLS }
func (EncapIP) encapType() uint16   { return unix.LWTUNNEL_ENCAP_IP }
func (EncapIP6) encapType() uint16  { return unix.LWTUNNEL_ENCAP_IP6 }
func (EncapILA) encapType() uint16  { return unix.LWTUNNEL_ENCAP_ILA }

// maxLabel is the highest value of an MPLS label's 20 bits, RFC 3032.
const maxLabel = 1<<20 - 1

func (m EncapMPLS) check() error {
	if len(m.Labels) == 0 {
		return fmt.Errorf("no MPLS label given")
	}
	for _, l := range m.Labels {
		if l > maxLabel {
			return fmt.Errorf("MPLS label %d is above %d", l, maxLabel)
		}
	}
	return nil
}

func (m EncapMPLS) encode(e *encoder) {
	const bottomOfStack = 1 << 8
	at := e.begin(mplsDst)
	for i, l := range m.Labels {
		word := l << 12
		if i == len(m.Labels)-1 {
			word |= bottomOfStack
		}
		e.b = wire.AppendUint32(e.b, word)
	}
	e.end(at)
}

func (t EncapIP) check() error {
	if t.Dst.Is6() || t.Src.Is6() {
		return fmt.Errorf("the tunnel's addresses must be IPv4")
	}
	return nil
}

func (t EncapIP) encode(e *encoder) {
	encodeTunnel(e, t.ID, t.Dst, t.Src, t.TTL, t.TOS, t.Flags)
}

func (t EncapIP6) check() error {
	if t.Dst.Is4() || t.Src.Is4() {
		return fmt.Errorf("the tunnel's addresses must be IPv6")
	}
	return nil
}

func (t EncapIP6) encode(e *encoder) {
	encodeTunnel(e, t.ID, t.Dst, t.Src, t.HopLimit, t.TrafficClass, t.Flags)
}

func encodeTunnel(e *encoder, id uint64, dst, src netip.Addr, ttl, tos uint8, flags uint16) {
	if id != 0 {
		e.be64(tunnelID, id)
	}
	if dst.IsValid() {
		e.addr(tunnelDst, dst)
	}
	if src.IsValid() {
		e.addr(tunnelSrc, src)
	}
	if ttl != 0 {
		e.u8(tunnelTTL, ttl)
	}
	if tos != 0 {
		e.u8(tunnelTOS, tos)
	}
	if flags != 0 {
		e.be16(tunnelFlags, flags)
	}
}

func (EncapILA) check() error { return nil }

func (i EncapILA) encode(e *encoder) { e.be64(ilaLocator, i.Locator) }

func checkEncap(e Encap) error {
	if e == nil {
		return nil
	}
	return e.check()
}
