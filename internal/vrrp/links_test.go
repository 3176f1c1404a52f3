package vrrp

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
)

const running = unix.IFF_UP | unix.IFF_RUNNING

func TestLinkTableRename(t *testing.T) {
	lt := newLinkTable()
	lt.set(netif.Link{Index: 2, Name: "eth0"})
	lt.set(netif.Link{Index: 3, Name: "eth1"})
	lt.set(netif.Link{Index: 2, Name: "tmp"})
	lt.set(netif.Link{Index: 3, Name: "eth0"})
	lt.set(netif.Link{Index: 2, Name: "eth1"})
	for name, want := range map[string]int{"eth0": 3, "eth1": 2} {
		if l, ok := lt.lookup(name); !ok || l.Index != want {
			t.Errorf("%s: got %d, %v, want %d", name, l.Index, ok, want)
		}
	}
	if _, ok := lt.lookup("tmp"); ok {
		t.Error("the name in between is still known")
	}
	lt.remove(3)
	if _, ok := lt.lookup("eth0"); ok {
		t.Error("a removed interface is still known")
	}
}

func TestLinkTableUpNeedsTheBase(t *testing.T) {
	lt := newLinkTable()
	lt.set(netif.Link{Index: 2, Name: "eth0", Flags: running})
	lt.set(netif.Link{Index: 5, Name: "vrrp.51", Flags: running, ParentIndex: 2, Kind: "macvlan"})
	if !lt.up(5) || lt.up(9) {
		t.Fatal("a running interface is up, an unknown one is not")
	}
	lt.set(netif.Link{Index: 2, Name: "eth0", Flags: unix.IFF_UP})
	if lt.up(5) || lt.up(2) {
		t.Error("up although the base has lost its carrier")
	}
}

func TestLinkTableSource(t *testing.T) {
	lt := newLinkTable()
	for _, p := range []string{"192.0.2.10/24", "192.0.2.1/24", "2001:db8::1/64", "fe80::5/64", "192.0.2.2/24"} {
		lt.addAddress(netif.Address{Index: 2, Prefix: netip.MustParsePrefix(p)})
	}
	vip := netip.MustParseAddr("192.0.2.10")
	isVIP := func(a netip.Addr) bool { return a == vip }
	if got := lt.source(2, false, isVIP); got != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("IPv4: got %v", got)
	}
	if got := lt.source(2, true, isVIP); got != netip.MustParseAddr("fe80::5") {
		t.Errorf("IPv6: got %v", got)
	}
	lt.removeAddress(netif.Address{Index: 2, Prefix: netip.MustParsePrefix("192.0.2.1/24")}.Key())
	if got := lt.source(2, false, isVIP); got != netip.MustParseAddr("192.0.2.2") {
		t.Errorf("after removal: got %v", got)
	}
	if got := lt.source(3, false, isVIP); got.IsValid() {
		t.Errorf("unknown interface: got %v", got)
	}
}
