package config

import (
	"net/netip"
	"testing"
)

// What C keepalived 2.4.3 says of peers of addresses, and what becomes of them.
func TestPeers(t *testing.T) {
	const invalid = "7:19: error: Invalid peer address "
	for _, c := range []struct {
		line   string
		prefix string
		peer   string
		said   string
	}{
		{"10.1.1.1 peer 10.1.1.2", "10.1.1.1/32", "10.1.1.2", ""},
		{"10.1.1.1/32 peer 10.1.1.2", "10.1.1.1/32", "10.1.1.2", ""},
		{"10.1.1.1 peer 10.1.1.2/32", "10.1.1.1/32", "", invalid + "10.1.1.2/32\n    help: write peer 10.1.1.2: it takes no length\n" +
			"consequences:\n  7: VRRP parsed invalid IP 10.1.1.2/32. skipping IP...\n"},
		{"10.1.1.1 peer bogus", "10.1.1.1/32", "", invalid + "bogus\n    help: write peer ADDRESS\n" +
			"consequences:\n  7: VRRP parsed invalid IP bogus. skipping IP...\n"},
		{"10.1.1.1 peer fe80::1", "10.1.1.1/32", "", "7:19: error: Peer address fe80::1 does not match address family\n"},
		{"10.1.1.1/24 peer 10.1.1.2", "10.1.1.1/32", "10.1.1.2", "7:22: error: Cannot specify address prefix when specifying peer address - ignoring\n"},
		{"10.1.1.1 peer 10.1.1.2 peer 10.1.1.3", "10.1.1.1/32", "10.1.1.2", "7:33: error: Peer 10.1.1.3 - another peer has already been specified\n" +
			"consequences:\n  7: Unknown configuration entry '10.1.1.3' for ip address - ignoring\n"},
	} {
		r := readText("vrrp_instance a {\n interface eth0\n virtual_router_id 1\n priority 100\n virtual_ipaddress {\n  10.9.9.9\n    " + c.line + "\n }\n}\n")
		status := "exit status 5\n"
		if c.said == "" {
			status = "exit status 0\n"
		}
		if got := transcript(r.Diagnostics); got != c.said+status {
			t.Errorf("%s:\n%s", c.line, got)
		}
		a := r.Config.VRRP.Instances[0].VIPs[1]
		peer := ""
		if a.Peer.IsValid() {
			peer = a.Peer.Addr().String()
		}
		if a.Prefix != netip.MustParsePrefix(c.prefix) || peer != c.peer {
			t.Errorf("%s: %v peer %s", c.line, a.Prefix, peer)
		}
	}
}
