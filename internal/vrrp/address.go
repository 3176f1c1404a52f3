package vrrp

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// kernelAddress is a configured address as the kernel takes it, on the
// interface with the given index.
func kernelAddress(a config.Address, index int) netif.Address {
	k := netif.Address{
		Index:     index,
		Prefix:    a.Prefix,
		Peer:      a.Peer.Addr(),
		Broadcast: a.Broadcast,
		Label:     a.Label,
		Scope:     a.Scope,
		Flags:     addressFlags(a),
		Protocol:  netif.Protocol,
	}
	if a.Peer.IsValid() {
		// The length belongs to the peer's side, as in ip-address(8).
		k.Prefix = netip.PrefixFrom(a.Prefix.Addr(), a.Peer.Bits())
	}
	if a.PreferredLft != config.LifetimeForever {
		k.Valid, k.Preferred = netif.Forever, a.PreferredLft
	}
	return k
}

func addressFlags(a config.Address) (flags uint32) {
	for _, f := range []struct {
		on  bool
		bit uint32
	}{
		{a.Addr().Is6() && !a.DAD, unix.IFA_F_NODAD},
		{a.Home, unix.IFA_F_HOMEADDRESS},
		{a.MngTmpAddr, unix.IFA_F_MANAGETEMPADDR},
		{a.NoPrefixRoute, unix.IFA_F_NOPREFIXROUTE},
		{a.AutoJoin, unix.IFA_F_MCAUTOJOIN},
	} {
		if f.on {
			flags |= f.bit
		}
	}
	return flags
}

// deletions counts the addresses that are being deleted by us, so that the
// kernel's report of such a deletion is told from somebody else's. It belongs
// to the event loop: an address is noted when its deletion is ordered, and
// taken back when the kernel had none to delete.
type deletions map[netif.AddressKey]int

func (d deletions) order(k netif.AddressKey) { d[k]++ }

// settle takes one order back and reports whether there was one.
func (d deletions) settle(k netif.AddressKey) bool {
	n, ok := d[k]
	if !ok {
		return false
	}
	if n == 1 {
		delete(d, k)
	} else {
		d[k] = n - 1
	}
	return true
}
