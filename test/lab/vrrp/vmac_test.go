package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestVMACOptions hands an address over with each option of virtual MACs.
func TestVMACOptions(t *testing.T) {
	const extra = "    virtual_ipaddress {\n        192.0.2.100/24\n        198.51.100.100/24 dev eth1\n    }\n"
	runFeatures(t, []feature{
		{name: "use_vmac", lines: "    use_vmac\n", check: onVMAC("vrrp.51", "00:00:5e:00:01:33")},
		{name: "use_vmac name", lines: "    use_vmac lab51\n", check: onVMAC("lab51", "00:00:5e:00:01:33")},
		{name: "use_vmac MAC", newer: true, lines: "    use_vmac lab51 02:00:00:00:05:51\n", check: onVMAC("lab51", "02:00:00:00:05:51")},
		{name: "use_vmac group", newer: true, lines: "    use_vmac lab51 group 5\n", check: inGroup("lab51", "group 5")},
		{name: "use_vmac netlink_notify_msg", newer: true, lines: "    use_vmac netlink_notify_msg\n", check: onVMAC("vrrp.51", "00:00:5e:00:01:33")},
		{name: "vmac_prefix", newer: true, global: "    vmac_prefix lab\n", lines: "    use_vmac\n", check: onVMAC("lab.51", "00:00:5e:00:01:33")},
		{name: "vmac_xmit_base", lines: "    use_vmac\n    vmac_xmit_base\n", check: fromBase},
		{name: "use_vmac IPv6", lines: "    use_vmac\n", vips: vips6, vip: "fe80::100", check: onVMAC("vrrp.51", "00:00:5e:00:02:33")},
		{name: "use_vmac_addr", newer: true, lines: "    use_vmac\n    use_vmac_addr\n", vips: extra, check: extraVMAC},
		{name: "ADDRESS_LINE use_vmac", newer: true, lines: "    use_vmac\n", vips: strings.Replace(extra, "dev eth1", "dev eth1 use_vmac", 1), check: extraVMAC},
		{name: "promote_secondaries", lines: "    promote_secondaries\n", check: sysctlIs("eth0", "promote_secondaries", "1")},
		{name: "sysctls", lines: "    use_vmac\n", check: vmacSysctls},
		{name: "no_accept", lines: "    use_vmac\n    no_accept\n", silent: true, check: blocked},
	})
}

// onVMAC wants the address on a macvlan of the MAC, and adverts and
// announcements from it.
func onVMAC(name, mac string) func(*pair, *side) {
	return func(p *pair, master *side) {
		if found := find(master.ip("-d", "link", "show", "dev", name), "macvlan mode private"); len(find(found, mac)) != 1 {
			p.t.Errorf("%s on %s is %s", name, master.Name, found)
		}
		if found := find(master.ip("address", "show", "dev", name), p.vip()+"/"); len(found) != 1 {
			p.t.Errorf("%s on %s has %s", name, master.Name, found)
		}
		for _, what := range []lab.Match{lab.Alive, lab.Announces(p.vip())} {
			f := p.frames.Wait(lab.Patience, "a frame of "+master.Name, lab.From(master.Node), what)
			if f.Src.String() != mac {
				p.t.Errorf("%s sends from %s, want %s", master.Name, f.Src, mac)
			}
		}
	}
}

func inGroup(name, group string) func(*pair, *side) {
	return func(p *pair, master *side) {
		if found := master.ip("-d", "link", "show", "dev", name); len(find(found, group)) != 1 {
			p.t.Errorf("%s on %s is %s, want %s", name, master.Name, found, group)
		}
	}
}

// fromBase wants adverts from the base's MAC and announcements from the VMAC.
func fromBase(p *pair, master *side) {
	a, _ := p.frames.Last(lab.From(master.Node), lab.Alive)
	g := p.frames.Wait(lab.Patience, "an announcement", lab.From(master.Node), lab.Announces(vip))
	if a.Src.String() != master.eth0.MAC.String() || g.Src.String() != "00:00:5e:00:01:33" {
		p.t.Errorf("%s advertises from %s and announces from %s", master.Name, a.Src, g.Src)
	}
}

// extraVMAC wants the address of the other interface on a VMAC of its own.
func extraVMAC(p *pair, master *side) {
	lab.Wait(p.t, lab.Patience, "a VMAC on eth1 of "+master.Name, func() bool {
		links := find(master.ip("-d", "link"), "@eth1")
		addrs := find(master.ip("address"), "198.51.100.100/")
		return len(find(links, "00:00:5e:00:01:33")) == 1 && len(addrs) == 1 && len(find(addrs, "eth1 ")) == 0
	})
}

// sysctlIs checks a parameter of an interface.
func sysctlIs(dev, name, want string) func(*pair, *side) {
	return func(p *pair, master *side) {
		if got, _ := master.ReadFile("/proc/sys/net/ipv4/conf/" + dev + "/" + name); strings.TrimSpace(got) != want {
			p.t.Errorf("%s of %s on %s is %s, want %s", name, dev, master.Name, got, want)
		}
	}
}

func vmacSysctls(p *pair, master *side) {
	for name, want := range map[string]string{"arp_ignore": "1", "accept_local": "1", "rp_filter": "0", "promote_secondaries": "1"} {
		sysctlIs("vrrp.51", name, want)(p, master)
	}
	sysctlIs("eth0", "arp_ignore", "1")(p, master)
	sysctlIs("eth0", "arp_filter", "1")(p, master)
}

// TestAnnouncements counts the gratuitous ARPs and neighbour adverts of each
// keyword, of ours and of the C daemon.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	const both = "    virtual_ipaddress {\n        192.0.2.100/24\n    }\n    virtual_ipaddress_excluded {\n        192.0.2.101/24\n        2001:db8::101/64\n    }\n"
	for _, c := range []struct {
		name, global, lines, blocks string
		newer                       bool
		addr                        string
		// The announcements come in bursts; gap is the least between two in a
		// burst, and between is the time from the first burst to the second.
		bursts  []int
		gap     time.Duration
		between time.Duration
	}{
		{name: "garp_master_repeat", lines: "garp_master_repeat 3\ngarp_master_delay 1", bursts: []int{3, 3}, between: time.Second},
		{name: "vrrp_garp_master_repeat", global: "vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 1", bursts: []int{2, 2}, between: time.Second},
		{name: "garp_master_delay", lines: "garp_master_repeat 1\ngarp_master_delay 2", bursts: []int{1, 1}, between: 2 * time.Second},
		{name: "vrrp_garp_master_delay", global: "vrrp_garp_master_repeat 1\nvrrp_garp_master_delay 2", bursts: []int{1, 1}, between: 2 * time.Second},
		{name: "garp_master_refresh", lines: "garp_master_repeat 1\ngarp_master_delay 1\ngarp_master_refresh 1\ngarp_master_refresh_repeat 2", bursts: []int{1, 1, 2, 2}, between: time.Second},
		{name: "vrrp_garp_master_refresh", global: "vrrp_garp_master_repeat 1\nvrrp_garp_master_delay 1\nvrrp_garp_master_refresh 1\nvrrp_garp_master_refresh_repeat 2", bursts: []int{1, 1, 2, 2}, between: time.Second},
		{name: "vrrp_min_garp", global: "vrrp_min_garp on", bursts: []int{1}},
		{newer: true, name: "vrrp_garp_interval", global: "vrrp_garp_interval 0.2\nvrrp_garp_master_repeat 3\nvrrp_garp_master_delay 0", bursts: []int{3}, gap: 200 * time.Millisecond},
		{newer: true, name: "vrrp_gna_interval", global: "vrrp_gna_interval 0.2\nvrrp_garp_master_repeat 3\nvrrp_garp_master_delay 0", addr: "2001:db8::101", bursts: []int{3}, gap: 200 * time.Millisecond},
		{name: "garp_group", global: "vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 0", blocks: "garp_group {\n    garp_interval 0.2\n    gna_interval 0.1\n    interface eth0\n}\n", bursts: []int{2}, gap: 200 * time.Millisecond},
		{name: "garp_group interfaces", global: "vrrp_garp_master_repeat 2\nvrrp_garp_master_delay 0", blocks: "garp_group {\n    garp_interval 0.2\n    interfaces {\n        eth0\n        eth1\n    }\n}\n", bursts: []int{2}, gap: 200 * time.Millisecond},
		{name: "virtual_ipaddress_excluded IPv6", lines: "garp_master_repeat 2\ngarp_master_delay 0", addr: "2001:db8::101", bursts: []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, c.newer, func(t *testing.T, r *router) {
				config := strings.Replace(global, "}", c.global+"\n}", 1) + c.blocks + instance("VI_1", 51, 255, c.lines+"\n"+both)
				r.start(config)
				addr, want := c.addr, 0
				if addr == "" {
					addr = vip
				}
				for _, n := range c.bursts {
					want += n
				}
				var seen []lab.Frame
				lab.Wait(t, lab.Patience, "announcements", func() bool {
					seen = r.frames.Select(lab.From(r.Node), lab.Announces(addr))
					return len(seen) >= want
				})
				if c.between == 0 { // none may follow
					last := seen[len(seen)-1].At
					r.frames.Wait(lab.Patience, "a later advert", lab.After(last.Add(700*time.Millisecond)), lab.From(r.Node), lab.Alive)
					seen = r.frames.Select(lab.From(r.Node), lab.Announces(addr))
					if len(seen) != want {
						t.Errorf("%s announces %d times, want %d", r.Name, len(seen), want)
					}
				}
				// Half the time: without the setting there is none, and where one
				// announcement was late the next follows sooner.
				if c.between > 0 {
					if d := seen[c.bursts[0]].At.Sub(seen[0].At); d < c.between/2 {
						t.Errorf("%s: the second burst comes after %v, want %v", r.Name, d, c.between)
					}
				}
				for i := 1; i < len(seen) && c.gap > 0; i++ {
					if d := seen[i].At.Sub(seen[i-1].At); d < c.gap/2 {
						t.Errorf("%s: announcements %v apart, want %v", r.Name, d, c.gap)
					}
				}
			})
		})
	}
}

// TestExtraAnnouncements: addresses on other interfaces than the instance's own
// are announced again and again, and those on its own are not.
func TestExtraAnnouncements(t *testing.T) {
	t.Parallel()
	const other = "198.51.100.100"
	const vips = "    virtual_ipaddress {\n        192.0.2.100/24\n        198.51.100.100/24 dev eth1\n        198.51.100.101/24 dev eth1\n    }\n"
	for _, c := range []struct {
		name, lines string
		newer       bool
	}{
		{name: "garp_extra_if", lines: "    garp_extra_if all 1\n"},
		{name: "vmac_garp_intvl", lines: "    vmac_garp_intvl all 1\n"},
		{name: "garp_extra_if VMAC", newer: true, lines: "    use_vmac\n    use_vmac_addr\n    garp_extra_if 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, c.newer, func(t *testing.T, r *router) {
				beyond := r.wan.Capture()
				r.start(global + instance("VI_1", 51, 255, c.lines+"    garp_master_repeat 1\n    garp_master_delay 0\n"+vips))
				announced := func(c *lab.Capture, addr string) []lab.Frame {
					return c.Select(lab.From(r.Node), lab.Announces(addr))
				}
				lab.Wait(t, lab.Patience, "announcements", func() bool { return len(announced(beyond, other)) >= 4 })
				seen := announced(beyond, other)
				for i := 1; i < len(seen); i++ {
					if d := seen[i].At.Sub(seen[i-1].At); d < time.Second/2 && i > 1 {
						t.Errorf("%s: announcements %v apart, want a second", r.Name, d)
					}
				}
				// One address of an interface is enough for switches.
				if n, second := len(announced(r.frames, vip)), len(announced(beyond, "198.51.100.101")); n != 1 || second != 1 {
					t.Errorf("%s announces its own address %d times and the second one %d times, want 1 and 1", r.Name, n, second)
				}
			})
		})
	}
}

// TestLowerPriorityBurst: a master that hears a worse one announces again.
func TestLowerPriorityBurst(t *testing.T) {
	runFeatures(t, []feature{
		{name: "garp_lower_prio_repeat", lines: "    garp_lower_prio_repeat 4\n    garp_lower_prio_delay 0\n    garp_master_delay 0\n", run: announcesAgain(4)},
		{name: "vrrp_garp_lower_prio_repeat", global: "    vrrp_garp_lower_prio_repeat 3\n    vrrp_garp_lower_prio_delay 0\n", lines: "    garp_master_delay 0\n", run: announcesAgain(3)},
		{name: "garp_lower_prio_delay", lines: "    garp_lower_prio_repeat 2\n    garp_lower_prio_delay 1\n    garp_master_delay 0\n", run: announcesAgain(4)},
		{name: "vrrp_garp_lower_prio_delay", global: "    vrrp_garp_lower_prio_repeat 2\n    vrrp_garp_lower_prio_delay 1\n", lines: "    garp_master_delay 0\n", run: announcesAgain(4)},
	})
}

func announcesAgain(want int) func(*pair) {
	return func(p *pair) {
		p.start(p.high)
		p.high.daemon.WaitState("VI_1", "MASTER")
		p.frames.Wait(lab.Patience, "the first announcement", lab.From(p.high.Node), lab.Announces(vip))
		f := p.frames.Wait(lab.Patience, "an advert", lab.After(time.Now().Add(time.Second)), lab.From(p.high.Node), lab.Alive)
		p.sendAdvert(advert3(vrid, 1))
		var seen []lab.Frame
		lab.Wait(p.t, lab.Patience, "announcements", func() bool {
			seen = p.frames.Select(lab.After(f.At), lab.From(p.high.Node), lab.Announces(vip))
			return len(seen) >= want
		})
		p.frames.Wait(lab.Patience, "a later advert", lab.After(seen[len(seen)-1].At.Add(1500*time.Millisecond)), lab.From(p.high.Node), lab.Alive)
		if seen = p.frames.Select(lab.After(f.At), lab.From(p.high.Node), lab.Announces(vip)); len(seen) != want && (p.high.p.IsC || len(seen) < want || len(seen) > 2*want) {
			// Ours announces once more when the other is silent again.
			p.t.Errorf("%s announces %d times, want %d", p.high.Name, len(seen), want)
		}
	}
}
