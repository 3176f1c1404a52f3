package vrrp

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/dump"
)

// TestInterfacesShown holds what a data file says of interfaces to the C daemon's
// layout, for kinds that the kernel of the tests does not have, too.
func TestInterfacesShown(t *testing.T) {
	const up = unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_BROADCAST | unix.IFF_MULTICAST
	own := func(list ...string) (out []netif.Address) {
		for _, s := range list {
			out = append(out, netif.Address{Prefix: netip.MustParsePrefix(s)})
		}
		return out
	}
	in := config.Instance{Name: "V", Interface: "eth0", VIPs: []config.Address{{Prefix: netip.MustParsePrefix("192.0.2.9/32")}}}
	p := &picture{
		conf:      &config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}},
		instances: []pictured{{conf: in}},
		view: interfaceView{
			"eth0":  {Index: 2, Name: "eth0", Type: unix.ARPHRD_ETHER, Flags: up, MasterIndex: 5, MasterKind: "vrf"},
			"ipv.1": {Index: 3, Name: "ipv.1", Type: unix.ARPHRD_ETHER, Flags: up, Kind: "ipvlan", ParentIndex: 4, IPvlanMode: 1, IPvlanFlags: netif.IPvlanFlagVEPA},
			"eth1":  {Index: 4, Name: "eth1", Type: unix.ARPHRD_ETHER, MasterIndex: 6, MasterKind: "bridge"},
			"blue":  {Index: 5, Name: "blue", Type: unix.ARPHRD_ETHER, Flags: up, Kind: "vrf", VRFTable: 77},
			"tun0":  {Index: 6, Name: "tun0", Type: unix.ARPHRD_NONE, Flags: up &^ unix.IFF_BROADCAST},
		},
		addrs: map[int][]netif.Address{
			2: own("192.0.2.1/24", "192.0.2.9/32", "192.0.2.2/24", "203.0.113.1/24", "2001:db8::1/64", "fe80::1/64", "fe80::2/64"),
		},
	}
	s := dump.Snapshot{Conf: p.conf, Interfaces: p.interfaces()}
	_, text, _ := strings.Cut(string(s.Data().Bytes()), "------< Interfaces >------\n")
	shown := map[string]string{}
	for _, part := range strings.Split(text, " Name = ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		shown[name] = rest
	}
	for name, want := range map[string][]string{
		"eth0": {
			"   IPv4 address = 192.0.2.1\n   Additional IPv4 addresses :\n     192.0.2.2\n     203.0.113.1\n" +
				"   IPv6 address = fe80::1\n   Additional IPv6 addresses :\n     fe80::2\n",
			"   VRF slave of blue\n", "   HW Type = ETHERNET\n", "   Tracking VRRP instances :\n     V, weight 0\n",
		},
		"ipv.1": {
			"   State = UP, RUNNING, master down\n",
			"   IPVLAN type L3 vepa, underlying interface = eth1, state = not UP, not RUNNING\n",
		},
		"eth1": {"   State = not UP, not RUNNING, no broadcast, no multicast\n"},
		"blue": {"   VRF master table 77\n"},
		"tun0": {"   State = UP, RUNNING, no broadcast\n", "   HW Type = UNKNOWN (65534)\n"},
	} {
		for _, lines := range want {
			if !strings.Contains(shown[name], lines) {
				t.Errorf("%s does not show\n%s\nbut\n%s", name, lines, shown[name])
			}
		}
		if name != "eth0" && (strings.Contains(shown[name], "Additional") || strings.Contains(shown[name], "VRF slave")) {
			t.Errorf("%s shows too much:\n%s", name, shown[name])
		}
	}
}
