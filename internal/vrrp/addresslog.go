package vrrp

import (
	"slices"

	"keepalived/internal/netif"
)

// logPresent tells of the addresses that interfaces have at the start
// (--address-monitoring).
func (l *loop) logPresent(all []netif.Address) {
	for _, a := range all {
		l.logAddress(a, "added to")
	}
}

// logAddressEvent tells of a change of an interface's addresses that others
// made, before it is in the table.
func (l *loop) logAddressEvent(ev netif.Event) {
	if !l.flags.AddressMonitoring {
		return
	}
	switch ev := ev.(type) {
	case netif.AddressAdded:
		known := func(a netif.Address) bool { return a.Key() == ev.Address.Key() }
		if !slices.ContainsFunc(l.links.addrs[ev.Address.Index], known) {
			l.logAddress(ev.Address, "added to")
		}
	case netif.AddressRemoved:
		l.logAddress(ev.Address, "removed from")
	}
}

// logAddress leaves our own addresses out.
func (l *loop) logAddress(a netif.Address, what string) {
	if !l.flags.AddressMonitoring || l.vips[a.Prefix.Addr()] {
		return
	}
	if link, ok := l.links.byIndex[a.Index]; ok {
		l.log.Infof("Netlink reflector reports IP %s %s %s", a.Prefix.Addr(), what, link.Name)
	}
}
