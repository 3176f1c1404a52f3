package vrrp

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// routerKey is what must differ between virtual routers on one link.
type routerKey struct {
	link  int
	ipv6  bool
	vrid  uint8
	group netip.Addr // or the source address of unicast
}

// duplicates is the instances that have the VRID of an earlier one on the same
// link, with its name. An interface that is replaced by another, or moves to another base, can
// bring that about (dynamic_interfaces allow_if_changes).
func duplicates(c *config.Config, links *linkTable) map[string]string {
	if !c.Global.AllowIfChanges {
		return nil // refused in the configuration
	}
	taken, dup := map[routerKey]string{}, map[string]string{}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		l, ok := links.lookup(in.Interface)
		if !ok {
			continue
		}
		k := routerKey{link: links.ground(l).Index, ipv6: in.Family == config.IPv6, vrid: in.VRID, group: in.McastDst}
		if in.Unicast {
			k.group = in.SrcIP
		}
		if other, twice := taken[k]; twice {
			dup[in.Name] = other
			continue
		}
		taken[k] = in.Name
	}
	return dup
}

// ground is the interface that a macvlan or ipvlan shares its link with.
func (t *linkTable) ground(l netif.Link) netif.Link {
	for range 8 { // deeper than anybody stacks them
		base, ok := t.byIndex[l.ParentIndex]
		if !ok || l.Kind != "macvlan" && l.Kind != "ipvlan" {
			break
		}
		l = base
	}
	return l
}
