package check

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
)

// randomConf is a configuration with a few virtual servers of all kinds. Those
// of another seed have much in common with it.
func randomConf(rng *rand.Rand) string {
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	var b strings.Builder
	b.WriteString("virtual_server_group G {\n")
	for i := range 4 {
		if i == 0 || rng.IntN(2) == 0 {
			fmt.Fprintf(&b, "\t10.3.%d.1-%d 80\n", i, 1+rng.IntN(3)+1)
		}
	}
	b.WriteString("}\n")
	for _, head := range []string{"10.0.0.1 80", "10.0.0.2 80", "fwmark 7", "group G", "10.3.0.1 80"} {
		if rng.IntN(5) == 0 && head != "10.0.0.1 80" {
			continue
		}
		fmt.Fprintf(&b, "virtual_server %s {\n\tprotocol %s\n\tlvs_sched %s\n\tlvs_method %s\n\tquorum %d\n", head,
			pick("TCP", "TCP", "UDP"), pick("wrr", "rr"), pick("NAT", "DR"), 1+rng.IntN(3))
		if rng.IntN(2) == 0 {
			fmt.Fprintf(&b, "\tsorry_server 10.9.0.%d 80\n%s", 1+rng.IntN(2), pick("", "\tsorry_server_inhibit\n"))
		}
		b.WriteString(pick("", "\talpha\n", "\tpersistence_timeout 50\n"))
		for i := range 4 {
			if i > 0 && rng.IntN(3) == 0 {
				continue
			}
			fmt.Fprintf(&b, "\treal_server 10.1.0.%d 80 {\n\t\tweight %d\n%s%s", i+1, 1+rng.IntN(2),
				pick("", "\t\tinhibit_on_failure\n"), pick("", "", "\t\tuthreshold 20\n"))
			for range rng.IntN(3) {
				fmt.Fprintf(&b, "\t\tTCP_CHECK {\n\t\t\tconnect_port %d\n%s\t\t}\n", 80+rng.IntN(3), pick("", "\t\t\tretry 3\n", "\t\t\talpha\n"))
			}
			b.WriteString("\t}\n")
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// keeperOf is a keeper with a table in memory that has carried out the start.
func keeperOf(t *topology) (*keeper, *memoryTable) {
	table := &memoryTable{}
	k := newKeeper(logging.New(logging.Options{}), nil)
	k.table = table
	k.replace(t.table())
	return k, table
}

// sync carries out what single effects ask of the table, as the loop does.
func (k *keeper) sync(t *testing.T, topo *topology) {
	t.Helper()
	for _, e := range topo.take() {
		if e.kind != doSync {
			continue
		}
		k.carryOut([]job{{put: topo.wanted(e.v)}})
	}
}

// sorted is a table in an order of its own.
func sorted(entries []ipvs.Entry) []string {
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		s := e.Service
		if s.Persistence == 0 {
			s.Netmask = 0
		}
		dests := slices.Clone(e.Destinations)
		slices.SortFunc(dests, func(a, b ipvs.Destination) int { return a.Addr.Compare(b.Addr) })
		line := ""
		for _, d := range dests {
			line += fmt.Sprintf("\n  %v %d upper %d method %d", d.Addr, d.Weight, d.Upper, d.Forward)
		}
		out = append(out, fmt.Sprintf("%v %s %d%s", s.Key, s.Scheduler, s.Persistence, line))
	}
	slices.Sort(out)
	return out
}

// TestReloadProperties: whatever servers have been through, after a reload the
// table is what the new configuration and their states ask for; what is the
// same in both is not touched, and a reload that changes nothing does nothing.
func TestReloadProperties(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 9))
		conf := parse(t, randomConf(rng))
		topo := newTopology(conf, nil, marks{})
		topo.start()
		topo.take()
		k, table := keeperOf(topo)
		for range 4 {
			if list := allCheckers(topo); len(list) > 0 {
				results(topo, rng, 40)
			}
			k.sync(t, topo)
			agree(t, seed, table, topo)

			same := topo.reload(conf, conf, nil)
			if e := same.take(); len(e) > 0 {
				t.Fatalf("seed %d: a reload that changes nothing has effects: %+v", seed, e)
			}
			if steps := ipvs.Diff(topo.table().Entries(), same.table().Entries()); len(steps) > 0 {
				t.Fatalf("seed %d: a reload that changes nothing sends %v", seed, steps)
			}

			next := parse(t, randomConf(rng))
			before := same.table().Entries()
			topo = same.reload(conf, next, nil)
			decidedOnce(t, seed, topo.take())
			untouched(t, seed, before, topo.table().Entries(), ipvs.Diff(k.model.Entries(), topo.table().Entries()))
			k.replace(topo.table())
			agree(t, seed, table, topo)
			consistent(t, seed, topo)
			conf = next
		}
		k.replace(ipvs.NewTable(0))
		if left, _ := table.Table(); len(left) > 0 {
			t.Fatalf("seed %d: left at the end: %v", seed, left)
		}
	}
}

// decidedOnce looks for a quorum that was told of twice: of two changes at the
// same moment one was none.
func decidedOnce(t *testing.T, seed uint64, effects []effect) {
	t.Helper()
	told := map[*virtual]bool{}
	for _, e := range effects {
		if e.kind == doTellVirtual && told[e.v] {
			t.Fatalf("seed %d: the quorum of %s changes twice by one reload", seed, e.v.name())
		}
		told[e.v] = told[e.v] || e.kind == doTellVirtual
	}
}

func agree(t *testing.T, seed uint64, table *memoryTable, topo *topology) {
	t.Helper()
	got, err := table.Table()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sorted(topo.table().Entries()), sorted(got)); diff != "" {
		t.Fatalf("seed %d: the kernel's table is not what is wanted:\n%s", seed, diff)
	}
}

// fields shows all of a destination.
type fields ipvs.Destination

// untouched looks for steps about what is the same before and after.
func untouched(t *testing.T, seed uint64, before, after []ipvs.Entry, steps []ipvs.Step) {
	t.Helper()
	was, is := map[string]bool{}, map[string]bool{}
	note := func(m map[string]bool, entries []ipvs.Entry) {
		for _, e := range entries {
			m[fmt.Sprintf("%+v", e.Service)] = true
			for _, d := range e.Destinations {
				m[fmt.Sprintf("%v %+v", e.Service.Key, fields(d))] = true
			}
		}
	}
	note(was, before)
	note(is, after)
	for _, s := range steps {
		what := fmt.Sprintf("%+v", *s.Service)
		if s.Destination != nil {
			what = fmt.Sprintf("%v %+v", s.Service.Key, fields(*s.Destination))
		}
		if was[what] && is[what] {
			t.Fatalf("seed %d: %v, which is the same before and after", seed, s)
		}
	}
}

// consistent checks what always holds: a server is alive when none of its
// checkers says otherwise.
func consistent(t *testing.T, seed uint64, topo *topology) {
	t.Helper()
	for _, v := range topo.virtuals {
		for _, r := range v.reals {
			down := 0
			for _, c := range r.checks {
				if !c.up {
					down++
				}
			}
			if down != int(r.failed) || r.alive != (down == 0) {
				t.Fatalf("seed %d: %s of %s: %d checkers say that it is down, counted %d, alive %v", seed, r.name(), v.name(), down, r.failed, r.alive)
			}
		}
		if sum := v.sum(); v.up && (sum == 0 || sum < v.lossBelow()) || !v.up && sum > 0 && sum >= v.gainAt() {
			t.Fatalf("seed %d: %s: weight %d, quorum %v", seed, v.name(), sum, v.up)
		}
		if v.sorry && v.conf.Sorry == nil {
			t.Fatalf("seed %d: %s uses a sorry server that it does not have", seed, v.name())
		}
	}
}
