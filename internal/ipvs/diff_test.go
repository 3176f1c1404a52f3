package ipvs

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func key(addr string) ServiceKey { return AddressKey(TCP, netip.MustParseAddrPort(addr)) }

func svc(addr, scheduler string) Service { return Service{Key: key(addr), Scheduler: scheduler} }

func dst(addr string, weight uint32) Destination {
	return Destination{Addr: netip.MustParseAddrPort(addr), Weight: weight}
}

func TestDiff(t *testing.T) {
	a := Entry{svc("10.0.0.1:80", "rr"), []Destination{dst("10.1.0.1:80", 1), dst("10.1.0.2:80", 1)}}
	b := Entry{svc("10.0.0.2:80", "rr"), []Destination{dst("10.1.0.1:80", 1)}}
	c := Entry{svc("10.0.0.3:80", "rr"), []Destination{dst("10.1.0.3:80", 1)}}
	other := Entry{svc("10.0.0.1:80", "wlc"), []Destination{dst("10.1.0.3:80", 1), dst("10.1.0.2:80", 5)}}
	spelt := Entry{Service{Key: a.Service.Key, Scheduler: "rr", Netmask: 0xffffffff, PE: "sip"}, a.Destinations}
	tests := []struct {
		name            string
		present, wanted []Entry
		want            []string
	}{
		{"nothing", nil, nil, nil},
		{"the same", []Entry{a, b}, []Entry{a, b}, nil},
		{"the same in another order", []Entry{a, b}, []Entry{b, a}, nil},
		{"the same in other words", []Entry{a}, []Entry{spelt}, nil},
		{"start", nil, []Entry{a, b}, []string{
			"add service 10.0.0.1:tcp:80", "add destination 10.0.0.1:tcp:80 -> 10.1.0.1:80",
			"add destination 10.0.0.1:tcp:80 -> 10.1.0.2:80",
			"add service 10.0.0.2:tcp:80", "add destination 10.0.0.2:tcp:80 -> 10.1.0.1:80"}},
		{"stop, the newest first", []Entry{a, b, c}, nil, []string{
			"delete service 10.0.0.3:tcp:80", "delete service 10.0.0.2:tcp:80", "delete service 10.0.0.1:tcp:80"}},
		{"change", []Entry{a}, []Entry{other}, []string{
			"edit service 10.0.0.1:tcp:80", "add destination 10.0.0.1:tcp:80 -> 10.1.0.3:80",
			"edit destination 10.0.0.1:tcp:80 -> 10.1.0.2:80", "delete destination 10.0.0.1:tcp:80 -> 10.1.0.1:80"}},
		{"deletions across services", []Entry{a, b, c}, []Entry{{Service: c.Service}, {Service: a.Service}}, []string{
			"delete destination 10.0.0.3:tcp:80 -> 10.1.0.3:80", "delete service 10.0.0.2:tcp:80",
			"delete destination 10.0.0.1:tcp:80 -> 10.1.0.2:80", "delete destination 10.0.0.1:tcp:80 -> 10.1.0.1:80"}},
		{"doubled entries", nil, []Entry{b, b, {b.Service, append(b.Destinations, b.Destinations...)}}, []string{
			"add service 10.0.0.2:tcp:80", "add destination 10.0.0.2:tcp:80 -> 10.1.0.1:80"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range Diff(tt.present, tt.wanted) {
				if err := s.check(); err != nil {
					t.Error(err)
				}
				got = append(got, s.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// model is a table that takes steps as the kernel does.
type model struct {
	order []ServiceKey
	at    map[ServiceKey]*Entry
}

func newModel(table []Entry) *model {
	m := &model{at: make(map[ServiceKey]*Entry)}
	for _, e := range table {
		if m.at[e.Service.Key] == nil {
			m.order = append(m.order, e.Service.Key)
			m.at[e.Service.Key] = &Entry{e.Service.normal(), slices.Clone(e.Destinations)}
		}
	}
	return m
}

func (m *model) apply(s Step) error {
	e := m.at[s.Service.Key]
	if (e == nil) != (s.Op == AddService) {
		return fmt.Errorf("%v: service exists: %v", s, e != nil)
	}
	switch s.Op {
	case AddService:
		m.order = append(m.order, s.Service.Key)
		m.at[s.Service.Key] = &Entry{Service: s.Service.normal()}
		return nil
	case EditService:
		e.Service = s.Service.normal()
		return nil
	case DeleteService:
		m.order = slices.DeleteFunc(m.order, func(k ServiceKey) bool { return k == s.Service.Key })
		delete(m.at, s.Service.Key)
		return nil
	}
	i := slices.IndexFunc(e.Destinations, func(d Destination) bool { return d.Addr == s.Destination.Addr })
	if (i < 0) != (s.Op == AddDestination) {
		return fmt.Errorf("%v: destination exists: %v", s, i >= 0)
	}
	switch s.Op {
	case AddDestination:
		e.Destinations = append(e.Destinations, s.Destination.normal())
	case EditDestination:
		e.Destinations[i] = s.Destination.normal()
	default:
		e.Destinations = slices.Delete(e.Destinations, i, i+1)
	}
	return nil
}

// content is the table without its order.
func (m *model) content() map[string]string {
	c := make(map[string]string)
	for k, e := range m.at {
		c[k.String()] = fmt.Sprintf("%+v", e.Service)
		for _, d := range e.Destinations {
			type fields Destination // without String
			c[fmt.Sprintf("%v -> %v", k, d)] = fmt.Sprintf("%+v", fields(d.normal()))
		}
	}
	return c
}

// changes is the least number of steps between two contents: one for each
// thing that differs, but none for destinations that go with their service.
func changes(from, to *model) int {
	n := 0
	a, b := from.content(), to.content()
	for name, text := range b {
		if a[name] != text {
			n++
		}
	}
	for _, k := range from.order {
		e := to.at[k]
		if e == nil {
			n++
			continue
		}
		for _, d := range from.at[k].Destinations {
			if _, ok := b[fmt.Sprintf("%v -> %v", k, d)]; !ok {
				n++
			}
		}
	}
	return n
}

func randomTable(r *rand.Rand) []Entry {
	var table []Entry
	for range r.IntN(8) {
		e := Entry{Service: Service{Key: key(fmt.Sprintf("10.0.0.%d:80", r.IntN(8))), Scheduler: []string{"rr", "wlc"}[r.IntN(2)]}}
		if r.IntN(3) == 0 {
			e.Service.Key = MarkKey([]Family{IPv4, IPv6}[r.IntN(2)], 1+r.Uint32N(3))
			e.Service.Persistence = r.Uint32N(2) * 60
		}
		for _, i := range r.Perm(24)[:r.IntN(24)] {
			d := dst(fmt.Sprintf("10.1.0.%d:80", i), r.Uint32N(2))
			d.Forward = Forward(r.UintN(4))
			d.TunnelPort = uint16(r.UintN(2))
			e.Destinations = append(e.Destinations, d)
		}
		table = append(table, e)
	}
	return table
}

// The steps lead from any table to any other, each acceptable when its turn
// comes, no fewer are possible, and deletions go from new to old.
func TestDiffProperties(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		present, wanted := randomTable(r), randomTable(r)
		m, want := newModel(present), newModel(wanted)
		least := changes(m, want)
		steps := Diff(present, wanted)
		if len(steps) != least {
			t.Fatalf("seed %d: %d steps, %d would do", seed, len(steps), least)
		}
		rank := creationOrder(m)
		last := len(rank)
		for _, s := range steps {
			if err := m.apply(s); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if s.Op != DeleteService && s.Op != DeleteDestination {
				continue
			}
			if at := rank[s.String()]; at >= last {
				t.Fatalf("seed %d: %v is deleted after something older", seed, s)
			} else {
				last = at
			}
		}
		if diff := cmp.Diff(want.content(), m.content()); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if again := Diff(wanted, wanted); len(again) != 0 {
			t.Errorf("seed %d: %d steps without a difference", seed, len(again))
		}
	}
}

// creationOrder ranks the possible deletions of a table by age.
func creationOrder(m *model) map[string]int {
	rank := make(map[string]int)
	for _, k := range m.order {
		e := m.at[k]
		rank[Step{Op: DeleteService, Service: &e.Service}.String()] = len(rank)
		for i := range e.Destinations {
			rank[Step{Op: DeleteDestination, Service: &e.Service, Destination: &e.Destinations[i]}.String()] = len(rank)
		}
	}
	return rank
}

// bigTable has n services with 4 destinations each.
func bigTable(n int) []Entry {
	table := make([]Entry, n)
	for i := range table {
		a := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		table[i].Service = Service{Key: AddressKey(TCP, netip.AddrPortFrom(a, 80)), Scheduler: "wlc"}
		for j := range 4 {
			d := Destination{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(j), byte(i)}), 80), Weight: 1}
			table[i].Destinations = append(table[i].Destinations, d)
		}
	}
	return table
}

func BenchmarkDiff(b *testing.B) {
	table := bigTable(10000)
	changed := slices.Clone(table)
	for i := 0; i < len(changed); i += 100 {
		changed[i].Destinations = slices.Clone(changed[i].Destinations)
		changed[i].Destinations[0].Weight++
	}
	for _, bb := range []struct {
		name            string
		present, wanted []Entry
		steps           int
	}{{"equal", table, table, 0}, {"1%", table, changed, 100}, {"start", nil, table, 50000}, {"stop", table, nil, 10000}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(Diff(bb.present, bb.wanted)); n != bb.steps {
					b.Fatalf("%d steps, want %d", n, bb.steps)
				}
			}
		})
	}
}
