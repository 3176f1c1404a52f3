package fsm_test

import (
	"testing"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/fsm/sim"
)

// TestSimReloads changes groups, members, faults and trackers by reloads in the
// middle of trouble. Routers with different groups need not agree on a master,
// but each must agree with itself.
func TestSimReloads(t *testing.T) {
	for n := range uint64(max(*episodes/5, 1)) {
		e := newEpisode(*first + n)
		if *seed != 0 {
			e = newEpisode(*seed)
			e.net.Trace = func(r *sim.Router, line string) {
				t.Logf("%12.6f %s %s", e.net.Now.Sub(sim.Epoch).Seconds(), r.Name, line)
			}
			e.verbose = t.Logf
		}
		if err := e.runReloads(); err != nil {
			t.Fatalf("replay with -run TestSimReloads -sim.seed=%d -v: %v", *first+n, err)
		}
		if *seed != 0 {
			return
		}
	}
}

func (e *episode) runReloads() error {
	for _, r := range e.net.Routers {
		r.Start(false)
	}
	for range 30 {
		if r := e.net.Routers[e.rng.IntN(len(e.net.Routers))]; r.Running() && !r.Paused() && e.chance(0.5) {
			e.verbose("---- reload %s", r.Name)
			r.Reload(e.regrouped(r.Config))
		} else {
			e.trouble()
		}
		if err := e.always(); err != nil {
			return err
		}
		e.net.Run(time.Duration(e.rng.Int64N(int64(4 * e.interval))))
		if err := e.always(); err != nil {
			return err
		}
	}
	return nil
}

// regrouped puts each instance in one of two groups or in none, and has faults
// come and go.
func (e *episode) regrouped(cfg fsm.Config) fsm.Config {
	cfg.Instances = append([]fsm.Instance(nil), cfg.Instances...)
	groups := []fsm.Group{{Name: "G", TrackingWeight: e.chance(0.5)}, {Name: "H"}}
	for k := range cfg.Instances {
		if g := e.rng.IntN(3); g < 2 {
			groups[g].Members = append(groups[g].Members, k)
		}
		cfg.Instances[k].Faults = 0
		if e.chance(0.1) {
			cfg.Instances[k].Faults = fsm.FaultSet(fsm.FaultInterfaceDown)
		}
	}
	cfg.Groups = groups
	if e.chance(0.2) {
		cfg.Groups = groups[1:]
	}
	return cfg
}
