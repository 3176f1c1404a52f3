package marker

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// TestOverlaps: what overlaps does not keep the rest from being marked.
func TestOverlaps(t *testing.T) {
	need.Namespace(t)
	const tcp = unix.IPPROTO_TCP
	all := element("10.0.0.1", "10.0.0.9", 0, tcp, 1)
	one := element("10.0.0.5", "10.0.0.5", 80, tcp, 1)
	other := element("10.0.0.5", "10.0.0.6", 80, tcp, 2)
	far := element("10.9.0.1", "10.9.0.1", 80, tcp, 3)
	udp := element("10.0.0.5", "10.0.0.5", 80, unix.IPPROTO_UDP, 4)
	six := element("fd00::1", "fd00::9", 80, tcp, 1)
	within := element("fd00::2", "fd00::3", 80, tcp, 1)
	for _, tt := range []struct {
		name     string
		elements []Element
		want     []Element
		lost     string
	}{
		{"one of all ports", []Element{one, all, far, udp}, []Element{far, udp, all}, ""},
		{"another mark for a port", []Element{all, other, far}, []Element{other, far},
			"10.0.0.1-10.0.0.9 (mark 1) cannot be marked beside 10.0.0.5-10.0.0.6 port 80 (mark 2)"},
		{"the first counts", []Element{one, other, far}, []Element{one, far},
			"10.0.0.5-10.0.0.6 port 80 (mark 2) cannot be marked beside 10.0.0.5 port 80 (mark 1)"},
		{"within a range", []Element{six, within, six}, []Element{six}, ""},
	} {
		got, err := disjoint(tt.elements)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if len(got) != len(tt.want) || text != tt.lost {
			t.Errorf("%s: %v, %q", tt.name, got, text)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	}
	m := New(Options{Table: "keepalived_ipvs", Priority: -1})
	if err := m.Set([]Element{all, other, far}); err == nil {
		t.Error("nothing is said about what is lost")
	}
	expect(t, ruleset(t), "10.0.0.5-10.0.0.6 . 80", "10.9.0.1 . 80")
}

// TestDisjointIsTaken: the kernel takes whatever disjoint leaves.
func TestDisjointIsTaken(t *testing.T) {
	need.Namespace(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 30 {
		var list []Element
		for range 12 {
			first := byte(rng.IntN(30))
			list = append(list, Element{
				First: netip.AddrFrom4([4]byte{10, 0, 0, first}), Last: netip.AddrFrom4([4]byte{10, 0, 0, first + byte(rng.IntN(8))}),
				Port: []uint16{0, 80, 81}[rng.IntN(3)], Protocol: unix.IPPROTO_TCP, Mark: 1 + uint32(rng.IntN(2)),
			})
		}
		some, _ := disjoint(list)
		m := New(Options{Table: "keepalived_ipvs", Priority: -1})
		if err := m.Set(some); err != nil {
			t.Fatalf("round %d: %v: %v", round, some, err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
