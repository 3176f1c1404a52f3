package vrrp

import "testing"

// routes have a line for every option.
var routes = []object{
	{"(grammar)", "unicast to 10.1.0.0/24 via 192.0.2.9", "10.1.0.0/24", "unicast 10.1.0.0/24 via 192.0.2.9 dev eth0 table main proto keepalived", "the C daemon does not know the word to"},
	{"(grammar) type", "blackhole 10.1.1.0/24", "10.1.1.0/24", "blackhole 10.1.1.0/24", ""},
	{"(grammar) prohibit", "prohibit 10.1.2.0/24", "10.1.2.0/24", "prohibit 10.1.2.0/24", ""},
	{"(grammar) throw", "throw 10.1.3.0/24", "10.1.3.0/24", "throw 10.1.3.0/24", ""},
	{"(grammar) unreachable", "unreachable 10.1.4.0/24", "10.1.4.0/24", "unreachable 10.1.4.0/24", ""},
	{"(grammar) default", "default via 192.0.2.9 table 201", "table 201 ", "default via 192.0.2.9", ""},
	{"(grammar) inet6", "2001:db8:1::/64 via 2001:db8::9", "2001:db8:1::/64", "via 2001:db8::9 dev eth0", ""},
	{"src", "10.2.0.0/24 via 192.0.2.9 src 192.0.2.1", "10.2.0.0/24", "src 192.0.2.1", ""},
	{"src vip", "10.2.1.0/24 via 192.0.2.9 src 192.0.2.100", "10.2.1.0/24", "src 192.0.2.100", ""},
	{"via", "10.2.2.0/24 via inet6 2001:db8::9 dev eth0", "10.2.2.0/24", "via inet6 2001:db8::9", "the C daemon refuses an IPv6 gateway"},
	{"gw", "10.2.3.0/24 gw 192.0.2.9", "10.2.3.0/24", "via 192.0.2.9", ""},
	{"from", "2001:db8:2::/64 from 2001:db8:3::/64 via 2001:db8::9", "2001:db8:2::/64", "from 2001:db8:3::/64", ""},
	{"tos", "10.2.4.0/24 via 192.0.2.9 tos 0x10", "10.2.4.0/24", "tos 0x10", ""},
	{"dsfield", "10.2.5.0/24 via 192.0.2.9 dsfield 0x8", "10.2.5.0/24", "tos 0x08", ""},
	{"table", "10.2.6.0/24 via 192.0.2.9 table 200", "10.2.6.0/24", "table 200", ""},
	{"table name", "10.2.7.0/24 via 192.0.2.9 table default", "10.2.7.0/24", "table default", ""},
	{"protocol", "10.2.8.0/24 via 192.0.2.9 protocol 77 no_track", "10.2.8.0/24", "proto 77", ""},
	{"scope", "10.2.9.0/24 dev eth0 scope link", "10.2.9.0/24", "scope link", ""},
	{"metric", "10.3.0.0/24 via 192.0.2.9 metric 33", "10.3.0.0/24", "metric 33", ""},
	{"priority", "10.3.1.0/24 via 192.0.2.9 priority 34", "10.3.1.0/24", "metric 34", ""},
	{"preference", "10.3.2.0/24 via 192.0.2.9 preference 35", "10.3.2.0/24", "metric 35", ""},
	{"dev", "10.3.3.0/24 dev eth1", "10.3.3.0/24", "dev eth1", ""},
	{"oif", "10.3.4.0/24 oif eth1 scope link", "10.3.4.0/24", "dev eth1", ""},
	{"onlink", "10.3.5.0/24 via 203.0.113.9 dev eth0 onlink", "10.3.5.0/24", "onlink", ""},
	{"encap ip", "10.3.6.0/24 encap ip id 5 dst 203.0.113.1 src 192.0.2.1 tos 4 ttl 9 dev eth0", "10.3.6.0/24", "encap ip id 5 src 192.0.2.1 dst 203.0.113.1 ttl 9 tos 4", ""},
	{"encap ip6", "2001:db8:4::/64 encap ip6 id 5 dst 2001:db8:5::1 src 2001:db8::1 tc 4 hoplimit 9 dev eth0", "2001:db8:4::/64", "encap ip6 id 5 src 2001:db8::1 dst 2001:db8:5::1 hoplimit 9 tc 4", ""},
	{"expires", "2001:db8:6::/64 via 2001:db8::9 expires 3000", "2001:db8:6::/64", "expires", ""},
	{"mtu", "10.3.7.0/24 via 192.0.2.9 mtu 1400", "10.3.7.0/24", "mtu 1400", ""},
	{"mtu lock", "10.3.8.0/24 via 192.0.2.9 mtu lock 1401", "10.3.8.0/24", "mtu lock 1401", ""},
	{"hoplimit", "10.3.9.0/24 via 192.0.2.9 hoplimit 44", "10.3.9.0/24", "hoplimit 44", ""},
	{"advmss", "10.4.0.0/24 via 192.0.2.9 advmss lock 1300", "10.4.0.0/24", "advmss lock 1300", ""},
	{"rtt", "10.4.1.0/24 via 192.0.2.9 rtt 400ms", "10.4.1.0/24", "rtt 400ms", ""},
	{"rttvar", "10.4.2.0/24 via 192.0.2.9 rttvar lock 300ms", "10.4.2.0/24", "rttvar lock 300ms", ""},
	{"rto_min", "10.4.3.0/24 via 192.0.2.9 rto_min 1s", "10.4.3.0/24", "rto_min 1s", ""},
	{"reordering", "10.4.4.0/24 via 192.0.2.9 reordering 5", "10.4.4.0/24", "reordering 5", ""},
	{"window", "10.4.5.0/24 via 192.0.2.9 window 5000", "10.4.5.0/24", "window 5000", ""},
	{"cwnd", "10.4.6.0/24 via 192.0.2.9 cwnd lock 17", "10.4.6.0/24", "cwnd lock 17", ""},
	{"ssthresh", "10.4.7.0/24 via 192.0.2.9 ssthresh 18", "10.4.7.0/24", "ssthresh 18", ""},
	{"realms", "10.4.8.0/24 via 192.0.2.9 realms 5/6", "10.4.8.0/24", "realms 5/6", ""},
	{"initcwnd", "10.4.9.0/24 via 192.0.2.9 initcwnd 19", "10.4.9.0/24", "initcwnd 19", ""},
	{"initrwnd", "10.5.0.0/24 via 192.0.2.9 initrwnd 20", "10.5.0.0/24", "initrwnd 20", ""},
	{"features", "10.5.1.0/24 via 192.0.2.9 features ecn", "10.5.1.0/24", "features ecn", ""},
	{"quickack", "10.5.2.0/24 via 192.0.2.9 quickack 1", "10.5.2.0/24", "quickack 1", ""},
	{"congctl", "10.5.3.0/24 via 192.0.2.9 congctl lock reno", "10.5.3.0/24", "congctl lock reno", ""},
	{"pref", "2001:db8:7::/64 via 2001:db8::9 pref high", "2001:db8:7::/64", "pref high", ""},
	{"fastopen_no_cookie", "10.5.4.0/24 via 192.0.2.9 fastopen_no_cookie 1", "10.5.4.0/24", "fastopen_no_cookie 1", ""},
	{"add", "add 10.5.5.0/24 via 192.0.2.9", "10.5.5.0/24", "via 192.0.2.9", ""},
	{"append", "append 10.5.6.0/24 via 192.0.2.9", "10.5.6.0/24", "via 192.0.2.9", ""},
	{"prepend", "prepend 10.5.7.0/24 via 192.0.2.9", "10.5.7.0/24", "via 192.0.2.9", ""},
	{"or", "10.5.8.0/24 via 192.0.2.8 or 192.0.2.9", "10.5.8.0/24", "nexthop via 192.0.2.9 dev eth0 weight 1", ""},
	{"nexthop", "10.5.9.0/24 nexthop via 192.0.2.8 dev eth0 weight 3 nexthop via 198.51.100.9 dev eth1 onlink weight 200", "10.5.9.0/24", "nexthop via 198.51.100.9 dev eth1 weight 200 onlink", ""},
	{"nexthop encap", "10.6.0.0/24 nexthop via 192.0.2.8 encap ip id 7 dst 203.0.113.2 nexthop via 192.0.2.9 realms 7/8", "10.6.0.0/24", "encap ip id 7", "the C daemon leaves the encapsulation of a next hop out"},
	{"nexthop inet6", "10.6.1.0/24 nexthop via inet6 2001:db8::8 dev eth0 nexthop via 192.0.2.9", "10.6.1.0/24", "nexthop via inet6 2001:db8::8", "the C daemon refuses an IPv6 gateway"},
	{"no_track", "10.6.2.0/24 dev eth1 no_track", "10.6.2.0/24", "dev eth1", ""},
}

// TestRouteOptions compares what every option of a virtual route does in the
// kernel.
func TestRouteOptions(t *testing.T) {
	t.Parallel()
	config := global + instance("VI_1", 51, 255,
		block("virtual_ipaddress", "192.0.2.100/24")+block("virtual_routes", configLines(routes)...))
	compareObjects(t, config, routes, (*router).listRoutes)
}

// listRoutes is those that a daemon may have set.
func (r *router) listRoutes() []string {
	all := append(r.ip("-d", "-4", "route", "show", "table", "all"), r.ip("-d", "-6", "route", "show", "table", "all")...)
	var own []string
	for _, line := range all {
		if len(find([]string{line}, "proto kernel")) == 0 {
			own = append(own, line)
		}
	}
	return own
}
