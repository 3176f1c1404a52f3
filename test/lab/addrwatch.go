package lab

import (
	"net/netip"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
)

// AddrEvent is an address that came or went.
type AddrEvent struct {
	At    time.Time // when this program learnt of it
	Addr  netip.Addr
	Added bool // also when it was only changed
}

// AddrWatch records the address changes of a node.
type AddrWatch struct {
	mu     sync.Mutex
	events []AddrEvent
}

// WatchAddrs starts recording the address changes of the node.
func (n *Node) WatchAddrs() *AddrWatch {
	n.t.Helper()
	w := &AddrWatch{}
	updates, done := make(chan netlink.AddrUpdate, 256), make(chan struct{})
	err := n.Do(func() error { return netlink.AddrSubscribe(updates, done) })
	if err != nil {
		n.t.Fatalf("%s: watching addresses: %v", n.Name, err)
	}
	n.t.Cleanup(func() { close(done) })
	go func() {
		for u := range updates {
			w.record(u)
		}
	}()
	return w
}

func (w *AddrWatch) record(u netlink.AddrUpdate) {
	a, ok := netip.AddrFromSlice(u.LinkAddress.IP)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, AddrEvent{At: time.Now(), Addr: a.Unmap(), Added: u.NewAddr})
}

// Events returns the changes of an address, in their order.
func (w *AddrWatch) Events(addr string) []AddrEvent {
	want := netip.MustParseAddr(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []AddrEvent
	for _, e := range w.events {
		if e.Addr == want {
			out = append(out, e)
		}
	}
	return out
}
