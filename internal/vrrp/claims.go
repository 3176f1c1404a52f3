package vrrp

import "net/netip"

// claims says which holdings set an object last. A reload may move an object
// from one instance to another, and theirs are different queues of the worker:
// who gives it up must not remove what the other one has set by then. It belongs
// to the worker; nil notes nothing.
type claims map[claim]*holdings

// claim is the identity of an object in the kernel, whatever interfaces are
// made anew.
type claim struct {
	dev    string // of an address
	prefix netip.Prefix
	peer   netip.Addr
	other  string // of a route or rule
}

func claimOf(o object) claim {
	a, ok := o.(address)
	if !ok {
		return claim{other: o.key()}
	}
	k := kernelAddress(a.Address, 0).Key()
	if k.Prefix.Addr().Is6() { // the kernel has each once, whatever its length
		return claim{dev: a.dev, prefix: netip.PrefixFrom(k.Prefix.Addr(), 128)}
	}
	return claim{dev: a.dev, prefix: k.Prefix, peer: k.Peer}
}

// take notes that h has set an object.
func (c claims) take(o object, h *holdings) {
	if c != nil {
		c[claimOf(o)] = h
	}
}

// give notes that h gives an object up, and reports whether others have it.
func (c claims) give(o object, h *holdings) (others bool) {
	if c == nil {
		return false
	}
	k := claimOf(o)
	if by := c[k]; by != nil && by != h {
		return true
	}
	delete(c, k)
	return false
}

// rename follows an object that goes by another name now.
func (c claims) rename(from, to object) {
	if h, ok := c[claimOf(from)]; ok {
		delete(c, claimOf(from))
		c[claimOf(to)] = h
	}
}
