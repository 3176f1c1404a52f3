package bfd

import (
	"fmt"
	"slices"
	"testing"

	"keepalived/test/lab"
)

// What a session does to priorities, by the way in which it is tracked; the
// base priority is 100. Both daemons make the same of it.
var weights = []struct {
	track    string
	up, down byte
}{
	{"peer weight 20", 120, 100},
	{"peer weight -20", 100, 80},
	{"peer weight 20 reverse", 80, 100},
	{"peer weight -20 reverse", 100, 120},
}

func weighted() (config string) {
	for i, w := range weights {
		config += fmt.Sprintf("vrrp_instance VI_%d {\ninterface eth0\nvirtual_router_id %d\nversion 3\nadvert_int 0.3\npriority 100\nvirtual_ipaddress {\n192.0.2.%d/24\n}\ntrack_bfd {\n%s\n}\n}\n",
			i, 21+i, 101+i, w.track)
	}
	return config
}

func TestWeights(t *testing.T) {
	for name, program := range map[string]func(lab.TB) lab.Program{"ours": lab.Ours, "C": lab.CKeepalived} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, families[0])
			frames := p.lan.Capture()
			p.ours = p.a.Daemon(program(t), instance("peer", p.f.ours, p.f.theirs, rates)+weighted())
			p.b.Daemon(lab.CKeepalived(t), instance("peer", p.f.theirs, p.f.ours, rates))
			priorities := func(state string, of func(i int) byte) {
				t.Helper()
				lab.Wait(t, lab.Patience, "priorities with the session "+state, func() bool {
					return !slices.ContainsFunc([]int{0, 1, 2, 3}, func(i int) bool {
						f, ok := frames.Last(lab.From(p.a), lab.VRID(byte(21+i)))
						return !ok || f.Advert.Priority != of(i)
					})
				})
			}
			priorities("up", func(i int) byte { return weights[i].up })
			p.lan.Cut(p.left, p.right)
			priorities("down", func(i int) byte { return weights[i].down })
			p.lan.Heal()
			priorities("up again", func(i int) byte { return weights[i].up })
		})
	}
}
