package outages

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"keepalived/test/lab"
)

var processOutages = []outage{
	{"child killed", "VRRP child killed, lone node, adverts every second", childKilled},
	{"child stopped", "VRRP child stopped while a backup listens, adverts every second", func(s *site) {
		s.childStuck(func(d *lab.Daemon) { d.Pause(lab.VRRP) })
	}},
	{"child loops", "VRRP child in an endless loop while a backup listens, adverts every second", func(s *site) {
		s.childStuck(func(d *lab.Daemon) { d.Spin(lab.VRRP, "keepalived/internal/poller.(*Poller).Wait") })
	}},
	{"all killed", "everything killed -9, a new start at once, twenty times", allKilled},
	{"all killed for good", "everything killed -9 and not started again, `vip_lifetime 3` (ours only)", addressesExpire},
	{"second daemon", "a second daemon is started", secondDaemon},
}

func childKilled(s *site) {
	s.interval = time.Second
	d := s.a
	d.master()
	first := d.advertises(time.Now())
	watch := d.WatchAddrs()
	old := d.daemon.Process(lab.VRRP)
	start := time.Now()
	d.daemon.KillChild(lab.VRRP)
	s.newChild(d, old.PID)
	d.advertises(start)
	d.advertises(time.Now().Add(s.interval))
	silence := d.gap(first.At)
	s.measured("longest time between adverts beyond the interval", max(0, silence-s.interval), 800*time.Millisecond)
	s.measured("client without answer", s.ping.OutageSince(start), time.Second+leeway())
	s.saw(!dropped(watch, vip), "address kept", "address dropped")
}

// newChild waits for the successor of the VRRP process.
func (s *site) newChild(d *director, old int) {
	s.Helper()
	lab.Wait(s, lab.Patience, "a new VRRP process", func() bool {
		for _, p := range d.daemon.Processes() {
			if p.PID == old {
				return false
			}
		}
		return d.daemon.Process(lab.VRRP).PID != old
	})
}

// childStuck: the C daemon leaves it at that, so it is observed for a while.
func (s *site) childStuck(stick func(*lab.Daemon)) {
	const observed = 10 * time.Second
	s.interval = time.Second
	s.pair()
	d := s.a
	old := d.daemon.Process(lab.VRRP)
	stick(d.daemon)
	// A loop that was waiting may still do what it was waiting for.
	start := time.Now()
	if happens(s.interval*5/4, func() bool { return len(d.adverts(start)) > 0 }) {
		start = d.adverts(start)[0].At
	}
	replaced := observed
	for time.Since(start) < observed {
		// The kernel's time: this test may have to wait for a processor itself.
		if again := s.frames.Select(lab.After(start.Add(s.interval/2)), lab.From(d.Node), lab.Alive); len(again) > 0 {
			replaced = again[0].At.Sub(start)
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if replaced == observed {
		s.note(false, "not noticed in 10 s", "replaced")
		s.saw(!d.HasAddr(vip) || !s.b.HasAddr(vip), "one master", "both have the address")
		return
	}
	s.measured("advertises again after", replaced, 3*time.Second)
	s.newChild(d, old.PID)
	s.alone(s.a, s.b)
	s.saw(len(s.frames.Select(lab.From(s.b.Node), lab.After(start), lab.Alive)) == 0, "the backup never took over", "the backup took over")
}

func allKilled(s *site) {
	d := s.a
	d.master()
	n, started := 20, 0
	for range n {
		d.daemon.Kill9()
		now := time.Now()
		d.start()
		lab.Wait(s, lab.Patience, "the new daemon advertises or gives up", func() bool {
			_, ok := s.frames.Last(lab.After(now), lab.From(d.Node), lab.Alive)
			return ok || !d.daemon.Running()
		})
		if d.daemon.Running() {
			started++
		}
	}
	s.counted("starts that succeeded", started, n)
	if started == n {
		d.inCharge()
	}
}

// addressesExpire: while the daemon lives its address stays, then it goes.
func addressesExpire(s *site) {
	d := s.a
	if !s.program.IsC {
		d.global = "vip_lifetime 3\n"
	}
	d.master()
	watch := d.WatchAddrs()
	d.intervals(35)
	s.saw(!dropped(watch, vip), "address kept while alive", "address dropped while alive")
	at := d.daemon.Kill9()
	if happens(8*time.Second, func() bool { return !d.HasAddr(vip) }) {
		s.measured("address gone after", time.Since(at), 4500*time.Millisecond)
	} else {
		s.note(false, "address stranded", "gone")
	}
}

// secondDaemon: one that has the same pid files, and one that only shares that of
// the VRRP process.
func secondDaemon(s *site) {
	d := s.a
	d.master()
	start := time.Now()
	for _, o := range []struct {
		role lab.Role
		file string
		args []string
	}{{lab.Parent, "keepalived.pid", nil}, {lab.VRRP, "vrrp.pid", []string{"-p", "/run/other.pid"}}} {
		inTheWay := d.daemon.Process(o.role)
		second := d.Node.Daemon(s.program, d.config(), lab.Args(o.args...))
		lab.Wait(s, lab.Patience, "the second daemon has ended", func() bool { return !second.Running() })
		s.saw(logged(second, 0, "already running"), "refused", "not refused")
		s.saw(happens(5*time.Second, func() bool { return says(second, o.file, inTheWay.Inner) }),
			"names "+o.file+" and its process", "does not name the file and the process in its way")
		s.saw(d.daemon.Process(o.role) == inTheWay, "the first one goes on", "the first one has lost its pid file")
	}
	d.intervals(4)
	d.steady(start)
}

// says tells whether one line of a daemon's log names a file and a process.
func says(d *lab.Daemon, file string, pid int) bool {
	number := regexp.MustCompile(fmt.Sprintf(`\b%d\b`, pid))
	return slices.ContainsFunc(d.Log.Since(0), func(l lab.Line) bool {
		_, after, ok := strings.Cut(l.Text, file)
		return ok && number.MatchString(after)
	})
}

// logged waits for a text in what a daemon has logged since mark: a line takes a
// moment to get here.
func logged(d *lab.Daemon, mark int, text string) bool {
	return happens(lab.Patience, func() bool { return d.Log.Count(mark, text) > 0 })
}
