package main

import (
	"fmt"
	"time"

	"keepalived/test/lab"
)

// How the master ends.
const (
	killed  = "kill"
	stopped = "term"
)

const (
	vip            = "192.0.2.100"
	masterPriority = 200
	backupPriority = 100
	settle         = 4 // intervals of a steady master before it ends
)

// contest is what both binaries have to do.
type contest struct {
	kind     string
	interval time.Duration
}

func (c contest) title() string {
	if c.kind == killed {
		return fmt.Sprintf("kill -9, advert_int %g s", c.interval.Seconds())
	}
	return fmt.Sprintf("SIGTERM, advert_int %g s", c.interval.Seconds())
}

// limit is when the backup may take over, after the master's last advert: its
// Active_Down_Interval, or Skew_Time after priority 0 (RFC 9568 6.1).
func (c contest) limit() time.Duration {
	skew := time.Duration(256-backupPriority) * c.interval / 256
	if c.kind == stopped {
		return skew
	}
	return 3*c.interval + skew
}

// result is one round: times over the limit, and memory in bytes.
type result struct {
	advert, vip, garp time.Duration
	rss               int64
	processes         int
	falseMasters      int
}

func (r result) String() string {
	return fmt.Sprintf("advert %+.3f ms  vip %+.3f ms  garp %+.3f ms over the limit, RSS %.1f MB in %d processes",
		ms(r.advert), ms(r.vip), ms(r.garp), float64(r.rss)/1e6, r.processes)
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func (c contest) run(p lab.Program) (r result, err error) {
	err = lab.Run("bench", func(t lab.TB) {
		l := lab.New(t)
		lan := l.Segment("lan")
		master, backup := l.Node("master"), l.Node("backup")
		lan.Attach(master, "eth0", "192.0.2.1/24")
		lan.Attach(backup, "eth0", "192.0.2.2/24")
		frames, addrs := lan.Capture(), backup.WatchAddrs()
		m := master.Daemon(p, c.config(masterPriority))
		b := backup.Daemon(p, c.config(backupPriority))
		m.WaitState("V", "MASTER")
		b.WaitState("V", "BACKUP")
		since := time.Now()
		lab.Wait(t, lab.Patience+settle*c.interval, "a steady master", func() bool {
			return len(frames.Select(lab.After(since), lab.From(master), lab.Alive)) >= settle
		})
		for _, process := range m.Processes() {
			r.rss += process.RSS()
			r.processes++
		}
		r.falseMasters = len(frames.Select(lab.After(since), lab.From(backup), lab.Alive))
		last := c.end(t, m, master, frames)
		r.measure(t, c, last, backup, frames, addrs)
	})
	return r, err
}

// end ends the master and returns its last advert.
func (c contest) end(t lab.TB, m *lab.Daemon, master *lab.Node, frames *lab.Capture) lab.Frame {
	if c.kind == stopped {
		at := time.Now()
		m.Term()
		return frames.Wait(lab.Patience, "priority 0", lab.After(at), lab.From(master), lab.Priority(0))
	}
	m.Kill9()
	last, ok := frames.Last(lab.From(master), lab.Alive)
	if !ok {
		t.Fatalf("the master never advertised")
	}
	return last
}

// measure waits for the takeover and notes how late each part of it was.
func (r *result) measure(t lab.TB, c contest, last lab.Frame, backup *lab.Node, frames *lab.Capture, addrs *lab.AddrWatch) {
	due := last.At.Add(c.limit())
	after := []lab.Match{lab.After(last.At), lab.From(backup)}
	within := lab.Patience + c.limit()
	r.advert = frames.Wait(within, "the backup's advert", append(after, lab.Alive)...).At.Sub(due)
	r.garp = frames.Wait(within, "its gratuitous ARP", append(after, lab.Announces(vip))...).At.Sub(due)
	lab.Wait(t, within, "its address", func() bool { return len(addrs.Events(vip)) > 0 })
	r.vip = addrs.Events(vip)[0].At.Sub(due)
}

func (c contest) config(priority int) string {
	return fmt.Sprintf(`global_defs {
    router_id bench
    vrrp_version 3
}
vrrp_instance V {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority %d
    advert_int %g
    virtual_ipaddress {
        %s/24
    }
}
`, priority, c.interval.Seconds(), vip)
}
