package check

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestLifeCycle(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		lvs_sched wrr
		lvs_method NAT
		delay_loop 3
		retry 3
		delay_before_retry 1
		real_server 10.1.0.1 81 {
			weight 5
			TCP_CHECK {
			}
		}
		real_server 10.1.0.1 82 {
			weight 3
			TCP_CHECK {
			}
		}
	}`)
	s.expect("start", "81(5) 82(3)", "Gained quorum 1+0=1 <= 8 for VS [10.0.0.1]:tcp:80",
		"VS UP mail => Starting with quorum up 1+0=1 <= 8 <=")
	s.up(0)
	s.expect("first success", "81(5) 82(3)", "TCP connection to [10.1.0.1]:tcp:81 success.")
	s.down(1)
	s.expect("first failure", "81(5)", "TCP_CHECK on service [10.1.0.1]:tcp:82 failed.",
		"Removing service [10.1.0.1]:tcp:82 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:82 DOWN",
		"mail DOWN => TCP CHECK failed on service <=")
	s.up(1)
	s.expect("back", "81(5) 82(3)", "TCP connection to [10.1.0.1]:tcp:82 success.",
		"Adding service [10.1.0.1]:tcp:82 to VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:82 UP",
		"mail UP => TCP CHECK succeed on service <=")
	for range 3 {
		if d := s.down(0); d != time.Second {
			t.Errorf("retry after %v", d)
		}
	}
	s.expect("retries", "81(5) 82(3)")
	s.down(0)
	s.expect("final", "82(3)", "TCP_CHECK on service [10.1.0.1]:tcp:81 failed after 3 retries.",
		"Removing service [10.1.0.1]:tcp:81 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:81 DOWN",
		"mail DOWN => TCP CHECK failed on service <=")
	s.topo.leave(false)
	s.expect("stop", "82(3)", "Shutting down service [10.1.0.1]:tcp:81 from VS [10.0.0.1]:tcp:80",
		"Shutting down service [10.1.0.1]:tcp:82 from VS [10.0.0.1]:tcp:80")
}

func TestAlphaOmegaHysteresis(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		alpha
		omega
		quorum 2
		hysteresis 1
		real_server 10.1.0.1 81 {
			weight 1
			TCP_CHECK {
				retry 0
			}
		}
		real_server 10.1.0.1 82 {
			weight 2
			TCP_CHECK {
				retry 0
			}
		}
	}`)
	s.expect("start", "")
	s.up(0)
	s.happened()
	s.down(1)
	s.expect("a first failure is told", "81(1)", "TCP_CHECK on service [10.1.0.1]:tcp:82 failed.", "RS [10.1.0.1]:tcp:82 DOWN")
	s.up(1)
	s.expect("gained", "81(1) 82(2)", "TCP connection to [10.1.0.1]:tcp:82 success.",
		"Adding service [10.1.0.1]:tcp:82 to VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:82 UP",
		"Gained quorum 2+1=3 <= 3 for VS [10.0.0.1]:tcp:80", "VS UP mail => Gained quorum 2+1=3 <= 3 <=",
		"mail UP => TCP CHECK succeed on service <=")
	s.down(1)
	s.happened()
	s.topo.leave(false)
	s.expect("stop", "", "Shutting down service [10.1.0.1]:tcp:81 from VS [10.0.0.1]:tcp:80",
		"RS [10.1.0.1]:tcp:81 DOWN", "mail DOWN => Shutting down <=",
		"Shutting down service [10.1.0.1]:tcp:82 from VS [10.0.0.1]:tcp:80", "VS DOWN mail => Shutting down <=")
}

const sorryConf = `virtual_server 10.0.0.1 80 {
	protocol TCP
	quorum 2
	hysteresis 1
	sorry_server 10.1.0.9 89
	%s
	real_server 10.1.0.1 81 {
		weight 1
		TCP_CHECK {
			retry 0
		}
	}
	real_server 10.1.0.1 82 {
		weight 2
		TCP_CHECK {
			retry 0
		}
	}
}`

func TestSorryServer(t *testing.T) {
	for _, tt := range []struct {
		options string
		tables  [5]string
	}{
		{"", [5]string{"81(1) 82(2)", "81(1)", "89(1)", "89(1)", "81(1) 82(2)"}},
		{"sorry_server_inhibit\ninhibit_on_failure", [5]string{"81(1) 82(2) 89(0)", "81(1) 82(0) 89(0)", "81(0) 82(0) 89(1)", "81(0) 82(0) 89(1)", "81(1) 82(2) 89(0)"}},
	} {
		s := newStory(t, sprintf(sorryConf, tt.options))
		steps := []func(){func() { s.up(0); s.up(1) }, func() { s.down(1) }, func() { s.down(0) }, func() { s.up(0) }, func() { s.up(1) }}
		for i, step := range steps {
			step()
			if got := s.table(); got != tt.tables[i] {
				t.Errorf("%q step %d: table %q, want %q", tt.options, i, got, tt.tables[i])
			}
		}
	}
}

func TestSorryServerMessages(t *testing.T) {
	s := newStory(t, sprintf(sorryConf, ""))
	s.up(0)
	s.down(1)
	s.happened()
	s.down(0)
	s.expect("loss", "89(1)", "TCP_CHECK on service [10.1.0.1]:tcp:81 failed.",
		"Removing service [10.1.0.1]:tcp:81 from VS [10.0.0.1]:tcp:80", "RS [10.1.0.1]:tcp:81 DOWN",
		"Lost quorum 2-1=1 > 0 for VS [10.0.0.1]:tcp:80", "Adding sorry server [10.1.0.9]:tcp:89 to VS [10.0.0.1]:tcp:80",
		"Removing alive servers from the pool for VS [10.0.0.1]:tcp:80", "VS DOWN mail => Lost quorum 2+1=1 <= 0 <=",
		"mail DOWN => TCP CHECK failed on service <=")
	s.up(1)
	s.up(0)
	if got := s.happened(); !slices.Contains(split(got), "Removing sorry server [10.1.0.9]:tcp:89 from VS [10.0.0.1]:tcp:80") ||
		!slices.Contains(split(got), "Adding alive servers to the pool for VS [10.0.0.1]:tcp:80") {
		t.Errorf("gain:\n%s", got)
	}
}

func TestAlphaWithSorryServer(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		alpha
		sorry_server 10.1.0.9 89
		real_server 10.1.0.1 81 {
			TCP_CHECK {
				retry 0
			}
		}
	}`)
	if s.table() != "89(1)" || !slices.Contains(split(s.happened()), "Starting with quorum down 1-0=1 > 0 for VS [10.0.0.1]:tcp:80") {
		t.Errorf("before the first check: %s", s.table())
	}
	s.up(0)
	if s.table() != "81(1)" {
		t.Errorf("after it: %s", s.table())
	}
}

func TestAllWeightsZero(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		sorry_server 10.1.0.9 89
		real_server 10.1.0.1 81 {
			weight 0
		}
	}`)
	if s.table() != "89(1)" {
		t.Errorf("no server may get connections, so the sorry server does: %s", s.table())
	}
}

func TestMiscDynamic(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		real_server 10.1.0.1 81 {
			weight 10
			MISC_CHECK {
				misc_path /bin/true
				misc_dynamic
				retry 2
			}
		}
	}`)
	s.happened()
	status := func(n int) { s.result(0, 0, result{ok: n != 1, status: n}) }
	for _, tt := range []struct {
		status int
		table  string
	}{{0, "81(10)"}, {22, "81(20)"}, {2, "81(0)"}, {1, "81(0)"}, {1, "81(0)"}, {1, ""}, {12, "81(10)"}} {
		status(tt.status)
		if got := s.table(); got != tt.table {
			t.Errorf("exit status %d: %q, want %q", tt.status, got, tt.table)
		}
	}
}

func TestSeveralCheckers(t *testing.T) {
	s := newStory(t, `virtual_server 10.0.0.1 80 {
		protocol TCP
		real_server 10.1.0.1 81 {
			TCP_CHECK {
				connect_port 1
			}
			TCP_CHECK {
				connect_port 2
			}
		}
	}`)
	s.result(0, 0, result{})
	s.result(0, 1, result{})
	if s.table() != "" {
		t.Error("both down: still there")
	}
	s.result(0, 0, result{ok: true})
	if s.table() != "" {
		t.Error("one of them down: there")
	}
	s.result(0, 1, result{ok: true})
	if s.table() != "81(1)" {
		t.Error("both up: not there")
	}
}

// Whatever happens, the table holds exactly the servers that are alive, or the
// sorry server, and the quorum follows the weights.
func TestInvariants(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s := newStory(t, sprintf(sorryConf, []string{"", "sorry_server_inhibit", "inhibit_on_failure", "alpha"}[rnd.IntN(4)]))
		v := s.topo.virtuals[0]
		for range 60 {
			s.result(rnd.IntN(2), 0, result{ok: rnd.IntN(2) == 0})
			s.happened()
			sum := int64(0)
			for _, r := range v.reals {
				if r.alive != (r.failed == 0) || r.alive != r.checks[0].up {
					t.Fatalf("seed %d: server and checkers disagree", seed)
				}
				if r.alive {
					sum += r.weight()
				}
			}
			if v.up && sum < v.lossBelow() || !v.up && sum >= v.gainAt() || v.sorry == v.up {
				t.Fatalf("seed %d: weight %d, up %v, sorry %v", seed, sum, v.up, v.sorry)
			}
			got := int64(0)
			for _, d := range v.appendDestinations(nil) {
				got += int64(d.Weight)
			}
			if v.sorry {
				sum = 1
			}
			if got != sum {
				t.Fatalf("seed %d: weights in the table %d, want %d", seed, got, sum)
			}
		}
	}
}
