package vrrp

import (
	"net/netip"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// An interface that comes back on another link no longer has its VRID twice.
func TestDuplicateVRIDEndsWithTheInterface(t *testing.T) {
	first, second := testInstance(), testInstance()
	second.Name, second.Interface = "VI_2", "mac0"
	second.VIPs = []config.Address{{Prefix: netip.MustParsePrefix("192.0.2.20/32"), Dev: "mac0", PreferredLft: config.LifetimeForever}}
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{first, second}}}
	conf.Global.DynamicInterfaces, conf.Global.AllowIfChanges = true, true
	r := startConfigured(t, conf, "link add link vrrp0 name mac0 type macvlan", "address add 192.0.2.3/24 dev mac0", "link set mac0 up",
		"link add other0 type veth peer name other1", "link set other0 up", "link set other1 up")
	t.Cleanup(func() { ip(t, "link delete other0") })
	r.waitLog("(VI_1) Entering MASTER STATE")
	if r.logged("(VI_2) Entering MASTER STATE") {
		t.Error("both are master on one link")
	}
	for _, args := range []string{"link delete mac0", "link add link other0 name mac0 type macvlan", "address add 192.0.2.3/24 dev mac0", "link set mac0 up"} {
		ip(t, args)
	}
	r.waitLog("(VI_2) Entering MASTER STATE")
	r.waitIP("address show dev mac0", "192.0.2.20/32", true)
}

func TestDuplicates(t *testing.T) {
	links := newLinkTable()
	links.set(netif.Link{Index: 2, Name: "eth0"})
	links.set(netif.Link{Index: 3, Name: "eth1"})
	links.set(netif.Link{Index: 4, Name: "mac0", Kind: "macvlan", ParentIndex: 2})
	c := &config.Config{}
	add := func(name, dev string, change func(*config.Instance)) {
		in := testInstance()
		in.Name, in.Interface = name, dev
		change(&in)
		c.VRRP.Instances = append(c.VRRP.Instances, in)
	}
	same := func(*config.Instance) {}
	add("first", "eth0", same)
	add("other link", "eth1", same)
	add("other VRID", "eth0", func(in *config.Instance) { in.VRID = 9 })
	add("other family", "eth0", func(in *config.Instance) { in.Family = config.IPv6 })
	add("missing", "eth9", same)
	add("same link", "mac0", same)
	if got := duplicates(c, links); len(got) != 0 {
		t.Errorf("not asked for: %v", got)
	}
	c.Global.AllowIfChanges = true
	if got := duplicates(c, links); len(got) != 1 || got["same link"] == "" {
		t.Errorf("got %v", got)
	}
	links.set(netif.Link{Index: 4, Name: "mac0", Kind: "macvlan", ParentIndex: 3})
	if got := duplicates(c, links); len(got) != 1 || got["same link"] == "" {
		t.Errorf("moved to the other link: %v", got)
	}
	links.remove(4)
	if got := duplicates(c, links); len(got) != 0 {
		t.Errorf("gone: %v", got)
	}
}
