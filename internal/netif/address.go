package netif

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Forever is the lifetime, in seconds, that does not end.
const Forever = 1<<32 - 1

// Protocol is what our addresses, routes and rules carry as their origin
// (IFA_PROTO, rtm_protocol, FRA_PROTOCOL).
const Protocol = unix.RTPROT_KEEPALIVED

// IFA_PROTO, Linux 5.18; older kernels ignore it.
const ifaProto = 11

// Address is an address on an interface (ip-address(8)), as wanted or as the
// kernel reports it.
type Address struct {
	Index     int          // of the interface
	Prefix    netip.Prefix // the address with its prefix length; with Peer the length is the peer's
	Peer      netip.Addr   // other end of a point-to-point link; zero for none
	Broadcast netip.Addr   // IPv4; zero for none
	Label     string       // IPv4; at most 15 bytes
	Scope     uint8        // RT_SCOPE_*; IPv4
	Flags     uint32       // IFA_F_*
	// Valid and Preferred are lifetimes in seconds. To write none, leave Valid
	// 0. Preferred 0 with a Valid lifetime makes the address deprecated.
	Valid, Preferred uint32
	Protocol         uint8 // 0 leaves it out
}

// Is6 reports whether the address is an IPv6 one.
func (a Address) Is6() bool { return a.Prefix.Addr().Is6() }

// AddressKey identifies an address in the kernel.
type AddressKey struct {
	Index  int
	Prefix netip.Prefix
	Peer   netip.Addr
}

// Key is the identity of a: two addresses with one key cannot both exist. It is
// the same for an address as it was sent and as the kernel reports it.
func (a Address) Key() AddressKey {
	k := AddressKey{Index: a.Index, Prefix: a.Prefix, Peer: a.Peer}
	if k.Peer == a.Prefix.Addr() {
		k.Peer = netip.Addr{} // what the kernel makes of it
	}
	return k
}

func (a Address) String() string {
	s := a.Prefix.String()
	if a.Peer.IsValid() {
		s = fmt.Sprintf("%s peer %s/%d", a.Prefix.Addr(), a.Peer, a.Prefix.Bits())
	}
	return fmt.Sprintf("address %s on interface %d", s, a.Index)
}

func (a Address) check() error {
	ip := a.Prefix.Addr()
	switch {
	case !a.Prefix.IsValid():
		return fmt.Errorf("no address given")
	case ip.Is4In6() || ip.Zone() != "":
		return fmt.Errorf("address %s is not plain", ip)
	case a.Index <= 0:
		return fmt.Errorf("no interface given")
	case a.Peer.IsValid() && a.Peer.BitLen() != ip.BitLen():
		return fmt.Errorf("peer %s is of another family", a.Peer)
	case a.Broadcast.IsValid() && (ip.Is6() || a.Broadcast.Is6()):
		return fmt.Errorf("broadcast address is for IPv4 only")
	case len(a.Label) >= unix.IFNAMSIZ:
		return fmt.Errorf("label %q is longer than %d bytes", a.Label, unix.IFNAMSIZ-1)
	}
	return nil
}

func family(ip netip.Addr) uint8 {
	if ip.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// encodeIdentity writes what names the address, all that a deletion needs.
func (a Address) encodeIdentity(e *encoder) {
	ip := a.Prefix.Addr()
	e.b = append(e.b, family(ip), uint8(a.Prefix.Bits()), uint8(a.Flags), a.Scope)
	e.b = host.AppendUint32(e.b, uint32(a.Index))
	e.addr(unix.IFA_LOCAL, ip)
	if a.Peer.IsValid() {
		ip = a.Peer
	}
	e.addr(unix.IFA_ADDRESS, ip)
}

func (a Address) encode(e *encoder) {
	a.encodeIdentity(e)
	if a.Broadcast.IsValid() {
		e.addr(unix.IFA_BROADCAST, a.Broadcast)
	}
	if a.Label != "" {
		e.text(unix.IFA_LABEL, a.Label)
	}
	if a.Flags != 0 {
		e.u32(unix.IFA_FLAGS, a.Flags)
	}
	if a.Valid != 0 {
		at := e.begin(unix.IFA_CACHEINFO)
		e.b = host.AppendUint32(e.b, a.Preferred)
		e.b = host.AppendUint32(e.b, a.Valid)
		e.b = append(e.b, make([]byte, 8)...) // time stamps, the kernel's
		e.end(at)
	}
	if a.Protocol != 0 {
		e.u8(ifaProto, a.Protocol)
	}
}

// decodeAddress reads the payload of RTM_NEWADDR or RTM_DELADDR.
func decodeAddress(b []byte) (a Address, ok bool) {
	if len(b) < unix.SizeofIfAddrmsg {
		return Address{}, false
	}
	bits := int(b[1])
	a = Address{Flags: uint32(b[2]), Scope: b[3], Index: int(int32(host.Uint32(b[4:])))}
	var local, remote netip.Addr
	attrs(b[unix.SizeofIfAddrmsg:], func(at attr) {
		switch at.typ {
		case unix.IFA_LOCAL:
			local = at.addr()
		case unix.IFA_ADDRESS:
			remote = at.addr()
		default:
			a.decode(at)
		}
	})
	if !local.IsValid() {
		local = remote
	} else if remote.IsValid() && remote != local {
		a.Peer = remote
	}
	a.Prefix = netip.PrefixFrom(local, bits)
	return a, a.Prefix.IsValid()
}

func (a *Address) decode(at attr) {
	switch at.typ {
	case unix.IFA_BROADCAST:
		a.Broadcast = at.addr()
	case unix.IFA_LABEL:
		a.Label = at.text()
	case unix.IFA_FLAGS:
		a.Flags = at.u32()
	case ifaProto:
		a.Protocol = at.u8()
	case unix.IFA_CACHEINFO:
		if len(at.data) >= 8 {
			a.Preferred, a.Valid = host.Uint32(at.data), host.Uint32(at.data[4:])
		}
	}
}
