package firewall

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// ruleset is what nft(8) prints, without layout.
func ruleset(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
	if err != nil {
		t.Fatalf("nft: %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func expect(t *testing.T, want ...string) {
	t.Helper()
	got := ruleset(t)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func addr(s string) Address { return Address{Addr: netip.MustParseAddr(s), Index: 1} }

func TestBlockedAddresses(t *testing.T) {
	need.Namespace(t)
	f := New(Options{Priority: -1})
	must(t, f.Block(1, []Address{addr("192.0.2.10"), addr("2001:db8::10")}))
	must(t, f.Block(2, []Address{addr("192.0.2.11"), addr("fe80::10")}))
	expect(t,
		"table ip keepalived {", "elements = { 192.0.2.10, 192.0.2.11 }",
		"chain out { type filter hook output priority filter - 1; policy accept;", "ip saddr @vips drop }",
		"chain in { type filter hook input priority filter - 1; policy accept; ip daddr @vips drop }",
		"table ip6 keepalived {", "elements = { 2001:db8::10 }", `elements = { fe80::10 . "lo" }`,
		"icmpv6 type @neighbor-discovery accept ip6 saddr fe80::/10 goto out_link_local ip6 saddr @vips drop",
		"icmpv6 type @neighbor-discovery accept ip6 daddr fe80::/10 goto in_link_local ip6 daddr @vips drop",
		"chain in_link_local { ip6 daddr . iif @vips_link_local drop }",
		"chain out_link_local { ip6 saddr . oif @vips_link_local drop }",
		"nd-neighbor-solicit, nd-neighbor-advert")
	must(t, f.Block(3, []Address{addr("192.0.2.11"), addr("192.0.2.11")}))
	must(t, f.Block(3, nil)) // its other owner still wants it blocked
	must(t, f.Block(1, nil))
	if got := ruleset(t); strings.Contains(got, "192.0.2.10,") || strings.Contains(got, "2001:db8") || !strings.Contains(got, "192.0.2.11") {
		t.Errorf("after unblocking:\n%s", got)
	}
	must(t, f.Close())
	if got := ruleset(t); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

// A packet to a blocked address really is dropped, and comes again afterwards.
func TestPacketsAreDropped(t *testing.T) {
	need.Namespace(t)
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, a := range []string{"192.0.2.10/32", "2001:db8::10/128"} {
		if exec.Command("ip", "address", "add", a, "dev", "lo", "nodad").Run() != nil {
			if out, err := exec.Command("ip", "address", "add", a, "dev", "lo").CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
		}
	}
	reaches := func(to string) bool {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		a := netip.MustParseAddr(to)
		if a.Is6() {
			unix.Close(fd)
			fd, err = unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM, 0)
		}
		must(t, err)
		defer unix.Close(fd)
		var sa unix.Sockaddr
		if a.Is4() {
			sa = &unix.SockaddrInet4{Port: 9, Addr: a.As4()}
		} else {
			sa = &unix.SockaddrInet6{Port: 9, Addr: a.As16()}
		}
		must(t, unix.Bind(fd, sa))
		if err := unix.Sendto(fd, []byte("x"), 0, sa); err != nil {
			return false
		}
		var b [8]byte
		n, _, err := unix.Recvfrom(fd, b[:], unix.MSG_DONTWAIT)
		return err == nil && n == 1
	}
	f := New(Options{})
	for _, a := range []string{"192.0.2.10", "2001:db8::10"} {
		if !reaches(a) {
			t.Fatalf("%s is not reached without rules", a)
		}
		must(t, f.Block(1, []Address{addr(a)}))
		if reaches(a) {
			t.Errorf("%s is reached although it is blocked", a)
		}
		must(t, f.Block(1, nil))
		if !reaches(a) {
			t.Errorf("%s is not reached after it was unblocked", a)
		}
	}
}

func TestThousandsOfAddresses(t *testing.T) {
	need.Namespace(t)
	f := New(Options{})
	var many []Address
	for i := range 4000 {
		many = append(many, Address{Addr: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})})
	}
	must(t, f.Block(1, many))
	if n := strings.Count(ruleset(t), "10.0."); n != 4000 {
		t.Errorf("%d of 4000 addresses", n)
	}
}

func TestVMACs(t *testing.T) {
	need.Namespace(t)
	f := New(Options{Priority: -1, Counters: true})
	one := VMAC{Index: 1, Base: 1, IPv4: true, IPv6: true, LinkLocal: netip.MustParseAddr("fe80::1")}
	must(t, f.SetVMACs([]VMAC{one}))
	expect(t, `elements = { "lo" : `, `elements = { fe80::1 . "lo" }`,
		"ip protocol igmp dup to ip daddr device oif map @vmac_map counter packets 0 bytes 0 drop",
		"icmpv6 type @mld-report dup to ip6 daddr device oif map @vmac_map counter packets 0 bytes 0 drop",
		"icmpv6 type nd-router-solicit oif @vmac_set counter packets 0 bytes 0 drop",
		"icmpv6 type nd-neighbor-advert ip6 saddr . oif @parent_link_local counter packets 0 bytes 0 drop")
	must(t, f.SetVMACs(nil))
	if got := ruleset(t); strings.Contains(got, `"lo"`) {
		t.Errorf("after removal:\n%s", got)
	}
	must(t, f.SetVMACs([]VMAC{one}))
}

func TestStaleTablesAreRemoved(t *testing.T) {
	need.Namespace(t)
	must(t, New(Options{}).Block(1, []Address{addr("192.0.2.10")}))
	if out, err := exec.Command("nft", "add", "table", "ip", "other").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	must(t, New(Options{}).Reset())
	if got := ruleset(t); got != "table ip other { }" {
		t.Errorf("left: %s", got)
	}
}

// A refused change leaves what was there, and can be tried again.
func TestRefusal(t *testing.T) {
	need.Namespace(t)
	f := New(Options{Table: strings.Repeat("x", 500)})
	if err := f.Block(1, []Address{addr("192.0.2.10")}); err == nil {
		t.Fatal("no error")
	}
	f.options.Table = "keepalived"
	must(t, f.Block(1, []Address{addr("192.0.2.10")}))
	expect(t, "elements = { 192.0.2.10 }")
}

// What somebody else has flushed with all other rules is made anew with the next
// change.
func TestRulesAreMadeAnewAfterAFlush(t *testing.T) {
	need.Namespace(t)
	f := New(Options{})
	must(t, f.Block(1, []Address{addr("192.0.2.10"), addr("2001:db8::10")}))
	must(t, f.SetVMACs([]VMAC{{Index: 1, Base: 1, IPv4: true, IPv6: true}}))
	for _, what := range []string{"flush ruleset", "delete table ip keepalived"} {
		if out, err := exec.Command("nft", strings.Fields(what)...).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		must(t, f.Block(2, []Address{addr("192.0.2.11"), addr("2001:db8::11")}))
		expect(t, "elements = { 192.0.2.10, 192.0.2.11 }", "2001:db8::10", "2001:db8::11", `elements = { "lo" : `, "ip daddr @vips drop")
		must(t, f.Block(2, nil))
	}
	must(t, f.Block(3, []Address{addr("192.0.2.12")}))
	if out, err := exec.Command("nft", "flush", "ruleset").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	must(t, f.Block(3, nil))
	if got := ruleset(t); strings.Contains(got, "192.0.2.12") || !strings.Contains(got, "192.0.2.10") {
		t.Errorf("after unblocking:\n%s", got)
	}
	must(t, f.Close())
	if got := ruleset(t); got != "" {
		t.Errorf("left behind: %s", got)
	}
}
