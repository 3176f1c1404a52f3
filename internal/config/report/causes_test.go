package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// instance is a virtual router with lines of its own; the first of them is line 4.
func instance(lines string) string {
	return "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n" + lines + " virtual_ipaddress {\n  192.0.2.1\n }\n}\n"
}

// scripted is a virtual router that tracks the script s.
func scripted(script string) string {
	return "global_defs { enable_script_security }\n" + script + instance(" track_script {\n  s\n }\n")
}

// server is a virtual server with lines of its own; the first of them is line 5.
func server(lines string) string {
	return "virtual_server 192.0.2.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n" + lines +
		" real_server 192.0.2.2 80 {\n  TCP_CHECK {\n  }\n }\n}\n"
}

// causes are the mistakes of people, each with the one message that it gives, what
// to write instead, and what follows from it.
var causes = []struct{ name, text, want, help, note string }{
	{"missing value", instance(" priority\n"),
		"4:2: error: *** Configuration line starting `priority` is missing a parameter", "give a value: priority N", ""},
	{"missing name of a block", "vrrp_instance {\n}\n", "1:1: error: vrrp_instance must have a name", "write vrrp_instance NAME {", ""},
	{"block within a block not closed", instance(" track_interface {\n  eth1\n"),
		"4:18: error: There are 1 missing '}'s or extra '{'s", "the block that is opened here is not closed: add a line with '}'", "No VIP specified"},
	{"block not closed", "global_defs {\n router_id a\n" + instance(""),
		"1:13: error: There are 1 missing '}'s or extra '{'s", "the block that is opened here is not closed: add a line with '}'", "belongs to the top level"},
	{"keyword glued to a name", strings.Replace(instance(""), "vrrp_instance A", "vrrp_instanceVI_1", 1),
		"1:1: error: Unknown keyword 'vrrp_instanceVI_1'", "put a space after vrrp_instance: vrrp_instance VI_1", ""},
	{"keyword glued to a quote", scripted("vrrp_script s {\n script\"/x y\"\n}\n"),
		"3:2: error: script has no command: script\"/x y\"", "put a space between script and the quote", "instances that track it go on without"},
	{"mtp_server", "global_defs {\n mtp_server 192.0.2.9\n}\n", "2:2: error: Unknown keyword 'mtp_server'", "did you mean smtp_server?", ""},
	{"stmp_connect_timeout", "global_defs {\n stmp_connect_timeout 30\n}\n",
		"2:2: error: Unknown keyword 'stmp_connect_timeout'", "did you mean smtp_connect_timeout?", ""},
	{"cript", scripted("vrrp_script s {\n cript \"/x y\"\n}\n"),
		"3:2: error: Unknown keyword 'cript'", "did you mean script?", "instances that track it go on without"},
	{"scrip", scripted("vrrp_script s {\n scrip \"/x y\"\n}\n"),
		"3:2: error: Unknown keyword 'scrip'", "did you mean script?", "instances that track it go on without"},
	{"autp_pass", instance(" authentication {\n  auth_type PASS\n  autp_pass secret\n }\n"),
		"6:3: error: Unknown keyword 'autp_pass'", "did you mean auth_pass?", "adverts are not authenticated"},
	{"persistent_timeout", server(" persistent_timeout 50\n"), "5:2: error: Unknown keyword 'persistent_timeout'", "did you mean persistence_timeout?", ""},
	{"persistent_granularity", server(" persistent_granularity 255.255.255.0\n"),
		"5:2: error: Unknown keyword 'persistent_granularity'", "did you mean persistence_granularity?", ""},
	{"nat_mask", server(" nat_mask 255.255.255.0\n"), "5:2: error: Unknown keyword 'nat_mask'", "obsolete: delete the line", ""},
	{"nb_get_retry in TCP_CHECK", server(" real_server 192.0.2.3 80 {\n  TCP_CHECK {\n   nb_get_retry 3\n  }\n }\n"),
		"7:4: error: Unknown keyword 'nb_get_retry'", "write retry", ""},
	{"lvs_sync_daemon_interface", instance(" lvs_sync_daemon_interface eth1\n"),
		"4:2: error: (A) Specifying lvs_sync_daemon_interface against a vrrp is deprecated.", "write lvs_sync_daemon eth1 A in global_defs", ""},
	{"debug without a level", instance(" debug\n"), "4:2: ", "debug has no effect: delete the line, or give a level 0-4", ""},
	{"alternatives", strings.Replace(server(""), "rr", "rr|wrr|lc", 1),
		"2:10: error: Invalid lvs_scheduler 'rr|wrr|lc' - ignoring", "choose one of rr, wrr, lc", "no scheduler set"},
	{"placeholder of a text", "global_defs {\n router_id <STRING>\n}\n",
		"2:12: lint: the value is taken as it is written: <STRING>", "a placeholder: put the real value here, without < and >", ""},
	{"placeholder of a number", instance(" priority <1-255>\n"),
		"4:11: error: invalid number '<1-255>'", "a placeholder: put the real value here, without < and >", ""},
	{"definition that does not exist", strings.Replace(instance(""), "192.0.2.1", "$vip/$mask", 1),
		"5:3: error: VRRP parsed invalid IP $vip/$mask. skipping IP...", "$vip/$mask is not defined, or needs braces: ${NAME}", "No VIP specified"},
	{"typographic quotes", scripted("vrrp_script s {\n script “/x”\n}\n"),
		"3:9: lint: the typographic quotes become a part of the value “/x”", `typographic quotes: write "`, ""},
	{"full-width digits", instance(" priority １００\n"), "4:11: error: invalid number '１００'", "full-width characters: write the ASCII ones", ""},
	{"full-width brace", "global_defs ｛\n router_id a\n}\n",
		"1:13: error: Missing '{' at beginning of configuration block", "full-width characters: write { instead of ｛", ""},
	{"script on one line", scripted("vrrp_script s { script \"/x\" interval 2 }\n"),
		"2:29: warning: only the first word of a line is a keyword: interval is ignored", "put each keyword on a line of its own", ""},
	{"instance on one line", "vrrp_instance A { interface eth0 virtual_router_id 1 virtual_ipaddress { 192.0.2.1 } }\n",
		"1:34: error: only the first word of a line is a keyword: virtual_router_id is ignored", "put each keyword on a line of its own",
		"the virtual router id must be set"},
	{"password that is dropped", instance(" version 3\n authentication {\n  auth_type PASS\n  auth_pass secret\n }\n"),
		"5:2: error: (A) VRRP version 3 does not support authentication. Ignoring.", "adverts are not authenticated: ", ""},
	{"no password", instance(" authentication {\n  auth_type PASS\n }\n"),
		"(A) Authentication specified but no password given. Ignoring", "adverts are not authenticated: ", ""},
	{"loopback interface", strings.Replace(instance(""), "eth0", "lo", 1),
		"2:12: error: (A) cannot use a loopback interface (lo) for vrrp - ignoring", "", "no interface for vip 192.0.2.1 - removing"},
	{"empty unicast_peer", instance(" unicast_peer {\n }\n"),
		"4:2: warning: (A) A unicast keyword has been specified without any unicast peers.", "adverts go to the multicast group: ", ""},
}

// One cause gives one message, at its place, with its cure; what follows from it is
// noted there.
func TestCauses(t *testing.T) {
	for _, c := range causes {
		t.Run(c.name, func(t *testing.T) {
			rep := check(c.text, "")
			if len(rep.Problems) != 1 {
				t.Fatalf("%d problems, want one: %q", len(rep.Problems), summaries(rep))
			}
			p := rep.Problems[0]
			if got := summaries(rep)[0]; !strings.Contains(got, c.want) || !strings.HasPrefix(p.Help, c.help) || !strings.Contains(strings.Join(p.Note, "\n"), c.note) {
				t.Errorf("%s\nhelp %q\nnotes %q", got, p.Help, p.Note)
			}
		})
	}
}

func summaries(r *Report) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%d:%d: %s: %s", p.Pos.Line, p.Pos.Column, p.Severity, p.Text))
	}
	return out
}

// Many mistakes are all found in one run: none ends it, hides another one or makes
// more of it.
func TestCausesTogether(t *testing.T) {
	const text = `global_defs {
 mtp_server 192.0.2.9
 stmp_connect_timeout 30
 router_id
 enable_script_security
}
vrrp_script s {
 cript "/x y"
}
vrrp_script t { script "/x" interval 2 }
vrrp_instanceVI_1 {
 interface eth0
}
vrrp_instance A {
 interface eth0
 virtual_router_id 1
 debug
 priority
 advert_int １
 authentication {
  auth_type PASS
  autp_pass secret
 }
 track_script {
  s
  t
 }
 virtual_ipaddress {
  192.0.2.1
  $vip/$mask
 }
}
virtual_server 192.0.2.1 80 {
 lb_algo rr|wrr|lc
 lb_kind DR
 protocol TCP
 nat_mask 255.255.255.0
 persistent_timeout 50
 real_server 192.0.2.2 80 {
  TCP_CHECK {
   nb_get_retry 3
  }
 }
}
static_routes {
`
	var lines []int
	rep := check(text, "")
	for _, p := range rep.Problems {
		lines = append(lines, p.Pos.Line)
	}
	if want := []int{2, 3, 4, 8, 10, 11, 17, 18, 19, 22, 30, 34, 37, 38, 41, 45}; !slices.Equal(lines, want) {
		t.Errorf("problems in lines %v, want %v:\n%s", lines, want, strings.Join(summaries(rep), "\n"))
	}
}
