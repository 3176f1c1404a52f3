package vrrp

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

func staticsConfig() config.Config {
	c := config.Config{VRRP: config.VRRP{Instances: []config.Instance{testInstance()}}}
	c.VRRP.StaticAddresses = []config.Address{
		{Prefix: netip.MustParsePrefix("198.51.100.1/24"), Dev: "vrrp0", PreferredLft: config.LifetimeForever},
		{Prefix: netip.MustParsePrefix("2001:db8::1/64"), Dev: "vrrp0", PreferredLft: config.LifetimeForever},
	}
	c.VRRP.StaticRoutes = []config.Route{{
		Family: config.IPv4, Type: unix.RTN_UNICAST, Dst: netip.MustParsePrefix("203.0.113.0/24"), Dev: "vrrp0",
		Via: netip.MustParseAddr("198.51.100.254"), Table: unix.RT_TABLE_MAIN, Protocol: netif.Protocol,
	}}
	c.VRRP.StaticRules = []config.Rule{{
		Family: config.IPv4, Action: config.RuleTable, Table: 100, From: netip.MustParsePrefix("198.51.100.0/24"),
		Preference: 5000, Protocol: netif.Protocol,
	}}
	return c
}

// waitStatics waits until everything of staticsConfig is there, or nothing is.
func (r *testRouter) waitStatics(present bool) {
	r.t.Helper()
	r.waitIP("address show dev vrrp0", "198.51.100.1/24", present)
	r.waitIP("address show dev vrrp0", "2001:db8::1/64", present)
	r.waitIP("route", "203.0.113.0/24 via 198.51.100.254 dev vrrp0 proto keepalived", present)
	r.waitIP("rule", "5000:\tfrom 198.51.100.0/24 lookup 100 proto keepalived", present)
}

func TestStaticsLiveAsLongAsTheChild(t *testing.T) {
	r := startConfigured(t, staticsConfig())
	r.waitStatics(true)
	r.parent.Close()
	r.waitStatics(false)
}

func TestStaticsAreSetAgain(t *testing.T) {
	r := startConfigured(t, staticsConfig())
	r.waitStatics(true)
	for _, args := range []string{
		"rule delete preference 5000", "route delete 203.0.113.0/24", "address delete 2001:db8::1/64 dev vrrp0",
		"address delete 198.51.100.1/24 dev vrrp0", "link set vrrp0 down", "link set wire0 down",
	} {
		ip(t, args)
		ip(t, "link set vrrp0 up")
		ip(t, "link set wire0 up")
		r.waitStatics(true)
	}
}

func TestStaticsThatAreNotTrackedAreLeftAlone(t *testing.T) {
	c := staticsConfig()
	c.VRRP.StaticAddresses[0].NoTrack = true
	c.VRRP.StaticRoutes, c.VRRP.StaticRules = nil, nil
	r := startConfigured(t, c)
	r.waitIP("address show dev vrrp0", "198.51.100.1/24", true)
	r.waitIP("address show dev vrrp0", "2001:db8::1/64", true)
	ip(t, "address delete 198.51.100.1/24 dev vrrp0")
	ip(t, "address delete 2001:db8::1/64 dev vrrp0")
	r.waitIP("address show dev vrrp0", "2001:db8::1/64", true)
	if r.hasAddress("198.51.100.1/24") {
		t.Error("the address that is not tracked was set again")
	}
}

func TestStaticsFollowAReload(t *testing.T) {
	c := staticsConfig()
	r := startConfigured(t, c)
	r.waitStatics(true)
	c.VRRP.StaticAddresses[1].Prefix = netip.MustParsePrefix("2001:db8::2/64")
	c.VRRP.StaticRules = nil
	r.reload(c)
	r.waitIP("address show dev vrrp0", "2001:db8::2/64", true)
	r.waitIP("address show dev vrrp0", "2001:db8::1/64", false)
	r.waitIP("rule", "lookup 100", false)
	r.waitIP("route", "203.0.113.0/24 via", true)
}
