package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lvsOf reads a text that must have no fault.
func lvsOf(t *testing.T, text string) LVS {
	t.Helper()
	r := readLVS(lvsGlobals + text)
	if got := said(r.Diagnostics); len(got) > 0 {
		t.Fatalf("complaints: %q", got)
	}
	checkHandover(t, r.Config)
	return r.Config.LVS
}

var lvsOptions = cmp.Options{
	cmpopts.IgnoreTypes(Origin{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmpopts.IgnoreFields(VirtualServer{}, "Timing", "Origin"), cmpopts.IgnoreFields(RealServer{}, "Timing", "Origin"),
	cmpopts.IgnoreFields(Checker{}, "Timing"),
}

func TestVirtualServerValues(t *testing.T) {
	l := lvsOf(t, `
virtual_server 10.0.0.1 80 {
	lvs_sched mh
	mh-port
	mh-fallback
	flag-3
	lvs_method TUN type gue port 6080 csum
	protocol sctp
	persistence_engine sip
	persistence_timeout
	persistence_granularity 255.255.0.0
	delay_loop 7.5
	retry 4
	quorum 3
	hysteresis 2
	weight 5
	alpha
	omega
	ha_suspend
	inhibit_on_failure
	smtp_alert
	virtualhost example.org
	snmp_name web
	quorum_up "/bin/up 'a b'" daemon
	sorry_server 10.0.0.9
	sorry_server_inhibit
	sorry_server_lvs_method DR
	real_server 10.0.0.2 80 {
		notify_down /bin/down
		uthreshold 10
		lthreshold 5
		inhibit_on_failure off
		alpha no
		snmp_name one
		smtp_alert false
	}
	real_server ::2 {
		weight 0
		lvs_method TUN
	}
}`)
	addr := netip.MustParseAddr
	gue := Forwarding{TUN, TunnelGUE, 6080, ChecksumFull}
	want := []VirtualServer{{
		Addr: addr("10.0.0.1"), Port: 80, Protocol: SCTP, Family: IPv4, Scheduler: "mh",
		Flags: FlagSched1 | FlagSched2 | FlagSched3, Forwarding: gue,
		Persistence: Persistence{Timeout: 360, Mask: [4]byte{255, 255, 0, 0}},
		Quorum:      3, Hysteresis: 2, Alpha: true, Omega: true, HASuspend: true, InhibitOnFailure: true, SMTPAlert: true,
		Sorry: &SorryServer{Addr: addr("10.0.0.9"), Port: 80, Inhibit: true, Forwarding: Forwarding{Method: DR}},
		Extra: &VirtualServerExtra{
			VirtualHost: "example.org", SNMPName: "web", PersistenceEngine: "sip", Weight: Some(int32(5)),
			QuorumUp: Script{Argv: []string{"/bin/up", "a b"}, Path: "/bin/up", UID: 1, GID: 1},
		},
		RealServers: []RealServer{
			{
				Addr: addr("10.0.0.2"), Port: 80, Weight: 5, Forwarding: gue, UThreshold: 10, LThreshold: 5,
				Extra: &RealServerExtra{SNMPName: "one", NotifyDown: Script{Argv: []string{"/bin/down"}, Path: "/bin/down"}},
			},
			{
				Addr: addr("::2"), Port: 80, Forwarding: Forwarding{Method: TUN}, Alpha: true, InhibitOnFailure: true, SMTPAlert: true,
			},
		},
	}}
	if diff := cmp.Diff(want, l.VirtualServers, lvsOptions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	v := &l.VirtualServers[0]
	if v.Line != 6 || v.RealServers[1].Line != 41 || v.Sorry.Line != 29 {
		t.Errorf("lines %d, %d, %d", v.Line, v.RealServers[1].Line, v.Sorry.Line)
	}
	timing := Timing{ConnectTimeout: 5 * time.Second, DelayLoop: 7500 * time.Millisecond, Retry: Some[uint32](4)}
	if diff := cmp.Diff(timing, l.Timing(v.RealServers[0].Timing)); diff != "" {
		t.Errorf("timing (-want +got):\n%s", diff)
	}
}

func TestMarkAndGroupValues(t *testing.T) {
	l := lvsOf(t, `
virtual_server_group G {
	10.0.0.1 80
	10.0.1.0/30 81
	10.0.2.250-255 82
	10.0.3.1-10.0.4.2 83
}
virtual_server_group M {
	fwmark 3 inet6
	fe80::1-ff 90
}
virtual_server group G {
	lvs_sched rr
	lvs_method NAT
	protocol TCP
	real_server 10.0.0.2 8080 {
	}
}
virtual_server group G {
	lvs_sched rr
	lvs_method NAT
	protocol UDP
	ops
	real_server 10.0.0.2 {
	}
}
virtual_server fwmark 7 {
	lvs_sched wlc
	lvs_method TUN
	real_server fd00::1 {
	}
}`)
	addr := netip.MustParseAddr
	entry := func(first, last string, port uint16) GroupEntry {
		return GroupEntry{First: addr(first), Last: addr(last), Port: port, Family: FamilyOf(addr(first))}
	}
	groups := []VirtualServerGroup{
		{Name: "G", Entries: []GroupEntry{
			entry("10.0.0.1", "10.0.0.1", 80), entry("10.0.1.0", "10.0.1.3", 81),
			entry("10.0.2.250", "10.0.2.255", 82), entry("10.0.3.1", "10.0.4.2", 83),
		}},
		{Name: "M", Entries: []GroupEntry{{IsFwmark: true, Fwmark: 3, Family: IPv6}, entry("fe80::1", "fe80::ff", 90)}},
	}
	if diff := cmp.Diff(groups, l.Groups, lvsOptions); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	var names []string
	for i := range l.VirtualServers {
		v := &l.VirtualServers[i]
		names = append(names, fmt.Sprint(v, " ", v.Family, " ", v.Protocol, " ", v.RealServers[0].Port, " ", v.Flags))
	}
	want := []string{"[G]:0 4 tcp 8080 0", "[G]:1 4 udp 0 4", "FWM 7 6 none 0 0"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("servers (-want +got):\n%s", diff)
	}
}

// checkersOf reads checkers of a real server.
func checkersOf(t *testing.T, text string) (LVS, []Checker) {
	t.Helper()
	l := lvsOf(t, lvsFile+lvsSession+lvsHead+" {\n"+lvsTCP+"delay_loop 10\nretry 2\nreal_server 10.0.0.2 80 {\ndelay_loop 20\nalpha\n"+text+"\n}\n}\n")
	return l, l.VirtualServers[0].RealServers[0].Checkers
}

func TestCheckerValues(t *testing.T) {
	_, got := checkersOf(t, `
TCP_CHECK {
	connect_ip 10.0.0.3
	connect_port 81
	bindto 10.0.0.4
	bind_port 1024
	bind_if eth0
	fwmark 9
	alpha no
	log_all_failures
}
PING_CHECK {
}
SMTP_CHECK {
	helo_name me
}
DNS_CHECK {
	type aaaa
	name example.org
}
UDP_CHECK {
	payload 0a0b 1
	require_reply 0ax1
	min_reply_length 2
	max_reply_length 9
}
MISC_CHECK {
	misc_path "/bin/check a"
	misc_dynamic
	user daemon
}
FILE_CHECK {
	track_file TF
	weight -3 reverse
}
BFD_CHECK {
	name B
}`)
	addr := netip.MustParseAddr
	detail := func(d CheckDetail) *CheckDetail { return &d }
	want := []Checker{
		{Kind: CheckTCP, LogAllFailures: true, Connect: &Connect{addr("10.0.0.3"), 81, addr("10.0.0.4"), 1024, "eth0", 9}},
		{Kind: CheckPing, Alpha: true},
		{Kind: CheckSMTP, Alpha: true, Detail: detail(CheckDetail{SMTP: &SMTPCheck{"me"}})},
		{Kind: CheckDNS, Alpha: true, Detail: detail(CheckDetail{DNS: &DNSCheck{28, "example.org"}})},
		{Kind: CheckUDP, Alpha: true, Detail: detail(CheckDetail{UDP: &UDPCheck{
			Payload: []byte{0x0a, 0x0b, 1}, Specified: true, RequireReply: true,
			Reply: []byte{0x0a, 0x01}, ReplyMask: []byte{0xff, 0x0f}, MinReply: 2, MaxReply: 9,
		}})},
		{Kind: CheckMisc, Alpha: true, Detail: detail(CheckDetail{Misc: &MiscCheck{
			Script: Script{Argv: []string{"/bin/check", "a"}, Path: "/bin/check", UID: 1, GID: 1}, Timeout: 10 * time.Second, Dynamic: true,
		}})},
		{Kind: CheckFile, Alpha: true, Detail: detail(CheckDetail{File: &FileCheck{"TF", -3, true}})},
		{Kind: CheckBFD, Alpha: true, Detail: detail(CheckDetail{BFD: &BFDCheck{"B"}})},
	}
	if diff := cmp.Diff(want, got, lvsOptions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHTTPValues(t *testing.T) {
	_, got := checkersOf(t, `
SSL_GET {
	http_protocol 1.0c
	virtualhost a
	enable_sni
	fast_recovery
	tls_compliant
	url {
		path /x
		digest 000102030405060708090a0b0c0d0e0f
		status_code 200 301-303
		status_code 404
		virtualhost b
		regex "a\\b \"c\""
		regex_no_match
		regex_options caseless dotall
		regex_min_offset 5
		regex_max_offset 9
		regex_stack 100 200
		tls_compliant
	}
	url {
		path /y
	}
}`)
	want := &HTTPCheck{
		Version: HTTP10Close, VirtualHost: "a", EnableSNI: true, FastRecovery: true, TLSCompliant: true,
		URLs: []URLCheck{
			{
				Path: "/x", Digest: Some([16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}), VirtualHost: "b", TLSCompliant: true,
				Status: []StatusRange{{200, 200}, {301, 303}, {404, 404}},
				Regex: &RegexCheck{
					Pattern: `a\\b \"c\"`, NoMatch: true, Options: []string{"caseless", "dotall"},
					MinOffset: 5, MaxOffset: Some[uint64](9), StackStart: 100, StackMax: 200,
				},
			},
			{Path: "/y"},
		},
	}
	if diff := cmp.Diff(want, got[0].Detail.HTTP, lvsOptions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Options of a checker come from it, its real server, its virtual server, then
// from its type.
func TestTimingInheritance(t *testing.T) {
	l, got := checkersOf(t, "TCP_CHECK {\nconnect_timeout 3\n}\nHTTP_GET {\nretry 0\nwarmup 0"+lvsURL+"\n}\nDNS_CHECK {\nretry 9\n}\nMISC_CHECK {\nmisc_path /bin/x\ndelay_loop 1\n}")
	sec := time.Second
	want := []Timing{
		{3 * sec, 20 * sec, Some[uint32](2), Some(sec), Some(20 * sec)},
		{5 * sec, 20 * sec, Some[uint32](0), Some(3 * sec), Some(0 * sec)},
		{5 * sec, 20 * sec, Some[uint32](9), Some(20 * sec), Some(20 * sec)},
		{5 * sec, sec, Some[uint32](2), Some(sec), Some(sec)},
	}
	for i, w := range want {
		if diff := cmp.Diff(w, l.Timing(got[i].Timing)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", got[i].Kind, diff)
		}
	}
	rs := &l.VirtualServers[0].RealServers[0]
	if target := got[0].Target(rs).String(); target != "10.0.0.2:80" {
		t.Errorf("target %s", target)
	}
}

// The host blocks of an SMTP_CHECK are checks of their own, in its place when it
// has no connection option.
func TestSMTPHosts(t *testing.T) {
	targets := func(text string) string {
		l, got := checkersOf(t, text)
		var out []string
		for i := range got {
			out = append(out, got[i].Target(&l.VirtualServers[0].RealServers[0]).String()+" "+got[i].Detail.SMTP.Helo)
		}
		return strings.Join(out, ", ")
	}
	for text, want := range map[string]string{
		"SMTP_CHECK {\nhost {\nconnect_ip 10.0.0.7\n}\nhost {\nconnect_port 26\n}\nhelo_name me\n}": "10.0.0.7:80 me, 10.0.0.2:26 me",
		"SMTP_CHECK {\nconnect_port 25\nhost {\nconnect_ip 10.0.0.7\n}\n}":                          "10.0.0.2:25 " + defaultHelo + ", 10.0.0.7:25 " + defaultHelo,
		"SMTP_CHECK {\n}": "10.0.0.2:80 " + defaultHelo,
	} {
		if got := targets(text); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

// Alerts follow smtp_alert_checker, else smtp_alert, else they are on for real
// servers only; global_defs may come later.
func TestAlertDefaults(t *testing.T) {
	for globals, want := range map[string][2]bool{
		"": {false, true}, "smtp_alert off\n": {false, false}, "smtp_alert\n": {true, true},
		"smtp_alert\nsmtp_alert_checker off\n": {false, false},
	} {
		l := lvsOf(t, lvsHead+" {\n"+lvsTCP+lvsReal+"}\nglobal_defs {\n"+globals+"}\n")
		v := l.VirtualServers[0]
		if got := [2]bool{v.SMTPAlert, v.RealServers[0].SMTPAlert}; got != want {
			t.Errorf("%q: %v, want %v", globals, got, want)
		}
	}
}

// A checker whose script, file or pattern cannot be used goes, the server stays.
func TestDroppedCheckers(t *testing.T) {
	for _, check := range []string{
		"MISC_CHECK {\nmisc_path /bin/x\nuser nobody\n}", "FILE_CHECK {\ntrack_file nope\n}", "BFD_CHECK {\nname nope\n}",
		"HTTP_GET {\n}", "TCP_CHECK {\nconnect_ip fe80::1\n}",
	} {
		r := readLVS(lvsConfig("real", check+"\nTCP_CHECK {\n}"))
		reals := r.Config.LVS.VirtualServers[0].RealServers
		if len(reals) != 1 || len(reals[0].Checkers) != 1 || reals[0].Checkers[0].Kind != CheckTCP || r.Diagnostics.ExitStatus() != 5 {
			t.Errorf("%s: %+v, status %d", check, reals, r.Diagnostics.ExitStatus())
		}
	}
}

func TestIPv4Mask(t *testing.T) {
	for word, want := range map[string]string{
		"255.255.255.0": "[255 255 255 0]", "24": "[0 0 0 24]", "10.1": "[10 0 0 1]", "0xff.0.0": "[255 0 0 0]", "010.0.0.1": "[8 0 0 1]",
		"1.2.3.256": "", "1.2.3.4.5": "", "": "", "x": "", "1_0.0.0.0": "", "-1": "", "4294967296": "",
	} {
		got := ""
		if mask, ok := parseIPv4Mask(word); ok {
			got = fmt.Sprint(mask)
		}
		if got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
}
