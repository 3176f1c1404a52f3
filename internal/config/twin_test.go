package config

import "testing"

// TestTwins: of two instances that are the same virtual router one runs.
func TestTwins(t *testing.T) {
	instance := func(name, iface, rest string) string {
		return "vrrp_instance " + name + " {\n interface " + iface + "\n virtual_router_id 51\n" + rest +
			" virtual_ipaddress {\n 192.0.2.1/24\n }\n}\n"
	}
	peers := func(addr string) string { return " unicast_peer {\n " + addr + "\n }\n" }
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"the same", instance("A", "eth0", "") + instance("B", "eth0", ""), 1},
		{"three", instance("A", "eth0", "") + instance("B", "eth0", "") + instance("C", "eth0", ""), 1},
		{"other interfaces", instance("A", "eth0", "") + instance("B", "eth1", ""), 2},
		{"other peers", instance("A", "eth0", peers("192.0.2.2")) + instance("B", "eth0", peers("192.0.2.3")), 2},
	} {
		got := readText("global_defs {\n dynamic_interfaces\n}\n" + tt.text).Config.VRRP.Instances
		if len(got) != tt.want || len(got) > 0 && got[0].Name != "A" {
			t.Errorf("%s: %d instances, want %d", tt.name, len(got), tt.want)
		}
	}
}
