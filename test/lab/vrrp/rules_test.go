package vrrp

import "testing"

// rules have a line for every option, found by their preference.
var rules = []object{
	{"from", "from 192.0.2.0/24 table 200 preference 100", "100: ", "from 192.0.2.0/24 lookup 200", ""},
	{"to", "to 198.51.100.0/24 table 201 preference 101", "101: ", "to 198.51.100.0/24 lookup 201", ""},
	{"table", "from 192.0.2.1 lookup main preference 102", "102: ", "lookup main", ""},
	{"not", "not from 192.0.2.2 table 200 preference 103", "103: ", "not from 192.0.2.2", ""},
	{"preference order", "from 192.0.2.3 table 200 order 104", "104: ", "from 192.0.2.3", ""},
	{"preference priority", "from 192.0.2.4 table 200 priority 0x69", "105: ", "from 192.0.2.4", ""},
	{"tos", "from 192.0.2.5 tos 0x10 table 200 preference 106", "106: ", "tos 0x10", ""},
	{"dsfield", "from 192.0.2.5 dsfield 0x8 table 200 preference 107", "107: ", "tos 0x08", ""},
	{"fwmark", "fwmark 5 table 200 preference 108", "108: ", "fwmark 0x5 lookup", ""},
	{"fwmark mask", "fwmark 5/7 table 200 preference 109", "109: ", "fwmark 0x5/0x7", ""},
	{"realms", "from 192.0.2.6 realms 5/6 table 200 preference 110", "110: ", "realms 5/6", ""},
	{"suppress_prefixlength", "from 192.0.2.6 suppress_prefixlength 5 table 200 preference 111", "111: ", "suppress_prefixlength 5", ""},
	{"suppress_ifgroup", "from 192.0.2.6 suppress_ifgroup 6 table 200 preference 112", "112: ", "suppress_ifgroup 6", ""},
	{"iif", "iif eth1 table 200 preference 113", "113: ", "iif eth1", ""},
	{"iif dev", "dev eth1 table 201 preference 114", "114: ", "iif eth1", ""},
	{"oif", "oif eth1 table 200 preference 115", "115: ", "oif eth1", ""},
	{"tunnel-id", "tunnel-id 7 table 200 preference 116", "116: ", "tun_id 7", ""},
	{"uidrange", "uidrange 5-10 table 200 preference 117", "117: ", "uidrange 5-10", ""},
	{"l3mdev", "from 192.0.2.7 l3mdev preference 118", "118: ", "lookup [l3mdev-table]", ""},
	{"protocol", "from 192.0.2.7 protocol 77 no_track table 200 preference 119", "119: ", "proto 77", ""},
	{"ipproto", "ipproto udp table 200 preference 120", "120: ", "ipproto udp", ""},
	{"sport", "ipproto tcp sport 5-6 table 200 preference 121", "121: ", "sport 5-6", ""},
	{"dport", "ipproto tcp dport 7-8 table 200 preference 122", "122: ", "dport 7-8", ""},
	{"type", "from 192.0.2.8 type prohibit preference 123", "123: ", "prohibit", ""},
	{"goto", "from 192.0.2.9 goto 200 preference 124", "124: ", "goto 200", ""},
	{"nop", "from 192.0.2.10 nop preference 125", "125: ", "nop", ""},
	{"blackhole", "from 192.0.2.11 blackhole preference 126", "126: ", "blackhole", ""},
	{"prohibit", "from 192.0.2.12 prohibit preference 127", "127: ", "prohibit", ""},
	{"unreachable", "from 192.0.2.13 unreachable preference 128", "128: ", "unreachable", ""},
	{"no_track", "from 192.0.2.14 table 200 no_track preference 129", "129: ", "from 192.0.2.14 lookup 200 proto unspec", ""},
	{"(grammar)", "from 2001:db8::/64 table 200 preference 130", "130: ", "from 2001:db8::/64 lookup 200", ""},
	{"(grammar) inet6", "inet6 from all iif eth1 table 200 preference 131", "131: ", "from all iif eth1 lookup 200", "the C daemon skips the word after inet6"},
	{"(grammar) preference", "from 192.0.2.15 table 200", "16384: ", "from 192.0.2.15", ""},
	{"goto target", "from 192.0.2.16 table 200 preference 200", "200: ", "from 192.0.2.16", ""},
}

// TestRuleOptions compares what every option of a virtual rule does in the
// kernel.
func TestRuleOptions(t *testing.T) {
	t.Parallel()
	config := global + instance("VI_1", 51, 255,
		block("virtual_ipaddress", "192.0.2.100/24")+block("virtual_rules", configLines(rules)...))
	compareObjects(t, config, rules, (*router).listRules)
}

func (r *router) listRules() []string {
	return append(r.ip("-d", "-4", "rule"), r.ip("-d", "-6", "rule")...)
}
