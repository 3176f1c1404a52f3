package vrrp

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"keepalived/internal/netif"
)

// The table holds what a plain list would, whatever comes and goes.
func TestAddressesInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	links, model := newLinkTable(), map[int][]netif.Address{}
	for range 50_000 {
		a := netif.Address{Index: 1 + rng.IntN(2), Scope: uint8(rng.IntN(2)),
			Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(rng.IntN(20))}), 24)}
		list := model[a.Index]
		if rng.IntN(3) == 0 && len(list) > 0 { // as a release does
			a = list[min(1, len(list)-1)]
		}
		i := slices.IndexFunc(list, func(have netif.Address) bool { return have.Key() == a.Key() })
		switch {
		case rng.IntN(500) == 0:
			links.remove(a.Index)
			delete(model, a.Index)
		case rng.IntN(2) == 0 && i >= 0:
			links.removeAddress(a.Key())
			model[a.Index] = slices.Delete(slices.Clone(list), i, i+1)
		case rng.IntN(10) == 0 && i < 0:
			links.removeAddress(a.Key()) // was never there
		case i >= 0:
			links.addAddress(a)
			list[i] = a
		default:
			links.addAddress(a)
			model[a.Index] = append(list, a)
		}
		for _, index := range []int{1, 2} {
			if !slices.Equal(links.addrs[index], model[index]) {
				t.Fatalf("interface %d has %v, want %v", index, links.addrs[index], model[index])
			}
		}
	}
	if n := len(links.addrs[1]) + len(links.addrs[2]); len(links.places.serial) != n {
		t.Errorf("%d places for %d addresses", len(links.places.serial), n)
	}
}
