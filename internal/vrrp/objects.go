package vrrp

import (
	"fmt"
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// object is something that a master sets in the kernel.
type object interface {
	// add and remove make the requests; ok is false while an interface that
	// they need does not exist.
	add(view interfaceView) (r netif.Request, ok bool)
	remove(view interfaceView) (r netif.Request, ok bool)
	// key is equal for equal objects, wherever they were configured.
	key() string
	// untracked: what happens to it does not matter (no_track).
	untracked() bool
	// interfaces names those that it needs.
	interfaces() []string
}

// interfaceView is the interfaces by name at one moment. It is shared with the
// worker and never changed.
type interfaceView map[string]netif.Link

// address is a VIP or excluded VIP on dev, the interface that it goes to.
type address struct {
	config.Address
	dev      string
	lifetime uint32 // seconds; 0 is for ever
}

func (a address) add(view interfaceView) (netif.Request, bool) {
	l, ok := view[a.dev]
	if !ok {
		return netif.Request{}, false
	}
	return netif.AddAddress(a.kernel(l.Index)), true
}

func (a address) remove(view interfaceView) (netif.Request, bool) {
	l, ok := view[a.dev]
	if !ok {
		return netif.Request{}, false
	}
	return netif.DeleteAddress(kernelAddress(a.Address, l.Index)), true
}

func (a address) untracked() bool { return a.NoTrack }

func (a address) interfaces() []string { return []string{a.dev} }

func (a address) key() string {
	a.Origin, a.lifetime = config.Origin{}, 0
	return fmt.Sprintf("address %+v", a)
}

// instanceObjects is everything that an instance holds as master, in the order
// in which it is set: VIPs, excluded VIPs, routes, rules.
func instanceObjects(in place, lifetime uint32) []object {
	var out []object
	for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
		for _, a := range list {
			out = append(out, address{Address: a, dev: in.dev(a), lifetime: lifetime})
		}
	}
	for _, r := range in.VirtualRoutes {
		out = append(out, route{r})
	}
	for _, r := range in.VirtualRules {
		out = append(out, rule{r})
	}
	return out
}

// usedInterfaces is all that objects need.
func usedInterfaces(lists [][]object) map[string]bool {
	used := map[string]bool{}
	for _, list := range lists {
		for _, o := range list {
			for _, name := range o.interfaces() {
				used[name] = true
			}
		}
	}
	return used
}

// addressKey identifies an address in the kernel's reports; ok is false for
// other objects and while the interface is missing.
func addressKey(o object, view interfaceView) (key netif.AddressKey, ok bool) {
	a, ok := o.(address)
	if !ok {
		return key, false
	}
	l, ok := view[a.dev]
	return kernelAddress(a.Address, l.Index).Key(), ok
}

// isAddress returns the address of an object that is one.
func isAddress(o object) (netip.Addr, bool) {
	a, ok := o.(address)
	if !ok {
		return netip.Addr{}, false
	}
	return a.Addr(), true
}
