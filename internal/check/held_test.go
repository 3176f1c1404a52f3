package check

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/watchdog/link"
)

const heldConf = `track_file load {
	file %[1]s/load
}
virtual_server 10.0.0.1 80 {
	protocol TCP
	lvs_sched wrr
	quorum 2
	hysteresis 1
	sorry_server 10.9.0.1 80
	real_server 10.1.0.1 80 {
		weight 2
		TCP_CHECK {
		}
		TCP_CHECK {
			connect_port 81
			retry 3
		}
	}
	real_server 10.1.0.2 80 {
		inhibit_on_failure
		HTTP_GET {
			retry 0
			url {
				path /a
			}
			url {
				path /b
			}
		}
	}
	real_server 10.1.0.3 80 {
		alpha
		MISC_CHECK {
			misc_path /bin/true
			misc_dynamic
		}
		FILE_CHECK {
			track_file load
		}
	}
}
virtual_server 10.0.0.2 80 {
	protocol TCP
	quorum 3
	real_server 10.1.0.1 80 {
		TCP_CHECK {
		}
	}
	real_server 10.1.0.2 80 {
		SMTP_CHECK {
		}
	}
}`

// TestSuccessorGoesOn: after any results the successor wants the same table,
// tells nobody anything, and comes to the same states by what follows.
func TestSuccessorGoesOn(t *testing.T) {
	text := fmt.Sprintf(heldConf, t.TempDir())
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 5))
		conf := parse(t, text)
		first := newTopology(conf, nil, marks{})
		first.start()
		first.take()
		results(first, rng, 60)
		data, err := json.Marshal(first.held())
		if err != nil {
			t.Fatal(err)
		}
		var h heldState
		if err := json.Unmarshal(data, &h); err != nil {
			t.Fatal(err)
		}
		values := map[string]int{}
		for _, c := range allCheckers(first) {
			if c.conf.Detail != nil && c.conf.Detail.File != nil {
				values["load"] = c.value
			}
		}
		second := newTopology(conf, values, marks{})
		second.resume(h)
		if e := second.take(); len(e) > 0 {
			t.Fatalf("seed %d: the successor does %d things, the first is %+v", seed, len(e), e[0])
		}
		same(t, seed, first, second)
		up := rand.NewPCG(seed, 6)
		settleAll(first, rand.New(up))
		settleAll(second, rand.New(rand.NewPCG(seed, 6)))
		same(t, seed, first, second)
	}
}

// TestSuccessorSeesTheFile: what a file says now counts, not what it said.
func TestSuccessorSeesTheFile(t *testing.T) {
	conf := parse(t, fmt.Sprintf(heldConf, t.TempDir()))
	first := newTopology(conf, map[string]int{"load": 4}, marks{})
	second := newTopology(conf, map[string]int{"load": 7}, marks{})
	second.resume(first.held())
	if got := second.virtuals[0].reals[2].weight(); got != 8 {
		t.Errorf("weight %d, want 1 and the 7 of the file", got)
	}
}

func allCheckers(t *topology) (out []*checker) {
	for _, v := range t.virtuals {
		for _, r := range v.reals {
			out = append(out, r.checks...)
		}
	}
	return out
}

// results gives checkers random results.
func results(t *topology, rng *rand.Rand, n int) {
	now := time.Unix(0, 0)
	list := allCheckers(t)
	for range n {
		c := list[rng.IntN(len(list))]
		if c.conf.Detail != nil && c.conf.Detail.File != nil {
			t.fileValue(c, rng.IntN(5)-2)
			continue
		}
		ok := rng.IntN(3) > 0
		t.outcome(c, result{ok: ok, status: map[bool]int{true: rng.IntN(2) * rng.IntN(9), false: 1}[ok]}, now, now)
	}
}

// settleAll gives all checkers the same result again and again.
func settleAll(t *topology, rng *rand.Rand) {
	now := time.Unix(0, 0)
	for _, c := range allCheckers(t) {
		if c.conf.Detail != nil && c.conf.Detail.File != nil {
			continue
		}
		ok := rng.IntN(2) == 0
		for range 8 {
			t.outcome(c, result{ok: ok, status: map[bool]int{true: 7, false: 1}[ok]}, now, now)
		}
	}
}

func same(t *testing.T, seed uint64, first, second *topology) {
	t.Helper()
	if diff := cmp.Diff(lines(first.table().Entries()), lines(second.table().Entries())); diff != "" {
		t.Fatalf("seed %d: the successor's table differs:\n%s", seed, diff)
	}
	for i, v := range first.virtuals {
		w := second.virtuals[i]
		if v.up != w.up || v.sorry != w.sorry {
			t.Fatalf("seed %d: %s: up %v sorry %v, the successor has %v %v", seed, v.name(), v.up, v.sorry, w.up, w.sorry)
		}
	}
}

// TestKernelSuccessorAfterCrash is the whole child in the place of one that died: the
// kernel's table stays untouched, scripts and log are silent.
func TestKernelSuccessorAfterCrash(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	text := fmt.Sprintf(childConf, t.TempDir(), "")
	text = strings.Replace(text, "global_defs {", "global_defs {\n\tlvs_flush", 1)
	c := startChild(t, k, Flags{KeepIPVS: true}, text)
	c.waitTable(vs1, rs1)
	eventually(t, "the state with the parent", func() bool { return strings.Contains(string(c.held()), `"Up":false`) })
	left := c.held()
	c.stop()
	c.waitTable(vs1, rs1)

	k.sent()
	c = startChildAfter(t, k, Flags{}, c.part, left)
	two := openServer(t, "127.0.0.1:7082")
	c.waitTable(vs1, rs1, rs2)
	if steps := k.sent(); len(steps) != 1 || !strings.HasPrefix(steps[0], "add destination") {
		t.Errorf("steps of the successor: %q", steps)
	}
	for _, line := range []string{"Gained quorum", "Activating healthchecker", "7081] success"} {
		if c.logged(line) > 0 {
			t.Errorf("%q was logged", line)
		}
	}
	two.l.Close()
	c.waitTable(vs1, rs1)
	c.waitLog("TCP_CHECK on service [127.0.0.1]:tcp:7082 failed after 1 retries.")
}

// TestSuccessorOfAnotherConfiguration starts anew.
func TestSuccessorOfAnotherConfiguration(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	openServer(t, "127.0.0.1:7082")
	data, err := json.Marshal(heldState{Config: 1, Checkers: []heldChecker{{Failed: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	part, err := link.EncodePart(*parse(t, fmt.Sprintf(childConf, t.TempDir(), "")))
	if err != nil {
		t.Fatal(err)
	}
	c := startChildAfter(t, newTestKernel(t), Flags{}, part, data)
	c.waitTable(vs1, rs1, rs2)
	c.waitLog("Gained quorum")
}
