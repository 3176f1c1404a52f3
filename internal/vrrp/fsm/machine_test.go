package fsm

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"keepalived/internal/vrrp/packet"
)

var (
	epoch  = time.Unix(1_000_000_000, 0)
	ownIP  = netip.MustParseAddr("10.0.0.1")
	peerIP = netip.MustParseAddr("10.0.0.2")
)

func params(vrid uint8, priority uint8) Instance {
	return Instance{
		Key: Key{VRID: vrid, Interface: "eth0"}, Name: "VI", Version: 3, Priority: priority,
		AdvertInt: 100 * time.Millisecond, Source: ownIP, Garp: Garp{Repeat: 5, LowerRepeat: 5},
	}
}

func heard(id InstanceID, priority uint8) AdvertReceived {
	return AdvertReceived{id, packet.Advert{Src: peerIP, Priority: priority, Interval: 100 * time.Millisecond}}
}

// started is a machine of n instances that have become master, at the returned
// time.
func started(n int, cfg Config) (*Machine, time.Time) {
	for k := range n {
		cfg.Instances = append(cfg.Instances, params(uint8(k+1), 100))
	}
	m := New(cfg, epoch)
	m.Start(epoch)
	now := epoch.Add(time.Second)
	m.Advance(now)
	return m, now
}

func count(effects []Effect, k Kind) (n int) {
	for _, e := range effects {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// TestNoDrift: late wake-ups do not add up, and adverts that are due together
// are served together.
func TestNoDrift(t *testing.T) {
	m, now := started(200, Config{Slack: 500 * time.Microsecond})
	first, _ := m.NextDeadline()
	rng := rand.New(rand.NewPCG(1, 1))
	sent, wakeups := 0, 0
	end := now.Add(100 * time.Second)
	for {
		at, ok := m.NextDeadline()
		if !ok || at.After(end) {
			break
		}
		now = at.Add(time.Duration(rng.IntN(3_000_000)))
		sent += count(m.Advance(now), SendAdvert)
		wakeups++
	}
	if want := 200 * 1000; sent < want-200 || sent > want+200 {
		t.Errorf("want %d adverts, got %d", want, sent)
	}
	if wakeups > 1001 {
		t.Errorf("%d wake-ups for 1000 intervals", wakeups)
	}
	next, _ := m.NextDeadline()
	if off := next.Sub(first) % (100 * time.Millisecond); off != 0 {
		t.Errorf("deadlines have drifted by %v", off)
	}
}

// TestPauseIsNotMadeUpFor: after a pause one advert is sent, not all that were
// missed.
func TestPauseIsNotMadeUpFor(t *testing.T) {
	m, now := started(1, Config{})
	now = now.Add(time.Minute)
	if n := count(m.Advance(now), SendAdvert); n != 1 {
		t.Errorf("%d adverts after the pause", n)
	}
	if at, _ := m.NextDeadline(); at.Sub(now) != 100*time.Millisecond {
		t.Errorf("next deadline in %v", at.Sub(now))
	}
}

// TestTimeDoesNotGoBack: an earlier time than the one before is taken for the
// latest.
func TestTimeDoesNotGoBack(t *testing.T) {
	m, now := started(1, Config{})
	before, _ := m.NextDeadline()
	if n := len(m.Advance(now.Add(-time.Hour))); n != 0 {
		t.Errorf("%d effects", n)
	}
	if at, _ := m.NextDeadline(); at != before {
		t.Errorf("the deadline moved by %v", at.Sub(before))
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	m, now := started(100, Config{})
	check := func(name string, f func()) {
		t.Helper()
		f()
		if n := testing.AllocsPerRun(200, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	check("adverts of masters", func() {
		now = now.Add(100 * time.Millisecond)
		if count(m.Advance(now), SendAdvert) == 0 {
			t.Fatal("nothing sent")
		}
	})
	ids := m.Instances()
	for _, id := range ids {
		m.Step(now, heard(id, 200))
	}
	check("adverts to backups", func() {
		now = now.Add(100 * time.Millisecond)
		for _, id := range ids {
			m.Step(now, heard(id, 200))
		}
		m.Advance(now)
	})
	if m.State(ids[0]) != StateBackup {
		t.Errorf("state is %s", m.State(ids[0]))
	}
	rejected := AdvertRejected{ids[0], packet.Verdict{Reason: packet.ReasonTTL, Src: peerIP}}
	check("rejected adverts", func() { m.Step(now, rejected) })
}

// TestRejectedAdvertsChangeNothing in any state: only their counter.
func TestRejectedAdvertsChangeNothing(t *testing.T) {
	for name, prepare := range map[string]func(m *Machine, id InstanceID, now time.Time){
		"master":            func(*Machine, InstanceID, time.Time) {},
		"backup":            func(m *Machine, id InstanceID, now time.Time) { m.Step(now, heard(id, 200)) },
		"backup after zero": func(m *Machine, id InstanceID, now time.Time) { m.Step(now, heard(id, 200)); m.Step(now, heard(id, 0)) },
		"fault": func(m *Machine, id InstanceID, now time.Time) {
			m.Step(now, FaultChanged{Instance: id, Fault: FaultInterfaceDown, Set: true})
		},
	} {
		m, now := started(1, Config{})
		id := m.Instances()[0]
		prepare(m, id, now)
		before, _ := m.Status(id)
		deadline, running := m.NextDeadline()
		for r := packet.Reason(1); r < packet.NumReasons; r++ {
			for _, e := range m.Step(now.Add(50*time.Millisecond), AdvertRejected{id, packet.Verdict{Reason: r, Src: peerIP}}) {
				if e.Kind != Log {
					t.Errorf("%s: reason %d has effect %d", name, r, e.Kind)
				}
			}
		}
		after, _ := m.Status(id)
		for r := range after.Counters.Rejected {
			if want := uint64(min(r, 1)); after.Counters.Rejected[r] != want {
				t.Errorf("%s: reason %d counted %d times", name, r, after.Counters.Rejected[r])
			}
		}
		after.Counters = before.Counters
		if after != before {
			t.Errorf("%s: want %+v, got %+v", name, before, after)
		}
		if d, ok := m.NextDeadline(); d != deadline || ok != running {
			t.Errorf("%s: the deadline moved", name)
		}
	}
}

// TestBadInput: values out of range, unknown IDs and events at the wrong time
// are ignored or replaced.
func TestBadInput(t *testing.T) {
	p := params(1, 100)
	p.AdvertInt, p.DownTimerAdverts = 0, -1
	p.Tracks = []Track{{Tracker: 7}, {Tracker: -1}}
	m := New(Config{
		Instances: []Instance{p, p},
		Groups:    []Group{{Name: "G", Members: []int{0, 9, -1, 0}}, {Name: "empty"}, {Name: "G", Members: []int{1}}},
	}, epoch)
	if n := len(m.Step(epoch, heard(0, 50))); n != 0 {
		t.Errorf("%d effects before the start", n)
	}
	m.Start(epoch)
	if n := len(m.Start(epoch)); n != 0 {
		t.Errorf("%d effects of a second start", n)
	}
	for _, e := range []Event{
		heard(99, 1), heard(-1, 1), AdvertRejected{Instance: 99}, AdvertRejected{Instance: 0, Verdict: packet.Verdict{Reason: 200}},
		FaultChanged{Instance: 99, Set: true}, FaultChanged{Instance: 0, Fault: FaultTracker, Set: true},
		SourceChanged{Instance: 99}, TrackerChanged{Tracker: 99}, AddressesLost{Instance: 99, Objects: []int{0}}, AcquireFailed{Instance: 99},
		PriorityChanged{Instance: 0}, PriorityChanged{Instance: 99}, PreemptChanged{Instance: 99}, AnnounceRequested{Instance: 99},
	} {
		if n := len(m.Step(epoch, e)); n != 0 {
			t.Errorf("%T%+v has %d effects", e, e, n)
		}
	}
	for range 1000 {
		at, _ := m.NextDeadline()
		m.Advance(at)
	}
	if _, ok := m.Status(99); ok {
		t.Error("there is a status of an unknown instance")
	}
	m.Step(epoch, Stop{})
	if _, ok := m.NextDeadline(); ok || len(m.Reconfigure(epoch, Config{})) != 0 || len(m.Step(epoch, heard(0, 50))) != 0 {
		t.Error("something happens after the stop")
	}
}

// TestZeroInterval: a master that advertises an interval of zero is not
// believed, since a backup would take over from it at once.
func TestZeroInterval(t *testing.T) {
	m, now := started(1, Config{})
	id := m.Instances()[0]
	m.Step(now, heard(id, 200))
	e := heard(id, 200)
	e.Advert.Interval = 0
	m.Step(now, e)
	if s, _ := m.Status(id); s.ActiveAdverInterval != 100*time.Millisecond {
		t.Errorf("interval is %v", s.ActiveAdverInterval)
	}
}

// TestIDs stay with an instance over reloads, whatever its name and place, and
// are not used again.
func TestIDs(t *testing.T) {
	a, b, c := params(1, 100), params(2, 100), params(3, 100)
	tr := []Tracker{{Kind: TrackScript, Name: "x"}, {Kind: TrackFile, Name: "x"}}
	m := New(Config{Instances: []Instance{a, b}, Trackers: tr}, epoch)
	m.Start(epoch)
	b.Name = "renamed"
	m.Reconfigure(epoch, Config{Instances: []Instance{c, b}, Trackers: []Tracker{tr[1]}})
	if got := m.Instances(); got[0] != 2 || got[1] != 1 {
		t.Errorf("instances: %v", got)
	}
	if got := m.Trackers(); got[0] != 1 {
		t.Errorf("trackers: %v", got)
	}
	m.Reconfigure(epoch, Config{Instances: []Instance{a}, Trackers: tr})
	if got := m.Instances(); got[0] != 3 {
		t.Errorf("instances: %v", got)
	}
	if got := m.Trackers(); got[0] != 2 || got[1] != 1 {
		t.Errorf("trackers: %v", got)
	}
}

func BenchmarkAdvance(b *testing.B) {
	m, now := started(250, Config{Slack: 500 * time.Microsecond})
	for b.Loop() {
		now = now.Add(100 * time.Millisecond)
		m.Advance(now)
	}
}
