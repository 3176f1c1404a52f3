package vrrp

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

func vip(prefix string) config.Address {
	return config.Address{Prefix: netip.MustParsePrefix(prefix), Dev: "vrrp0", PreferredLft: config.LifetimeForever}
}

func configOf(instances ...config.Instance) config.Config {
	return config.Config{VRRP: config.VRRP{Instances: instances}}
}

func linkRoute(dst string) config.Route {
	return config.Route{
		Family: config.IPv4, Type: unix.RTN_UNICAST, Dst: netip.MustParsePrefix(dst), Dev: "vrrp0",
		Scope: config.Some(uint8(unix.RT_SCOPE_LINK)), Table: unix.RT_TABLE_MAIN, Protocol: netif.Protocol,
	}
}

// What a reload moves from one master to another one, which may set it before it
// is given up, stays: whether the former one goes on or is removed.
func TestMovesToAnotherMaster(t *testing.T) {
	one, two := testInstance(), testInstance()
	one.VIPs = []config.Address{vip("192.0.2.10/32"), vip("192.0.2.11/32")}
	one.ExcludedVIPs = []config.Address{vip("2001:db8::10/64"), vip("192.0.2.12/32")}
	one.VirtualRoutes = []config.Route{linkRoute("203.0.113.0/24")}
	two.Name, two.VRID = "VI_2", 52
	two.VIPs = []config.Address{vip("192.0.2.20/32")}
	heir, left := two, one
	heir.VIPs = append([]config.Address{vip("192.0.2.10/32")}, two.VIPs...)
	heir.ExcludedVIPs, heir.VirtualRoutes = one.ExcludedVIPs[:1], one.VirtualRoutes
	left.VIPs, left.ExcludedVIPs, left.VirtualRoutes = one.VIPs[1:], nil, nil
	there := func(r *testRouter, prefixes ...string) {
		r.t.Helper()
		for _, prefix := range prefixes {
			r.waitIP("address show dev vrrp0", prefix, true)
		}
		r.waitIP("route show dev vrrp0", "203.0.113.0/24", true)
	}
	for name, after := range map[string]config.Config{"goes on": configOf(heir, left), "is removed": configOf(heir)} {
		t.Run(name, func(t *testing.T) {
			r := startRouter(t, one, two)
			for n := 1; n < 20; n += 2 {
				there(r, "192.0.2.10/32", "2001:db8::10/64", "192.0.2.11/32", "192.0.2.12/32", "192.0.2.20/32")
				r.reload(after)
				r.waitReloads(n)
				r.waitIP("address show dev vrrp0", "192.0.2.12/32", false) // given up after all others
				there(r, "192.0.2.10/32", "2001:db8::10/64", "192.0.2.20/32")
				r.reload(configOf(one, two))
				r.waitReloads(n + 1)
			}
			if r.logged("on vrrp0 removed by another program") {
				t.Error("an address was taken for one that somebody else removed")
			}
		})
	}
}
