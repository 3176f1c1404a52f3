package vrrp

import (
	"slices"

	"keepalived/internal/netif"
)

// bare is interfaces, by index, whose last IPv4 address somebody removed. The
// kernel then removes their routes, and tells nobody.
type bare map[int]bool

// stripped notes that somebody removed an address; left is those that the
// interface still has.
func (b bare) stripped(a netif.Address, left []netif.Address) {
	is4 := func(a netif.Address) bool { return a.Prefix.Addr().Is4() }
	if is4(a) && !slices.ContainsFunc(left, is4) {
		b[a.Index] = true
	}
}

// clothed reports whether an address is the first after that.
func (b bare) clothed(a netif.Address) bool {
	if !b[a.Index] || !a.Prefix.Addr().Is4() {
		return false
	}
	delete(b, a.Index)
	return true
}
