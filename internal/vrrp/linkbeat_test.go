package vrrp

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

func TestLinkbeatPlan(t *testing.T) {
	links := newLinkTable()
	for i, name := range []string{"eth1", "eth0", "eth2", "eth3"} {
		links.set(netif.Link{Index: i + 1, Name: name})
	}
	links.set(netif.Link{Index: 9, Name: "vrrp.51", Kind: "macvlan"})
	on := func(name, dev string) config.Instance { return config.Instance{Name: name, Interface: dev} }
	vmac := on("VI_V", "eth0")
	vmac.VMAC.Use, vmac.VMAC.Name = true, "vrrp.51"
	polled := on("VI_P", "eth2")
	polled.LinkbeatUsePolling = true
	used := map[string]bool{"eth0": true, "eth1": true, "eth2": true, "vrrp.51": true}
	for _, c := range []struct {
		name   string
		listed []config.LinkbeatInterface
		global bool
		in     []config.Instance
		want   string
	}{
		{"nothing", nil, false, []config.Instance{on("VI_1", "eth0")}, "[] []"},
		{"listed", []config.LinkbeatInterface{{Interface: "eth0", Type: "MII"}, {Interface: "eth1"}}, false, nil, "[{eth1 0} {eth0 1}] []"},
		{"listed, unused", []config.LinkbeatInterface{{Interface: "eth3", Type: "IOCTL"}}, false, nil,
			"[] [Turning off linkbeat for eth3 since not used for tracking]"},
		{"listed, a VMAC", []config.LinkbeatInterface{{Interface: "vrrp.51"}}, false, nil,
			"[] [(vrrp.51): linkbeat not supported for vmacs since netlink works]"},
		{"of one instance", nil, false, []config.Instance{on("VI_1", "eth0"), polled}, "[{eth2 0}] []"},
		{"of all", []config.LinkbeatInterface{{Interface: "eth1", Type: "ETHTOOL"}}, true, []config.Instance{on("VI_1", "eth1"), on("VI_2", "eth0")},
			"[{eth1 2} {eth0 0}] []"},
		{"of all, a VMAC", nil, true, []config.Instance{vmac}, "[] [Turning off linkbeat for vrrp.51 since netlink works for vmacs/ipvlans]"},
		{"of all, no interface", nil, true, []config.Instance{on("VI_1", "")}, "[] []"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := &config.Config{VRRP: config.VRRP{Instances: c.in, LinkbeatInterfaces: c.listed}}
			conf.Global.LinkbeatUsePolling = c.global
			lines := []string{}
			plan := planBeats(conf, used, links, func(f string, a ...any) { lines = append(lines, fmt.Sprintf(f, a...)) })
			if got := fmt.Sprintf("%v %v", plan, lines); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// A driver that says that there is no link is right, whatever flags the
// interface has; so is the kernel.
func TestLinkbeatCountsBesideTheFlags(t *testing.T) {
	links := newLinkTable()
	links.set(netif.Link{Index: 1, Name: "eth0", Flags: unix.IFF_UP | unix.IFF_RUNNING})
	links.set(netif.Link{Index: 2, Name: "vrrp.51", Kind: "macvlan", ParentIndex: 1, Flags: unix.IFF_UP | unix.IFF_RUNNING})
	up := func() string { return fmt.Sprint(links.up(1), links.up(2)) }
	var got []string
	for _, beat := range []map[string]beatState{nil, {"eth0": {netif.QueryMII, false}}, {"eth0": {netif.QueryMII, true}}, {"eth1": {netif.QueryMII, false}}} {
		links.beats = beat
		got = append(got, up())
	}
	links.set(netif.Link{Index: 1, Name: "eth0", Flags: unix.IFF_UP})
	links.beats = map[string]beatState{"eth0": {netif.QueryMII, true}}
	got = append(got, up())
	if want := []string{"true true", "false false", "true true", "true true", "false false"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChildAsksDrivers(t *testing.T) {
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{testInstance()}}}
	conf.VRRP.LinkbeatInterfaces = []config.LinkbeatInterface{{Interface: "vrrp0", Type: "MII"}}
	r := startConfigured(t, conf)
	r.waitLog("Using MII-BMSR/ETHTOOL NIC polling thread(s)...")
	r.waitLog("(vrrp0): Configured linkbeat type MII not supported, using ETHTOOL")
	r.waitLog("(VI_1) Entering MASTER STATE")
	ip(t, "link set wire0 down")
	r.waitLog("Linkbeat reports vrrp0 down")
	r.waitLog("(VI_1) Entering FAULT STATE")
	ip(t, "link set wire0 up")
	r.waitLog("Linkbeat reports vrrp0 up")
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	conf.VRRP.LinkbeatInterfaces = nil
	conf.VRRP.Instances[0].Priority = 120
	r.reload(conf)
	r.nextAdvert(120)
	ip(t, "link set wire0 down")
	r.waitLog("Netlink reports vrrp0 down")
}
