package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
)

// Down sets the interface administratively down, as the node's operator would.
func (k *Link) Down() { k.must("down", k.Node.setUp(k.Name, false)) }

// Up undoes Down.
func (k *Link) Up() { k.must("up", k.Node.setUp(k.Name, true)) }

// Unplug pulls the cable: the interface stays up and has no carrier.
func (k *Link) Unplug() { k.must("unplugged", k.Segment.lab.ports.setUp(k.port, false)) }

// Plug undoes Unplug.
func (k *Link) Plug() { k.must("plugged", k.Segment.lab.ports.setUp(k.port, true)) }

func (k *Link) must(what string, err error) {
	k.Node.t.Helper()
	if err != nil {
		k.Node.t.Fatalf("setting %s of %s %s: %v", k.Name, k.Node.Name, what, err)
	}
}

// setUp sets an interface of the node up or down.
func (n *Node) setUp(ifname string, up bool) error {
	dev, err := n.net.LinkByName(ifname)
	if err != nil {
		return fmt.Errorf("finding %s: %w", ifname, err)
	}
	if up {
		return n.net.LinkSetUp(dev)
	}
	return n.net.LinkSetDown(dev)
}

func (n *Node) addAddr(ifname, addr string) error {
	dev, err := n.net.LinkByName(ifname)
	if err != nil {
		return fmt.Errorf("finding %s: %w", ifname, err)
	}
	a, err := netlink.ParseAddr(addr)
	if err != nil {
		return err
	}
	if err := n.net.AddrAdd(dev, a); err != nil {
		return fmt.Errorf("adding %s to %s: %w", addr, ifname, err)
	}
	return nil
}

// maxAgain is how often a list is asked for that changes all the time; then what
// was seen is good enough.
const maxAgain = 20

// Addrs returns the addresses of all interfaces of the node.
func (n *Node) Addrs() []netip.Addr {
	n.t.Helper()
	list, err := n.net.AddrList(nil, netlink.FAMILY_ALL)
	for again := 0; errors.Is(err, netlink.ErrDumpInterrupted) && again < maxAgain; again++ {
		// They changed while they were listed.
		list, err = n.net.AddrList(nil, netlink.FAMILY_ALL)
	}
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		n.t.Fatalf("%s: listing addresses: %v", n.Name, err)
	}
	var out []netip.Addr
	for _, a := range list {
		if ip, ok := netip.AddrFromSlice(a.IP); ok {
			out = append(out, ip.Unmap())
		}
	}
	return out
}

// HasAddr reports whether an interface of the node has the address.
func (n *Node) HasAddr(addr string) bool {
	n.t.Helper()
	want := netip.MustParseAddr(addr)
	for _, a := range n.Addrs() {
		if a == want {
			return true
		}
	}
	return false
}

// WaitAddr returns when the node has the address.
func (n *Node) WaitAddr(addr string) {
	n.t.Helper()
	n.WaitAddrWithin(addr, Patience)
}

// WaitAddrWithin is WaitAddr with a bound of its own.
func (n *Node) WaitAddrWithin(addr string, within time.Duration) {
	n.t.Helper()
	Wait(n.t, within, n.Name+" has "+addr, func() bool { return n.HasAddr(addr) })
}

// WaitNoAddr returns when the node does not have the address.
func (n *Node) WaitNoAddr(addr string) {
	n.t.Helper()
	Wait(n.t, Patience, n.Name+" does not have "+addr, func() bool { return !n.HasAddr(addr) })
}
