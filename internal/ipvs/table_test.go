package ipvs

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var compared = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

// unusualEntries are entries with everything that there can be.
func unusualEntries() []Entry {
	addr := netip.MustParseAddrPort
	return []Entry{
		{Service: Service{Key: key4, Scheduler: "wlc"}},
		{Service: Service{Key: key6, Scheduler: "mh", Flags: MHPort, Persistence: 300, Netmask: 64, PE: "sip"},
			Destinations: []Destination{
				{Addr: addr("[fd00::1]:80"), Weight: MaxWeight, Upper: 1 << 31, Lower: 7},
				{Addr: addr("[fe80::1%eth0]:65535"), Forward: DirectRoute},
				{Addr: addr("10.0.0.1:0"), Forward: Tunnel, TunnelType: GUE, TunnelPort: 65535, TunnelFlags: TunnelRemoteChecksum},
				{Addr: addr("[::ffff:10.0.0.1]:1"), Forward: Bypass, Weight: 128},
			}},
		{Service: Service{Key: MarkKey(IPv4, 1<<32-1), Scheduler: "rr", Netmask: 1<<32 - 1}},
		{Service: Service{Key: MarkKey(IPv6, 1), Scheduler: "a name that is longer than any that the kernel takes"},
			Destinations: []Destination{{Weight: 5}}},
		{Service: Service{Key: ServiceKey{Family: IPv4}, Flags: OnePacket}},
		{Service: Service{Key: AddressKey(Protocol(300), addr("[::1]:0")), PE: "x"}},
	}
}

// What is put in comes out again, whatever it is.
func TestTableKeepsEntries(t *testing.T) {
	entries := unusualEntries()
	table := NewTable(0)
	for i := range entries {
		if !table.Add(&entries[i]) || table.Add(&entries[i]) {
			t.Errorf("entry %d: it is in the table before, or can be added again", i)
		}
	}
	e := Entry{Destinations: make([]Destination, 9)}
	for i := range entries {
		if at := table.Find(entries[i].Service.Key); at != i {
			t.Errorf("entry %d is found at %d", i, at)
		}
		table.Get(i, &e)
		if diff := cmp.Diff(entries[i].Service, e.Service, compared); diff != "" {
			t.Errorf("entry %d: %s", i, diff)
		}
		if !slices.Equal(entries[i].Destinations, e.Destinations) {
			t.Errorf("entry %d: %v became %v", i, entries[i].Destinations, e.Destinations)
		}
	}
	if at := table.Find(AddressKey(UDP, key4.Addr)); at >= 0 {
		t.Errorf("a service that is not there is found at %d", at)
	}
}

// A table that grows and changes has what a map has.
func TestTableChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	table, want, order := NewTable(0), map[ServiceKey]Entry{}, []ServiceKey{}
	for range 20000 {
		e := Entry{Service: Service{Key: numbered(rng.IntN(5000)), Scheduler: "rr"}}
		for range rng.IntN(4) {
			e.Destinations = append(e.Destinations, Destination{Addr: numbered(rng.IntN(100)).Addr, Weight: rng.Uint32N(3)})
		}
		if _, again := want[e.Service.Key]; !again {
			order = append(order, e.Service.Key)
		}
		want[e.Service.Key] = e
		table.Put(&e)
	}
	list := table.Entries()
	if len(list) != len(order) || table.Len() != len(order) {
		t.Fatalf("%d entries, want %d", len(list), len(order))
	}
	for i, k := range order {
		if w := want[k]; list[i].Service != w.Service || !slices.Equal(list[i].Destinations, w.Destinations) || table.Find(k) != i {
			t.Fatalf("entry %d is %+v at %d, want %+v", i, list[i], table.Find(k), w)
		}
	}
}

// What Differences leaves out makes no steps.
func TestDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() *Table {
		table := NewTable(4)
		for _, i := range rng.Perm(8) {
			e := Entry{Service: Service{Key: numbered(i), Scheduler: []string{"rr", "rr", "wlc"}[rng.IntN(3)]}}
			for j := range 3 {
				if rng.IntN(4) > 0 {
					e.Destinations = append(e.Destinations, Destination{Addr: numbered(100 + j).Addr, Weight: 1 + rng.Uint32N(2)*rng.Uint32N(2)})
				}
			}
			if rng.IntN(4) > 0 {
				table.Add(&e)
			}
		}
		return table
	}
	left := 0
	for range 2000 {
		present, wanted := random(), random()
		p, w := Differences(present, wanted)
		var all, some []string
		for _, s := range Diff(present.Entries(), wanted.Entries()) {
			all = append(all, s.String())
		}
		for _, s := range Diff(p, w) {
			some = append(some, s.String())
		}
		if diff := cmp.Diff(all, some); diff != "" {
			t.Fatal(diff)
		}
		left += wanted.Len() - len(w)
	}
	if left == 0 {
		t.Error("it never left out anything")
	}
}

// Entries of another table are taken without being looked at.
func TestTableTakes(t *testing.T) {
	from, to := NewTable(0), NewTable(0)
	for _, e := range unusualEntries() {
		from.Add(&e)
	}
	for i := from.Len() - 1; i >= 0; i-- {
		if !to.Take(from, i) || to.Take(from, i) {
			t.Errorf("entry %d is not taken, or twice", i)
		}
	}
	for i := range from.Len() {
		if j := from.FindIn(to, i); j != from.Len()-1-i || !from.Same(i, to, j) {
			t.Errorf("entry %d is at %d", i, j)
		}
	}
}
