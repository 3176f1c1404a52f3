package fsm_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/fsm/sim"
	"keepalived/internal/vrrp/packet"
)

var (
	episodes = flag.Int("sim.episodes", 10000, "episodes of the simulation, each from a seed of its own")
	first    = flag.Uint64("sim.first", 1, "the first seed of them")
	seed     = flag.Uint64("sim.seed", 0, "run the one episode of this seed, and print it")
)

// TestSim puts routers through random trouble and then leaves them alone for
// one Active_Down_Interval. Whatever happened, there must then be one master,
// the one that the rules name; and at no time may a router hold addresses that
// its state does not give it, or members of a group disagree.
func TestSim(t *testing.T) {
	if *seed != 0 {
		e := newEpisode(*seed)
		e.net.Trace = func(r *sim.Router, line string) {
			t.Logf("%12.6f %s %s", e.net.Now.Sub(sim.Epoch).Seconds(), r.Name, line)
		}
		e.verbose = t.Logf
		if err := e.run(); err != nil {
			t.Fatal(err)
		}
		return
	}
	for n := range uint64(*episodes) {
		if err := newEpisode(*first + n).run(); err != nil {
			t.Fatalf("replay with -run 'TestSim$' -sim.seed=%d -v: %v", *first+n, err)
		}
	}
}

// episode is a network with the trouble that it goes through.
type episode struct {
	rng      *rand.Rand
	net      *sim.Net
	interval time.Duration
	names    []string // of instances
	grouped  bool
	unicast  bool
	stepped  bool            // a wall clock was set
	sets     [][]*sim.Router // that reach one another in the end
	verbose  func(format string, args ...any)
}

func newEpisode(seed uint64) *episode {
	e := &episode{rng: rand.New(rand.NewPCG(seed, 2)), net: sim.New(seed), verbose: func(string, ...any) {}}
	e.interval = []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second}[e.rng.IntN(3)]
	version := uint8(2 + e.rng.IntN(2))
	if version == packet.Version2 {
		e.interval = time.Second
	}
	for k := range 1 + e.rng.IntN(3) {
		e.names = append(e.names, fmt.Sprintf("VI_%d", k+1))
	}
	e.grouped = e.chance(0.4)
	e.unicast = e.chance(0.2)
	for k := range 2 + e.rng.IntN(3) {
		name := string(rune('A' + k))
		e.net.Add(name, e.config(k, version))
	}
	if e.chance(0.1) {
		for _, r := range e.net.Routers {
			r.Key = 1
		}
	}
	return e
}

func (e *episode) chance(p float64) bool { return e.rng.Float64() < p }

// config is that of the k-th router. Members of a group have one priority, as
// otherwise two routers can each be preferred for a part of it.
func (e *episode) config(k int, version uint8) (cfg fsm.Config) {
	cfg.Slack = 500 * time.Microsecond
	cfg.Trackers = []fsm.Tracker{
		{Kind: fsm.TrackScript, Name: "weighted", TrackerStatus: fsm.TrackerStatus{Known: true, Up: true}},
		{Kind: fsm.TrackScript, Name: "vital", TrackerStatus: fsm.TrackerStatus{Known: e.chance(0.8), Up: true}},
	}
	preempt := e.rng.IntN(4)
	interval := e.interval
	if version == packet.Version3 && e.chance(0.2) {
		interval *= 2
	}
	priority := e.priority(k)
	group := fsm.Group{Name: "G", TrackingWeight: true}
	for n, name := range e.names {
		i := fsm.Instance{
			Name: name, Version: version, AdvertInt: interval,
			Key:      fsm.Key{VRID: uint8(n + 1), Interface: "eth0", Unicast: e.unicast},
			Source:   netip.AddrFrom4([4]byte{10, 0, 0, byte(k + 1)}),
			Priority: priority,
			Garp:     fsm.Garp{Delay: time.Second, Repeat: 5, LowerDelay: time.Second, LowerRepeat: 5},
			Tracks:   []fsm.Track{{Tracker: 0, Weight: 60}, {Tracker: 1}},
		}
		if !e.grouped {
			i.Priority = e.priority(k)
		}
		i.StartMaster = i.Priority == packet.PriorityOwner
		switch {
		case preempt == 0 && i.Priority != packet.PriorityOwner:
			i.NoPreempt = true
		case preempt == 1:
			i.PreemptDelay = 2 * e.interval
		}
		i.LowerPrioNoAdvert = e.chance(0.1)
		i.HigherPrioSendAdvert = e.chance(0.1)
		cfg.Instances = append(cfg.Instances, i)
		group.Members = append(group.Members, n)
	}
	if e.grouped {
		cfg.Groups = []fsm.Group{group}
	}
	return cfg
}

// priority of the k-th router: often equal to another one; only the first may
// be the owner.
func (e *episode) priority(k int) uint8 {
	if k == 0 && e.chance(0.2) {
		return packet.PriorityOwner
	}
	if e.chance(0.3) {
		return 100
	}
	return uint8(1 + e.rng.IntN(190))
}

func (e *episode) run() error {
	for _, r := range e.net.Routers {
		r.Start(false)
	}
	for range 10 + e.rng.IntN(30) {
		e.trouble()
		e.net.Run(time.Duration(e.rng.Int64N(int64(2 * e.interval))))
		if err := e.always(); err != nil {
			return err
		}
	}
	e.verbose("---- healed")
	e.heal()
	e.net.Run(e.patience())
	if err := e.always(); err != nil {
		return err
	}
	return e.finally()
}

// patience is the longest Active_Down_Interval and the time that packets take.
// preempt_delay begins when a master is heard, and ends another
// Active_Down_Interval before the takeover.
func (e *episode) patience() time.Duration {
	longest := time.Duration(0)
	for _, r := range e.net.Routers {
		for _, i := range r.Config.Instances {
			d := fsm.ActiveDownInterval(i.Version, 1, 2*e.interval, 3)
			if i.PreemptDelay > 0 {
				d += d + i.PreemptDelay + 2*e.interval
			}
			longest = max(longest, d)
		}
		if r.Key != 0 && e.stepped {
			// Sequence numbers of a clock that was ahead count for so long.
			longest = max(longest, sim.Window+longest)
		}
	}
	return longest + 10*time.Millisecond
}

// heal ends the trouble: links, clocks, processes; faults stay as they are, and
// sometimes the network stays in two parts.
func (e *episode) heal() {
	e.net.Heal()
	e.part()
	e.net.Loss, e.net.Duplicate, e.net.Jitter = 0, 0, 100*time.Microsecond
	for _, r := range e.net.Routers {
		r.Wall = 0
		r.Resume()
	}
	// Scripts have run by now, and adverts leave.
	for _, r := range e.net.Routers {
		if r.Running() {
			for _, id := range r.Machine.Instances() {
				r.Step(fsm.AdvertsBlocked{Instance: id})
			}
			id := r.Machine.Trackers()[1]
			if s, _ := r.Machine.Tracker(id); !s.Known {
				r.Step(fsm.TrackerChanged{Tracker: id, TrackerStatus: fsm.TrackerStatus{Known: true, Up: true}})
			}
		}
	}
}

// part divides the network for good, or leaves it whole.
func (e *episode) part() {
	if !e.chance(0.2) {
		e.sets = [][]*sim.Router{e.net.Routers}
		return
	}
	e.sets = make([][]*sim.Router, 2)
	for _, r := range e.net.Routers {
		k := e.rng.IntN(2)
		e.sets[k] = append(e.sets[k], r)
	}
	for _, a := range e.sets[0] {
		for _, b := range e.sets[1] {
			e.verbose("---- cut %s and %s", a.Name, b.Name)
			e.net.Cut(a.Name, b.Name)
			e.net.Cut(b.Name, a.Name)
		}
	}
}
