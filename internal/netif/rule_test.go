package netif

import (
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

const (
	v4, v6  = unix.AF_INET, unix.AF_INET6
	toTable = unix.FR_ACT_TO_TBL
)

// ruleTests say each rule twice: as ours and in iproute2's words.
var ruleTests = []struct {
	rule  Rule
	words string
}{
	{Rule{Family: v4, Priority: 100, Action: toTable, Table: 200}, "pref 100 table 200"},
	{Rule{Family: v4, Priority: 100, From: prefix("192.0.2.0/24"), To: prefix("198.51.100.1/32"), Action: toTable, Table: 1000, Protocol: Protocol},
		"pref 100 from 192.0.2.0/24 to 198.51.100.1 table 1000 protocol 18"},
	{Rule{Family: v4, Priority: 100, From: prefix("0.0.0.0/0"), Invert: true, TOS: 0x10, Action: toTable, Table: 5}, "not pref 100 from all tos 0x10 table 5"},
	{Rule{Family: v4, Priority: 100, FwMark: 6, Action: toTable, Table: 5}, "pref 100 fwmark 6 table 5"},
	{Rule{Family: v4, Priority: 100, FwMark: 6, FwMask: 0xff, Action: toTable, Table: 5}, "pref 100 fwmark 6/0xff table 5"},
	{Rule{Family: v4, Priority: 100, IIF: "d0", OIF: "nowhere", Action: toTable, Table: 5}, "pref 100 iif d0 oif nowhere table 5"},
	{Rule{Family: v4, Priority: 100, Realms: Realms{From: 2, To: 3}, Action: toTable, Table: 5}, "pref 100 realms 2/3 table 5"},
	{Rule{Family: v4, Priority: 100, TunnelID: 0x123456789a, Action: toTable, Table: 5}, "pref 100 tun_id 78187493530 table 5"},
	{Rule{Family: v4, Priority: 100, UIDs: UIDRange{Set: true, First: 0, Last: 1000}, Action: toTable, Table: 5}, "pref 100 uidrange 0-1000 table 5"},
	{Rule{Family: v4, Priority: 100, IPProto: 6, SPort: PortRange{1000, 2000}, DPort: PortRange{80, 80}, Action: toTable, Table: 5},
		"pref 100 ipproto tcp sport 1000-2000 dport 80 table 5"},
	{Rule{Family: v4, Priority: 100, SuppressPrefixLen: Suppress{Set: true}, SuppressGroup: Suppress{Set: true, Value: 7}, Action: toTable, Table: 1000},
		"pref 100 table 1000 suppress_prefixlength 0 suppress_ifgroup 7"},
	{Rule{Family: v4, Priority: 100, L3MDev: true, Action: toTable}, "pref 100 l3mdev"},
	{Rule{Family: v4, Priority: 100, Action: unix.FR_ACT_GOTO, Goto: 32766}, "pref 100 goto 32766"},
	{Rule{Family: v4, Priority: 100, Action: unix.FR_ACT_NOP}, "pref 100 nop"},
	{Rule{Family: v4, Priority: 100, Action: unix.FR_ACT_BLACKHOLE}, "pref 100 blackhole"},
	{Rule{Family: v4, Priority: 100, Action: unix.FR_ACT_PROHIBIT}, "pref 100 prohibit"},
	{Rule{Family: v4, Priority: 100, Action: unix.FR_ACT_UNREACHABLE}, "pref 100 unreachable"},
	{Rule{Family: v6, Priority: 100, From: prefix("2001:db8::/32"), To: prefix("2001:db8:1::/48"), Action: toTable, Table: 300, Protocol: Protocol},
		"pref 100 from 2001:db8::/32 to 2001:db8:1::/48 table 300 protocol 18"},
	{Rule{Family: v6, Priority: 100, IIF: "d0", SuppressPrefixLen: Suppress{Set: true, Value: 64}, Action: toTable, Table: 254},
		"pref 100 iif d0 table main suppress_prefixlength 64"},
	{Rule{Family: v6, Priority: 100, IPProto: 17, DPort: PortRange{53, 54}, Action: unix.FR_ACT_PROHIBIT}, "pref 100 ipproto udp dport 53-54 prohibit"},
}

func (r Rule) ip() string {
	if r.Family == v6 {
		return "-6"
	}
	return "-4"
}

func shownRules(t *testing.T, r Rule) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(ip(t, r.ip()+" -d rule show")) {
		if strings.HasPrefix(line, "100:") {
			lines = append(lines, oneSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

func TestRulesEqualIproute2(t *testing.T) {
	need.Namespace(t)
	ether(t, "d0")
	w := testWriter(t)
	for _, tt := range ruleTests {
		r := tt.rule
		if err := w.One(AddRule(r)); err != nil {
			t.Errorf("%s: %v", tt.words, err)
			continue
		}
		ours := shownRules(t, r)
		if err := w.One(AddRule(r)); !AlreadyThere(err) {
			t.Errorf("%s: adding again: %v", tt.words, err)
		}
		checkRuleListed(t, r)
		if err := w.One(DeleteRule(r)); err != nil {
			t.Errorf("%s: %v", tt.words, err)
		}
		if rest := shownRules(t, r); rest != "" {
			t.Errorf("%s: not deleted:\n%s", tt.words, rest)
		}
		if err := w.One(DeleteRule(r)); !AlreadyGone(err) {
			t.Errorf("%s: deleting again: %v", tt.words, err)
		}
		ip(t, r.ip()+" rule add "+tt.words)
		if theirs := shownRules(t, r); ours != theirs || ours == "" {
			t.Errorf("%s:\nours   %s\ntheirs %s", tt.words, ours, theirs)
		}
		ip(t, r.ip()+" rule del "+tt.words)
	}
}

func checkRuleListed(t *testing.T, want Rule) {
	t.Helper()
	snap, err := List(Options{Rules: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range snap.Rules {
		if got.Priority != want.Priority || got.Family != want.Family {
			continue
		}
		if got.Normal() != want.Normal() {
			t.Errorf("wrote %+v, read %+v", want.Normal(), got.Normal())
		}
		return
	}
	t.Errorf("%v is not listed", want)
}

func TestInvalidRulesAreNotSent(t *testing.T) {
	for _, tt := range []struct {
		rule Rule
		want string
	}{
		{Rule{Action: toTable, Table: 5}, "no family"},
		{Rule{Family: v4, Table: 5}, "no action"},
		{Rule{Family: v4, Action: toTable}, "table 0"},
		{Rule{Family: v4, Action: toTable, Table: 5, From: prefix("::/0")}, "another family"},
		{Rule{Family: v4, Action: toTable, Table: 5, IIF: "a-name-of-16-byte"}, "longer than 15"},
		{Rule{Family: v4, Action: unix.FR_ACT_GOTO, Goto: 5, Priority: 5}, "forward"},
		{Rule{Family: v4, Action: toTable, Table: 5, SPort: PortRange{5, 4}}, "before it begins"},
		{Rule{Family: v4, Action: toTable, Table: 5, UIDs: UIDRange{true, 5, 4}}, "before it begins"},
	} {
		if err := AddRule(tt.rule).invalid; err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.rule, err, tt.want)
		}
	}
}
