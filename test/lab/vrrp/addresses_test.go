package vrrp

import (
	"strings"
	"testing"
)

// addresses have a line for every option.
var addresses = []object{
	{"(first word)", "192.0.2.101", "192.0.2.101/", "inet 192.0.2.101/32 scope global eth0", ""},
	{"(first word) length", "192.0.2.102/24", "192.0.2.102/", "inet 192.0.2.102/24 scope global secondary eth0", ""},
	{"dev", "198.51.100.101/24 dev eth1", "198.51.100.101/", "eth1 inet 198.51.100.101/24", ""},
	{"scope", "192.0.2.103/32 scope link", "192.0.2.103/", "scope link", ""},
	{"scope number", "192.0.2.104/32 scope 50", "192.0.2.104/", "scope 50", ""},
	{"broadcast", "192.0.2.105/24 broadcast 192.0.2.254", "192.0.2.105/", "brd 192.0.2.254", ""},
	{"broadcast +", "192.0.2.106/24 broadcast +", "192.0.2.106/", "brd 192.0.2.255", ""},
	{"broadcast -", "192.0.2.107/24 broadcast -", "192.0.2.107/", "brd 192.0.2.0 ", ""},
	{"brd", "192.0.2.108/24 brd 192.0.2.253", "192.0.2.108/", "brd 192.0.2.253", ""},
	{"label", "192.0.2.109/24 label eth0:vip", "192.0.2.109/", "eth0:vip", ""},
	{"peer", "192.0.2.110 peer 203.0.113.1", "192.0.2.110 ", "192.0.2.110 peer 203.0.113.1/32", ""},
	{"peer length", "192.0.2.111 peer 203.0.113.2/24", "192.0.2.111", "192.0.2.111/32", ""},
	{"no_track", "198.51.100.102/24 dev eth1 no_track", "198.51.100.102/", "eth1 inet 198.51.100.102/24", ""},
	{"autojoin", "239.1.2.3/32 autojoin", "239.1.2.3/", "autojoin", ""},
	{"noprefixroute", "10.9.9.3/24 noprefixroute", "10.9.9.3/", "noprefixroute", ""},
}

// excluded are addresses of the other family, and what only IPv6 has.
var excluded = []object{
	{"excluded IPv4", "192.0.2.120/24", "192.0.2.120/", "secondary", ""},
	{"excluded IPv6", "2001:db8::101", "2001:db8::101/", "2001:db8::101/128 scope global nodad deprecated", ""},
	{"excluded IPv6 length", "2001:db8::102/64", "2001:db8::102/", "2001:db8::102/64 scope global nodad", ""},
	{"home", "2001:db8::103/64 home", "2001:db8::103/", "home", ""},
	{"-nodad", "2001:db8::104/64 -nodad", "2001:db8::104/", "2001:db8::104/64 scope global valid_lft", ""},
	{"mngtmpaddr", "2001:db8::105/64 mngtmpaddr", "2001:db8::105/", "mngtmpaddr", ""},
	{"noprefixroute IPv6", "2001:db8:1::1/64 noprefixroute", "2001:db8:1::1/", "noprefixroute", ""},
	{"preferred_lft", "2001:db8::106/64 preferred_lft 0", "2001:db8::106/", "deprecated", ""},
	{"preferred_lft seconds", "2001:db8::107/64 preferred_lft 5000", "2001:db8::107/", "valid_lft forever preferred_lft", ""},
	{"preferred_lft forever", "2001:db8::108/128 preferred_lft forever", "2001:db8::108/", "2001:db8::108/128 scope global nodad", ""},
	{"peer IPv6", "2001:db8::109 peer 2001:db8:2::1", "2001:db8::109 ", "2001:db8::109 peer 2001:db8:2::1/128", ""},
}

// TestAddressOptions compares what every option of a virtual address does in
// the kernel.
func TestAddressOptions(t *testing.T) {
	t.Parallel()
	config := global + instance("VI_1", 51, 255,
		block("virtual_ipaddress", configLines(addresses)...)+block("virtual_ipaddress_excluded", configLines(excluded)...))
	compareObjects(t, config, append(addresses, excluded...), (*router).listAddresses)
}

// TestStaticObjects compares static addresses, routes and rules.
func TestStaticObjects(t *testing.T) {
	t.Parallel()
	statics := []object{
		{"static_ipaddress", "192.0.2.130/24 dev eth0 label eth0:static", "192.0.2.130/", "eth0:static", ""},
		{"static_ipaddress IPv6", "2001:db8::130/64 dev eth1", "2001:db8::130/", "eth1 inet6 2001:db8::130/64", ""},
		{"static_ipaddress no_track", "192.0.2.131/24 dev eth0 no_track", "192.0.2.131/", "eth0 inet", ""},
		{"static_ipaddress track_group", "192.0.2.132/24 dev eth0 track_group TG", "192.0.2.132/", "eth0 inet", ""},
	}
	routes := []object{
		{"static_routes", "10.7.0.0/24 via 192.0.2.9 dev eth0", "10.7.0.0/24", "via 192.0.2.9 dev eth0 table main proto keepalived", ""},
		{"static_routes track_group", "10.7.1.0/24 via 192.0.2.9 dev eth0 track_group TG", "10.7.1.0/24", "via 192.0.2.9", ""},
	}
	rules := []object{
		{"static_rules", "from 192.0.2.20 table 200 preference 300", "300: ", "from 192.0.2.20 lookup 200 proto keepalived", ""},
		{"static_rules track_group", "from 192.0.2.21 iif eth0 table 200 preference 301 track_group TG", "301: ", "iif eth0", ""},
	}
	config := global + block("track_group TG", "group {", "VI_1", "}") +
		block("static_ipaddress", configLines(statics)...) + block("static_routes", configLines(routes)...) +
		block("static_rules", configLines(rules)...) + instance("VI_1", 51, 255, block("virtual_ipaddress", "192.0.2.100/24"))
	compareObjects(t, config, append(append(statics, routes...), rules...), func(r *router) []string {
		return append(append(r.listAddresses(), r.listRoutes()...), r.listRules()...)
	})
}

// listAddresses is all but the link-local ones, which are different everywhere.
func (r *router) listAddresses() []string {
	var own []string
	for _, line := range r.ip("-d", "address") {
		if _, a, ok := strings.Cut(line, ": "); ok && strings.Contains(a, " inet") && !strings.Contains(a, "inet6 fe80:") {
			own = append(own, a)
		}
	}
	return own
}
