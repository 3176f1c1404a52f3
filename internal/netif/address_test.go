package netif

import (
	"net/netip"
	"strings"
	"testing"
)

func TestInvalidAddressesAreNotSent(t *testing.T) {
	p4 := prefix("192.0.2.1/24")
	for _, tt := range []struct {
		addr Address
		want string
	}{
		{Address{Index: 1}, "no address"},
		{Address{Index: 1, Prefix: netip.PrefixFrom(addr("::ffff:192.0.2.1"), 120)}, "not plain"},
		{Address{Prefix: p4}, "no interface"},
		{Address{Index: 1, Prefix: p4, Peer: addr("::1")}, "another family"},
		{Address{Index: 1, Prefix: p4, Broadcast: addr("ff02::1")}, "IPv4 only"},
		{Address{Index: 1, Prefix: prefix("2001:db8::1/64"), Broadcast: addr("192.0.2.255")}, "IPv4 only"},
		{Address{Index: 1, Prefix: p4, Label: "a-label-of-16-by"}, "longer than 15"},
	} {
		if err := AddAddress(tt.addr).invalid; err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.addr, err, tt.want)
		}
	}
}

func TestAddressKey(t *testing.T) {
	a := Address{Index: 1, Prefix: prefix("192.0.2.1/32")}
	same, peer := a, a
	same.Peer, same.Label, same.Scope = addr("192.0.2.1"), "x", 5
	peer.Peer = addr("192.0.2.2")
	if a.Key() != same.Key() {
		t.Errorf("%v is another address than %v", a, same)
	}
	if a.Key() == peer.Key() {
		t.Errorf("%v is the same address as %v", a, peer)
	}
}
