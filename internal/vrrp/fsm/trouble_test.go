package fsm_test

import (
	"fmt"
	"slices"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/fsm/sim"
	"keepalived/internal/vrrp/packet"
)

// trouble is one random event.
func (e *episode) trouble() {
	r := e.net.Routers[e.rng.IntN(len(e.net.Routers))]
	other := e.net.Routers[e.rng.IntN(len(e.net.Routers))]
	switch e.rng.IntN(12) {
	case 0:
		e.net.Loss = e.rng.Float64() / 2
		e.net.Duplicate = e.rng.Float64() / 4
		e.net.Jitter = time.Duration(1 + e.rng.Int64N(int64(e.interval/4)))
		e.verbose("---- loss %.2f, duplicates %.2f, jitter %v", e.net.Loss, e.net.Duplicate, e.net.Jitter)
	case 1:
		e.verbose("---- cut %s to %s", r.Name, other.Name)
		e.net.Cut(r.Name, other.Name)
	case 2:
		e.verbose("---- cut %s and %s", r.Name, other.Name)
		e.net.Cut(r.Name, other.Name)
		e.net.Cut(other.Name, r.Name)
	case 3:
		e.verbose("---- links repaired")
		e.net.Heal()
	case 4:
		e.process(r)
	case 5:
		if r.Running() {
			e.verbose("---- pause or resume %s", r.Name)
			if r.Paused() {
				r.Resume()
			} else {
				r.Pause()
			}
		}
	case 6:
		if r.Running() && !r.Paused() {
			e.verbose("---- suspend %s", r.Name)
			r.Suspend()
		}
	case 7:
		e.stepClock(r)
	default:
		if r.Running() && !r.Paused() {
			e.event(r)
		}
	}
}

// stepClock sets a wall clock: by little, so that signed adverts are not quite
// stale, or by much, and then sometimes all of them.
func (e *episode) stepClock(r *sim.Router) {
	d := time.Duration(e.rng.Int64N(int64(2*sim.Window))) - sim.Window
	if e.chance(0.3) {
		d *= 1000
	}
	e.stepped = true
	if all := max(d, -d) > sim.Window && e.chance(0.5); all {
		e.verbose("---- all clocks are ahead by %v", d)
		for _, o := range e.net.Routers {
			o.Wall = d
		}
		return
	}
	e.verbose("---- the clock of %s is ahead by %v", r.Name, d)
	r.Wall = d
}

// process starts what does not run, and ends what does.
func (e *episode) process(r *sim.Router) {
	switch {
	case !r.Running():
		resume := e.chance(0.5)
		e.verbose("---- start %s, resume %v", r.Name, resume)
		r.Start(resume)
	case r.Paused() || e.chance(0.5):
		e.verbose("---- crash %s", r.Name)
		r.Crash()
	default:
		e.verbose("---- stop %s", r.Name)
		r.Stop()
	}
}

func (e *episode) event(r *sim.Router) {
	ids := r.Machine.Instances()
	id := ids[e.rng.IntN(len(ids))]
	set := e.chance(0.5)
	var ev fsm.Event
	switch e.rng.IntN(9) {
	case 0:
		ev = fsm.FaultChanged{Instance: id, Fault: fsm.FaultInterfaceDown, Set: set}
	case 1:
		ev = fsm.TrackerChanged{Tracker: r.Machine.Trackers()[0], TrackerStatus: fsm.TrackerStatus{Known: true, Up: set}}
	case 2:
		ev = fsm.TrackerChanged{Tracker: r.Machine.Trackers()[1], TrackerStatus: fsm.TrackerStatus{Known: true, Up: set}}
	case 3:
		ev = fsm.AddressesLost{Instance: id, What: "ip address", Objects: []int{e.rng.IntN(3)}}
	case 4:
		ev = fsm.AdvertRejected{Instance: id, Verdict: packet.Verdict{Reason: packet.Reason(1 + e.rng.IntN(packet.NumReasons-1))}}
	case 5:
		ev = fsm.AcquireFailed{Instance: id}
	case 6:
		if !e.grouped {
			ev = fsm.PriorityChanged{Instance: id, Priority: uint8(1 + e.rng.IntN(254))}
		}
	case 7:
		ev = fsm.AdvertsBlocked{Instance: id, Blocked: set}
	default:
		e.reload(r)
	}
	if ev != nil {
		e.verbose("---- %s: %T%+v", r.Name, ev, ev)
		r.Step(ev)
	}
}

// reload changes the configuration: a priority, an instance less or more, the
// order, no group.
func (e *episode) reload(r *sim.Router) {
	cfg := r.Config
	fresh := e.config(int(r.Name[0]-'A'), cfg.Instances[0].Version)
	cfg.Instances, cfg.Groups = fresh.Instances, fresh.Groups
	if n := len(cfg.Instances); !e.grouped && n > 1 && e.chance(0.3) {
		k := e.rng.IntN(n)
		cfg.Instances = slices.Delete(cfg.Instances, k, k+1)
	} else if !e.grouped && e.chance(0.3) {
		slices.Reverse(cfg.Instances)
	}
	for k := range cfg.Trackers {
		cfg.Trackers[k].Known = false
	}
	if r.Key != 0 {
		r.Key = uint8(1 + e.rng.IntN(2))
	}
	e.verbose("---- reload %s", r.Name)
	r.Reload(cfg)
}

// always is what holds at any time.
func (e *episode) always() error {
	for _, r := range e.net.Routers {
		if !r.Running() {
			if len(r.Holds) > 0 && !r.Crashed {
				return e.failure("%s has stopped and holds the addresses of %v", r.Name, r.Holds)
			}
			continue
		}
		masters := 0
		for _, id := range r.Machine.Instances() {
			s, _ := r.Machine.Status(id)
			holds := r.Has(id)
			if holds != (s.State == fsm.StateMaster) {
				return e.failure("%s is %s in %s and holds its addresses: %v", r.Name, s.State, s.Name, holds)
			}
			if holds {
				masters++
			}
			if s.Faults != 0 && s.State != fsm.StateFault {
				return e.failure("%s is %s in %s, which has a fault", r.Name, s.State, s.Name)
			}
		}
		if len(r.Holds) != masters {
			return e.failure("%s holds the addresses of %v", r.Name, r.Holds)
		}
		for _, g := range r.Machine.Groups() {
			for _, id := range g.Members {
				if s := r.Machine.State(id); s != g.State && !(s == fsm.StateFault && g.State == fsm.StateInit) {
					return e.failure("%s: a member is %s while group %s is %s", r.Name, s, g.Name, g.State)
				}
			}
		}
	}
	return nil
}

func (e *episode) failure(format string, args ...any) error {
	return fmt.Errorf("%s\n%s", fmt.Sprintf(format, args...), e.net.Summary())
}

// finally is what holds when all has been quiet for long enough.
func (e *episode) finally() error {
	for _, reachable := range e.sets {
		if err := e.finallyAmong(reachable); err != nil {
			return err
		}
	}
	return nil
}

// finallyAmong is for routers that reach one another.
func (e *episode) finallyAmong(routers []*sim.Router) error {
	for _, name := range e.names {
		var able []*sim.Router
		var masters []*sim.Router
		for _, r := range routers {
			switch r.State(name) {
			case fsm.StateMaster:
				masters = append(masters, r)
				able = append(able, r)
			case fsm.StateBackup:
				able = append(able, r)
			}
		}
		if len(able) == 0 {
			continue
		}
		if len(masters) != 1 {
			return e.failure("%s has %d masters", name, len(masters))
		}
		if err := e.rightful(name, masters[0], able); err != nil {
			return err
		}
	}
	return nil
}

// rightful: nobody is there who must have preempted the master.
func (e *episode) rightful(name string, master *sim.Router, able []*sim.Router) error {
	own, _ := master.Machine.Status(master.ID(name))
	for _, r := range able {
		s, _ := r.Machine.Status(r.ID(name))
		if s.Priority > own.Priority && !noPreempt(r, name) {
			return e.failure("%s is master of %s with priority %d, before %s with %d", master.Name, name, own.Priority, r.Name, s.Priority)
		}
	}
	return nil
}

// noPreempt reports whether a router may stay backup. A member of a group waits
// for the others.
func noPreempt(r *sim.Router, name string) bool {
	return slices.ContainsFunc(r.Config.Instances, func(i fsm.Instance) bool {
		return i.NoPreempt && (i.Name == name || len(r.Config.Groups) > 0)
	})
}
