package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/guest"
	"keepalived/test/lab"
)

// inGuest are the tests of what the kernel of a build machine may lack.
var inGuest = []struct {
	name string
	run  func(*testing.T)
}{
	{"route options", guestRoutes},
	{"use_ipvlan", ipvlanPairs},
	{"vrf", vrfPair},
	{"lvs_sync_daemon_interface", syncDaemons},
}

// TestGuest runs this program once more on Debian's kernel, with both daemons.
func TestGuest(t *testing.T) {
	if guest.Inside() {
		for _, g := range inGuest {
			t.Run(g.name, g.run)
		}
		return
	}
	ours, c := lab.Ours(t).Path, lab.CKeepalived(t).Path
	guest.Test(t, "^TestGuest$", guest.Config{
		Command:  []string{"-test.parallel", "1"},
		Programs: []string{ours, c, "ip", "ipvsadm"},
		Modules:  []string{"bridge", "veth"},
		Env:      []string{"LAB_KEEPALIVED=" + ours, "LAB_C_KEEPALIVED=" + c, "LAB_REQUIRED=1"},
		Timeout:  10 * time.Minute,
	})
}

// guestRoutes is the options that need modules.
func guestRoutes(t *testing.T) {
	routes := []object{
		{"encap mpls", "10.8.0.0/24 encap mpls 100/200 via 192.0.2.9", "10.8.0.0/24", "encap mpls 100/200 via 192.0.2.9", ""},
		{"ttl-propagate", "10.8.1.0/24 via 192.0.2.9 encap mpls 300 ttl-propagate disabled", "10.8.1.0/24", "encap mpls 300", ""},
		{"vrf", "10.8.2.0/24 via 198.51.100.9 dev eth1 vrf red", "10.8.2.0/24", "table 300", ""},
	}
	config := global + instance("VI_1", 51, 255,
		block("virtual_ipaddress", "192.0.2.100/24")+block("virtual_routes", configLines(routes)...))
	compareObjects(t, config, routes, (*router).listRoutes,
		"ip link add red type vrf table 300", "ip link set red up", "ip link set eth1 master red")
}

// ipvlanPairs hands addresses over on ipvlan interfaces: adverts come from the
// address of the ipvlan, with the MAC of the base.
func ipvlanPairs(t *testing.T) {
	const vips6 = "    virtual_ipaddress {\n        fe80::100/64\n        2001:db8::100/64\n    }\n"
	for _, f := range []feature{
		{name: "use_ipvlan", lines: "    use_ipvlan 192.0.2.5LAST/24\n", check: fromIPvlan("vrrp.51", "l2 bridge")},
		{newer: true, name: "use_ipvlan name", lines: "    use_ipvlan name ipv51 192.0.2.5LAST/24 private group 5\n", check: fromIPvlan("ipv51", "l2 private")},
		{name: "use_ipvlan vepa", lines: "    use_ipvlan ipv52 192.0.2.5LAST/24 vepa\n", check: fromIPvlan("ipv52", "l2 vepa")},
		{name: "use_ipvlan IPv6", lines: "    native_ipv6\n    use_ipvlan fe80::5LAST/64\n", vips: vips6, vip: "fe80::100", check: from6},
	} {
		t.Run(f.name, f.test)
	}
}

// fromIPvlan checks the interface that both daemons make, and what leaves it.
func fromIPvlan(name, mode string) func(*pair, *side) {
	return func(p *pair, master *side) {
		shown := strings.Join(master.ip("-d", "link", "show", name), "")
		if !strings.Contains(shown, "ipvlan mode "+mode) || !strings.Contains(shown, "UP") {
			p.t.Errorf("%s on %s is %s, want mode %s", name, master.Name, shown, mode)
		}
		a := p.advert(master)
		f, _ := p.frames.Last(lab.From(master.Node), lab.Alive)
		if a.Src.String() != "192.0.2.5"+last(master.own) || f.Src.String() != master.eth0.MAC.String() {
			p.t.Errorf("%s advertises from %s, %s", master.Name, a.Src, f.Src)
		}
		if found := find(master.listAddresses(), p.vip()+"/"); len(find(found, "eth0")) != 1 {
			p.t.Errorf("%s has the address at %s, want the base", master.Name, found)
		}
	}
}

// vrfPair: unicast without an interface, in a VRF.
func vrfPair(t *testing.T) {
	f := feature{
		name:  "vrf",
		newer: true,
		lines: "    vrf red\n    unicast_src_ip OWN\n" + unicast,
		vips:  "    virtual_ipaddress {\n        192.0.2.100/24 dev eth0\n    }\n",
		run: func(p *pair) {
			for _, s := range []*side{p.high, p.low} {
				for _, c := range []string{"ip link add red type vrf table 300", "ip link set red up", "ip link set eth0 master red"} {
					s.Run(strings.Fields(c)...)
				}
				s.config = strings.Replace(s.config, "    interface eth0\n", "", 1)
			}
			p.handOver()
		},
		check: unicastOnly(255),
	}
	t.Run("unicast", f.test)
}

// syncDaemons: the kernel's IPVS sync daemon follows the instance that names an
// interface for it.
func syncDaemons(t *testing.T) {
	r := newRouter(t, lab.Ours(t))
	daemon := func(what string, want func(string) bool) {
		t.Helper()
		lab.Wait(t, lab.Patience, what, func() bool {
			out, _ := r.Output("ipvsadm", "-L", "--daemon")
			return want(out)
		})
	}
	is := func(role string) func(string) bool {
		return func(out string) bool { return strings.Contains(out, role+" sync daemon (mcast=eth1, syncid=51") }
	}
	r.start(global + instance("VI_1", 51, 100, "    lvs_sync_daemon_interface eth1\n"+defVIPs))
	daemon("the master's daemon", is("master"))
	r.eth0.Unplug()
	daemon("the backup's daemon", is("backup"))
	r.eth0.Plug()
	daemon("the master's daemon again", is("master"))
	r.daemon.Stop()
	daemon("no daemon", func(out string) bool { return strings.TrimSpace(out) == "" })
}
