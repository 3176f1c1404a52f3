package ipvs

import (
	"fmt"
	"net/netip"
)

// Family is an address family with the kernel's number.
type Family uint16

// The families of IPVS.
const (
	IPv4 Family = 2
	IPv6 Family = 10
)

// FamilyOf is the family of an address. An IPv4 address mapped into IPv6 is IPv6.
func FamilyOf(a netip.Addr) Family {
	if a.Is4() {
		return IPv4
	}
	return IPv6
}

// Protocol is an IP protocol number. Services by firewall mark have none.
type Protocol uint16

// The protocols that IPVS balances.
const (
	TCP  Protocol = 6
	UDP  Protocol = 17
	SCTP Protocol = 132
)

// String is the name as configurations have it, "none" for 0.
func (p Protocol) String() string {
	switch p {
	case 0:
		return "none"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case SCTP:
		return "sctp"
	}
	return fmt.Sprintf("protocol %d", uint16(p))
}

// ServiceKey is what the kernel tells services apart by: family and firewall
// mark, or family, protocol, address and port. It is comparable; make it with
// AddressKey or MarkKey, so that equal services have equal keys.
type ServiceKey struct {
	Family   Family
	FWMark   uint32 // 0: by address
	Protocol Protocol
	Addr     netip.AddrPort
}

// AddressKey is the key of a service by address. Port 0 stands for all ports.
func AddressKey(p Protocol, addr netip.AddrPort) ServiceKey {
	addr = plain(addr)
	return ServiceKey{Family: FamilyOf(addr.Addr()), Protocol: p, Addr: addr}
}

// MarkKey is the key of a service by firewall mark, 1 to 2^32-1. The same mark
// may be used once in each family.
func MarkKey(f Family, mark uint32) ServiceKey { return ServiceKey{Family: f, FWMark: mark} }

// plain drops the zone, which the kernel does not store.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
}

// String is the service as error messages name it: "10.0.0.1:tcp:80",
// "fd00::1:udp:53", "Fwm 5" or "Fwm 5 inet6".
func (k ServiceKey) String() string {
	switch {
	case k.FWMark == 0:
		return fmt.Sprintf("%s:%s:%d", k.Addr.Addr(), k.Protocol, k.Addr.Port())
	case k.Family == IPv6:
		return fmt.Sprintf("Fwm %d inet6", k.FWMark)
	}
	return fmt.Sprintf("Fwm %d", k.FWMark)
}

func (k *ServiceKey) check() error {
	switch {
	case k.Family != IPv4 && k.Family != IPv6:
		return fmt.Errorf("address family %d is neither IPv4 nor IPv6", k.Family)
	case k.FWMark == 0 && !k.Addr.IsValid():
		return fmt.Errorf("neither address nor firewall mark")
	case k.FWMark == 0 && FamilyOf(k.Addr.Addr()) != k.Family:
		return fmt.Errorf("address %s is not of family %d", k.Addr.Addr(), k.Family)
	}
	return nil
}
