package vrrp

import (
	"net/netip"
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// assigned is the address that the log knows each interface by: one of each
// family, VIPs left out. When it goes, another one takes its place.
type assigned map[assignedKey]netip.Addr

type assignedKey struct {
	index int
	v6    bool
}

func assignedTo(a netif.Address) assignedKey {
	return assignedKey{a.Index, a.Prefix.Addr().Is6()}
}

// counts tells whether an address may be an interface's: in IPv6 link-local ones
// are, once they are usable.
func (l *loop) counts(a netif.Address) bool {
	ip := a.Prefix.Addr()
	return (ip.Is4() || ip.IsLinkLocalUnicast()) && usable(a) && !l.vips[ip]
}

// assign notes a new address and reports whether it is the interface's from now on.
func (l *loop) assign(a netif.Address) bool {
	k := assignedTo(a)
	if l.assigned[k].IsValid() || !l.counts(a) {
		return false
	}
	l.assigned[k] = a.Prefix.Addr()
	return true
}

// deassign notes that an address is gone, which the table knows already, and
// reports whether it was the interface's only one.
func (l *loop) deassign(a netif.Address) bool {
	k := assignedTo(a)
	if l.assigned[k] != a.Prefix.Addr() {
		return false
	}
	delete(l.assigned, k)
	for _, other := range slices.Backward(l.links.addrs[a.Index]) {
		if assignedTo(other) == k && l.assign(other) {
			return false
		}
	}
	return true
}

// logOwnAddress tells of an interface that somebody depends on.
func (l *loop) logOwnAddress(format string, a netif.Address) {
	if name := l.links.byIndex[a.Index].Name; l.watched[name] && !l.stopping {
		l.log.Detailf(format, a.Prefix.Addr(), name)
	}
}

// assignAll begins anew with the addresses that there are.
func (l *loop) assignAll() {
	l.assigned = assigned{}
	for _, list := range l.links.addrs {
		for _, a := range list {
			l.assign(a)
		}
	}
}

// logAssigned tells of the interfaces that instances use and their addresses, in
// the order in which they come up (start, reload), and of the devices among them:
// that they were made, or at a reload that they are there.
func (l *loop) logAssigned(c *config.VRRP, reload bool) {
	seen := map[string]bool{}
	tell := func(name string) {
		if link, ok := l.links.lookup(name); ok && !seen[name] {
			l.tellAssigned(link)
		}
		seen[name] = true
	}
	for i := range c.Instances {
		in := &c.Instances[i]
		own := ownInterface(in)
		said := l.devices.takeSaid(own)
		if _, ready := l.devices.ready[own]; reload && ready && said == "" {
			l.log.Infof("(%s) Found matching interface %s", in.Name, own)
		}
		for _, t := range in.TrackInterfaces {
			if t.Name != in.Interface {
				seen[t.Name] = true
			}
		}
		tell(in.Interface)
		if base, ok := l.links.base(in.Interface); ok {
			tell(base)
		}
		if said != "" {
			l.log.Infof("%s", said)
		}
		tell(own)
		for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
			for i := range list {
				seen[list[i].Dev] = true
			}
		}
		for _, r := range in.VirtualRoutes {
			seen[r.Dev] = true
		}
		for _, r := range in.VirtualRules {
			seen[r.IIF], seen[r.OIF] = true, true
		}
	}
	l.devices.tellRest(l.log)
}

func (l *loop) tellAssigned(link netif.Link) {
	for _, v6 := range []bool{false, true} {
		if a := l.assigned[assignedKey{link.Index, v6}]; a.IsValid() {
			l.log.Detailf("Assigned address %s for interface %s", a, link.Name)
		}
	}
}

// base is the interface that a macvlan or ipvlan lies on.
func (t *linkTable) base(name string) (string, bool) {
	link, ok := t.lookup(name)
	if !ok || link.Kind != "macvlan" && link.Kind != "ipvlan" {
		return "", false
	}
	below, ok := t.byIndex[link.ParentIndex]
	return below.Name, ok
}
