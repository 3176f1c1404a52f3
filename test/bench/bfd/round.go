package main

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

const sessionText = `bfd_instance peer {
  source_ip %s
  neighbor_ip %s
  min_rx %d
  min_tx %d
  multiplier 3
}
`

const instanceText = `vrrp_instance VI {
  interface eth0
  virtual_router_id 7
  version 3
  advert_int 0.2
  priority 100
  virtual_ipaddress {
    192.0.2.100/24
  }
  track_bfd {
    peer
  }
}
`

// round brings a router up, watches it for a while and silences its neighbor.
func round(o options, router, neighbor lab.Program, interval time.Duration) (r result, err error) {
	err = lab.Run("round", func(t lab.TB) {
		l := lab.New(t)
		lan, a, b := l.Segment("lan"), l.Node("a"), l.Node("b")
		lan.Attach(a, "eth0", "192.0.2.1/24")
		lan.Attach(b, "eth0", "192.0.2.2/24")
		frames := lan.Capture()
		frames.KeepAll()
		far := b.Daemon(neighbor, session("192.0.2.2", "192.0.2.1", interval))
		near := a.Daemon(router, session("192.0.2.1", "192.0.2.2", interval)+instanceText)
		a.WaitAddr("192.0.2.100")
		if o.hog {
			hogs(b)
		}
		mark := near.Log.Mark()
		time.Sleep(o.steady)
		r.falls, r.excused = falls(near, mark, interval)
		lab.Wait(t, lab.Patience, "the VIP", func() bool { return a.HasAddr("192.0.2.100") })
		r.late = silence(t, frames, a, b, far) - 3*interval
	})
	return r, err
}

// falls counts those of the session since a mark, and those that came with a
// standstill of the machine, which stopped the highest priority as well for so
// long that a packet could not come in time: two intervals are lost, the third
// is the jitter of the packets. The log tells a moment later.
func falls(d *lab.Daemon, mark int, interval time.Duration) (all, excused int) {
	for _, line := range d.Log.Since(mark) {
		if !strings.Contains(line.Text, "Entering Down state") {
			continue
		}
		all++
		if machine.Within(line.At.Add(-6*interval-logged), line.At) >= interval {
			excused++
		}
	}
	return all, excused
}

// logged is how long a line of the log may take.
const logged = 100 * time.Millisecond

func session(source, neighbor string, interval time.Duration) string {
	return fmt.Sprintf(sessionText, source, neighbor, interval.Milliseconds(), interval.Milliseconds())
}

// silence stops the neighbor and returns the time from its last packet to the
// router's resignation.
func silence(t lab.TB, frames *lab.Capture, a, b *lab.Node, far *lab.Daemon) time.Duration {
	before := time.Now()
	far.PauseAll()
	end := frames.Wait(lab.Patience, "priority 0", lab.From(a), lab.Priority(0), lab.After(before))
	last, ok := frames.Last(lab.From(b), lab.Before(end.At), unicast)
	if !ok {
		t.Fatalf("no packet of the neighbor was seen")
	}
	return end.At.Sub(last.At)
}

// unicast leaves what can only be BFD packets: ARP is decoded, and nothing else
// is sent to a single address here.
func unicast(f *lab.Frame) bool {
	return f.ARP == nil && f.Neighbor == nil && f.Advert == nil && len(f.Dst) > 0 && f.Dst[0]&1 == 0
}
