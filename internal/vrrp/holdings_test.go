package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// fakeKernel notes what it is asked for and refuses what it is told to.
type fakeKernel struct {
	asked  []string
	refuse map[string]error
}

func (k *fakeKernel) Do(requests []netif.Request) []error {
	errs := make([]error, len(requests))
	for i, r := range requests {
		k.asked = append(k.asked, r.String())
		errs[i] = k.refuse[r.String()]
	}
	return errs
}

func vips(n int) []object {
	var out []object
	for i := range n {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i / 256), byte(i % 256)}), 32)
		out = append(out, address{Address: config.Address{Prefix: p, PreferredLft: config.LifetimeForever}, dev: "eth0"})
	}
	return out
}

var eth0 = interfaceView{"eth0": {Index: 3, Name: "eth0"}}

func noError(t *testing.T) func(object, error) {
	return func(o object, err error) { t.Errorf("%v: %v", o, err) }
}

func run(t task) (steps int) {
	for steps = 1; !t.step(); steps++ {
	}
	return steps
}

func TestAcquireSetsWhatIsMissingInChunks(t *testing.T) {
	k := &fakeKernel{refuse: map[string]error{"adding address 10.0.0.1/32 on interface 3": unix.EEXIST}}
	h := newHoldings(vips(120))
	h.set[0] = true
	if steps := run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)}); steps != 3 {
		t.Errorf("%d steps for 119 addresses in chunks of %d", steps, chunk)
	}
	if len(k.asked) != 119 || slices.Contains(h.set, false) {
		t.Errorf("%d requests, set %v", len(k.asked), h.set)
	}
	if len(h.added) != 118 {
		t.Errorf("%d counted as added, want 118: one was set before, one was there", len(h.added))
	}
}

func TestAcquireReportsRefusalsAndRetries(t *testing.T) {
	const request = "adding address 10.0.0.0/32 on interface 3"
	k := &fakeKernel{refuse: map[string]error{request: unix.EPERM}}
	h := newHoldings(vips(2))
	var refused []string
	failed := func(o object, err error) { refused = append(refused, fmt.Sprint(err)) }
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: failed})
	if len(refused) != 1 || h.set[0] || !h.set[1] {
		t.Fatalf("refused %v, set %v", refused, h.set)
	}
	k.refuse = nil
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)})
	if !h.set[0] {
		t.Error("not tried again")
	}
}

func TestReleaseRemovesRulesRoutesThenAddresses(t *testing.T) {
	objects := append(vips(2),
		route{config.Route{Dst: netip.MustParsePrefix("10.9.0.0/16"), Dev: "eth0"}},
		rule{config.Rule{Family: config.IPv4, Action: config.RuleTable, Table: 7, Preference: 5}})
	k := &fakeKernel{}
	h := newHoldings(objects)
	h.set = []bool{true, false, true, true}
	var kept []object
	run(&release{h: h, writer: k, view: eth0, kept: func(o object, _ bool) { kept = append(kept, o) }, failed: noError(t)})
	want := []string{
		"deleting rule 5 table 7",
		"deleting route 10.9.0.0/16 on interface 3",
		"deleting address 10.0.0.0/32 on interface 3",
	}
	if !slices.Equal(k.asked, want) {
		t.Errorf("asked %q, want %q", k.asked, want)
	}
	if len(kept) != 1 || kept[0].key() != objects[1].key() {
		t.Errorf("kept %v, want the address that was not set", kept)
	}
	if slices.Contains(h.set, true) {
		t.Errorf("still set: %v", h.set)
	}
}

func TestReleaseForcedRemovesLeftoversQuietly(t *testing.T) {
	k := &fakeKernel{refuse: map[string]error{"deleting address 10.0.0.1/32 on interface 3": unix.EADDRNOTAVAIL}}
	h := newHoldings(vips(2))
	kept := 0
	run(&release{h: h, writer: k, view: eth0, forced: true, kept: func(object, bool) { kept++ }, failed: noError(t)})
	if len(k.asked) != 2 || kept != 1 {
		t.Errorf("asked %q, %d kept", k.asked, kept)
	}
}

func TestReplaceKeepsWhatStays(t *testing.T) {
	all := vips(4)
	h := newHoldings(all[:3])
	h.set = []bool{true, true, false}
	moved := all[1].(address)
	moved.Origin.Line = 99
	stale := h.replace([]object{moved, all[2], all[3]})
	if !slices.Equal(h.set, []bool{true, false, false}) {
		t.Errorf("set %v: what stays keeps its state wherever it is configured", h.set)
	}
	if len(stale.objects) != 1 || stale.objects[0].key() != all[0].key() {
		t.Errorf("stale %v, want the first address", stale.objects)
	}
}

func TestForgetMakesAcquireRestore(t *testing.T) {
	k := &fakeKernel{}
	h := newHoldings(vips(3))
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)})
	h.forget(sameAs(h.objects[1]))
	k.asked = nil
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)})
	if !slices.Equal(k.asked, []string{"adding address 10.0.0.1/32 on interface 3"}) {
		t.Errorf("asked %q", k.asked)
	}
}

func TestObjectsWaitForTheirInterface(t *testing.T) {
	k := &fakeKernel{}
	h := newHoldings(vips(1))
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: interfaceView{}, failed: noError(t)})
	if len(k.asked) != 0 || h.set[0] {
		t.Errorf("asked %q without the interface", k.asked)
	}
}

// Whether a forgotten address is there is not known until it was set again, so
// a release in between must not leave it behind.
func TestReleaseRemovesWhatIsInDoubt(t *testing.T) {
	k := &fakeKernel{}
	h := newHoldings(vips(2))
	run(&acquire{h: h, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)})
	h.forget(sameAs(h.objects[0]))
	k.asked = nil
	run(&release{h: h, writer: k, view: eth0, kept: func(object, bool) {}, failed: noError(t)})
	if len(k.asked) != 2 {
		t.Errorf("asked %q, want two deletions", k.asked)
	}
	k.asked = nil
	run(&release{h: h, writer: k, view: eth0, kept: func(object, bool) {}, failed: noError(t)})
	if len(k.asked) != 0 {
		t.Errorf("asked %q again", k.asked)
	}
}

// sameAs matches the objects that are equal to o.
func sameAs(o object) func(object) bool {
	key := o.key()
	return func(other object) bool { return other.key() == key }
}

// What others have set meanwhile is theirs, also where it is removed in case it
// is there; afterwards they remove it.
func TestReleaseLeavesWhatOthersHaveSet(t *testing.T) {
	k, c := &fakeKernel{}, claims{}
	first, second, third := newHoldings(vips(3)), newHoldings(vips(2)), newHoldings(vips(3))
	set := func(h *holdings) {
		run(&acquire{h: h, claims: c, writer: k, added: func([]netif.Address) {}, view: eth0, failed: noError(t)})
	}
	deleted := func(r *release) []string {
		k.asked = nil
		r.claims, r.writer, r.view, r.kept, r.failed = c, k, eth0, func(object, bool) {}, noError(t)
		run(r)
		return k.asked
	}
	set(first)
	set(second)
	if got := deleted(&release{h: first}); !slices.Equal(got, []string{"deleting address 10.0.0.2/32 on interface 3"}) {
		t.Errorf("the first removes %v", got)
	}
	if got := deleted(&release{h: third, forced: true}); !slices.Equal(got, []string{"deleting address 10.0.0.2/32 on interface 3"}) {
		t.Errorf("one that begins removes %v", got)
	}
	if got := deleted(&release{h: second.replace(nil), owner: second}); len(got) != 2 {
		t.Errorf("the second removes %v", got)
	}
	if len(c) != 0 {
		t.Errorf("%d claims of nobody", len(c))
	}
}
