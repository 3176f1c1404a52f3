package marker

import (
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// ruleset is what nft(8) says, with single blanks.
func ruleset(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
	if err != nil {
		t.Fatalf("nft: %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func set(t *testing.T, m *Marker, elements ...Element) string {
	t.Helper()
	if err := m.Set(elements); err != nil {
		t.Fatal(err)
	}
	return ruleset(t)
}

func expect(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
}

func element(first, last string, port uint16, protocol uint8, mark uint32) Element {
	return Element{netip.MustParseAddr(first), netip.MustParseAddr(last), port, protocol, mark}
}

// TestTables compares with the tables that C keepalived makes.
func TestTables(t *testing.T) {
	need.Namespace(t)
	m := New(Options{Table: "keepalived_ipvs", Priority: -1, Counters: true})
	one := element("10.0.1.1", "10.0.1.1", 80, unix.IPPROTO_TCP, 500)
	wide := element("10.0.2.254", "10.0.3.1", 82, unix.IPPROTO_TCP, 500)
	six := element("2001:db8::1", "2001:db8::1", 80, unix.IPPROTO_TCP, 500)
	dns := element("10.0.1.1", "10.0.1.1", 53, unix.IPPROTO_UDP, 501)
	all := element("10.0.4.1", "10.0.4.1", 0, unix.IPPROTO_SCTP, 502)
	got := set(t, m, one, wide, six, dns, all, one)
	expect(t, got,
		"table ip keepalived_ipvs {", "table ip6 keepalived_ipvs {",
		"chain in { type filter hook input priority filter - 1; policy accept;",
		"map tcp_map { type ipv4_addr . inet_service : mark flags interval counter",
		"10.0.1.1 . 80 counter packets 0 bytes 0 : 0x000001f4", "10.0.2.254-10.0.3.1 . 82 counter packets 0 bytes 0 : 0x000001f4",
		"map udp_map {", "10.0.1.1 . 53 counter packets 0 bytes 0 : 0x000001f5",
		"map sctp_map {", "10.0.4.1 . 0-65535 counter packets 0 bytes 0 : 0x000001f6",
		"2001:db8::1 . 80 counter packets 0 bytes 0 : 0x000001f4",
		"meta mark set ip daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return",
		"meta mark set ip daddr . udp dport map @udp_map counter packets 0 bytes 0 return",
		"meta mark set ip6 daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return")
	got = set(t, m, one, all, element("10.0.5.1", "10.0.5.9", 80, unix.IPPROTO_TCP, 500))
	expect(t, got, "10.0.5.1-10.0.5.9 . 80")
	for _, gone := range []string{"10.0.2.254", "2001:db8::1", ". 53"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s is still there:\n%s", gone, got)
		}
	}
	if strings.Count(got, "return") != 4 {
		t.Errorf("rules were added again:\n%s", got)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ruleset(t); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

// TestPacketsAreMarked sends packets and counts those that have got the mark.
func TestPacketsAreMarked(t *testing.T) {
	need.Namespace(t)
	command(t, "ip", "link", "set", "lo", "up")
	command(t, "ip", "address", "add", "192.0.2.1/32", "dev", "lo")
	command(t, "ip", "address", "add", "192.0.2.2/32", "dev", "lo")
	command(t, "ip", "address", "add", "2001:db8::1/128", "dev", "lo", "nodad")
	command(t, "nft", "add", "table", "inet", "seen")
	command(t, "nft", "add", "chain", "inet", "seen", "in", "{ type filter hook input priority 0; }")
	for _, mark := range []string{"500", "501", "502"} {
		command(t, "nft", "add", "rule", "inet", "seen", "in", "meta", "mark", mark, "counter")
	}
	set(t, New(Options{Table: "keepalived_ipvs", Priority: -1}),
		element("192.0.2.1", "192.0.2.1", 53, unix.IPPROTO_UDP, 500),
		element("192.0.2.2", "192.0.2.9", 0, unix.IPPROTO_UDP, 501),
		element("2001:db8::1", "2001:db8::1", 80, unix.IPPROTO_TCP, 502))
	send := func(network, to string) {
		t.Helper()
		conn, err := net.Dial(network, to)
		if err != nil {
			return // the SYN was answered by a reset
		}
		defer conn.Close()
		if _, err := conn.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	send("udp", "192.0.2.1:53")
	send("udp", "192.0.2.1:54")
	send("udp", "192.0.2.2:7")
	send("udp", "192.0.2.2:8")
	send("tcp", "[2001:db8::1]:80")
	send("udp", "[2001:db8::1]:80")
	got := ruleset(t)
	for mark, n := range map[string]string{"0x000001f4": "1", "0x000001f5": "2", "0x000001f6": "1"} {
		if !strings.Contains(got, "meta mark "+mark+" counter packets "+n+" ") {
			t.Errorf("mark %s: not %s packets:\n%s", mark, n, got)
		}
	}
}

func command(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// TestPredecessor: what a process that died has left is replaced at once.
func TestPredecessor(t *testing.T) {
	need.Namespace(t)
	o := Options{Table: "keepalived_ipvs", Priority: -1}
	set(t, New(o), element("10.0.1.1", "10.0.1.1", 80, unix.IPPROTO_TCP, 500))
	got := set(t, New(o), element("10.0.1.2", "10.0.1.2", 80, unix.IPPROTO_TCP, 500))
	if strings.Contains(got, "10.0.1.1 ") || strings.Count(got, "return") != 1 {
		t.Errorf("the remains are still there:\n%s", got)
	}
	expect(t, got, "10.0.1.2 . 80 :")
}

// TestRefusal: a change that the kernel refuses changes nothing.
func TestRefusal(t *testing.T) {
	need.Namespace(t)
	m := New(Options{Table: "keepalived_ipvs"})
	good := element("10.0.1.1", "10.0.1.1", 80, unix.IPPROTO_TCP, 500)
	before := set(t, m, good)
	if err := m.Set([]Element{good, element("10.0.1.9", "10.0.1.2", 80, unix.IPPROTO_UDP, 500)}); err == nil {
		t.Error("a range that ends before it begins is accepted")
	}
	if got := ruleset(t); got != before {
		t.Errorf("changed to\n%s", got)
	}
	expect(t, set(t, m, good, element("10.0.1.2", "10.0.1.2", 80, unix.IPPROTO_UDP, 501)), "10.0.1.2 . 80")
}

// TestManyAddresses: elements fill several messages.
func TestManyAddresses(t *testing.T) {
	need.Namespace(t)
	m := New(Options{Table: "keepalived_ipvs"})
	var list []Element
	for i := range 3000 {
		a := netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)})
		list = append(list, Element{a, a, 80, unix.IPPROTO_TCP, 1000})
	}
	if n := strings.Count(set(t, m, list...), " . 80 :"); n != 3000 {
		t.Errorf("%d elements", n)
	}
	if n := strings.Count(set(t, m, list[1000:]...), " . 80 :"); n != 2000 {
		t.Errorf("%d elements after 1000 were taken out", n)
	}
}
