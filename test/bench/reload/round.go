package main

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

const interval = 10 * time.Millisecond

const instanceText = `vrrp_instance VI {
  interface eth0
  virtual_router_id 7
  version 3
  advert_int 0.01
  state MASTER
  priority %d
  virtual_ipaddress {
    192.0.2.100/24
  }
}
`

const serverText = `virtual_server 10.%d.%d.%d 80 {
  delay_loop 6
  lb_algo rr
  lb_kind DR
  protocol TCP
  real_server 10.200.0.1 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 3
    }
  }
  real_server 10.200.0.2 80 {
    weight 1
    TCP_CHECK {
      connect_timeout 3
    }
  }
}
`

func config(priority, servers int) string {
	var b strings.Builder
	fmt.Fprintf(&b, instanceText, priority)
	for i := range servers {
		fmt.Fprintf(&b, serverText, 20+i/62500, i/250%250, i%250+1)
	}
	return b.String()
}

// hold is how long a gap between two adverts was beyond the interval, and the
// machine's own part in it.
type hold struct{ by, machine time.Duration }

func (h hold) String() string {
	return fmt.Sprintf("%.2f ms (the machine %.2f)", ms(h.by), ms(h.machine))
}

// result is one round.
type result struct {
	before, during hold
	// changed is how long after the signal the new priority was advertised.
	changed time.Duration
}

func (r result) String() string {
	return fmt.Sprintf("held up without a reload %v, while reloading %v; new priority after %.0f ms", r.before, r.during, ms(r.changed))
}

// watched is how long a daemon is watched without a reload.
const watched = 5 * time.Second

// round starts a daemon and has it reload. Only the VRRP part is run: the kernel
// may know nothing of IPVS.
func round(p lab.Program, servers int) (r result, err error) {
	err = lab.Run("round", func(t lab.TB) {
		l := lab.New(t)
		lan, a := l.Segment("lan"), l.Node("a")
		lan.Attach(a, "eth0", "192.0.2.1/24")
		frames := lan.Capture()
		d := a.Daemon(p, config(150, servers), lab.Args("-P"))
		frames.Wait(time.Minute, "adverts", lab.From(a), lab.Priority(150))
		time.Sleep(watched) // the start of the other processes
		start := time.Now()
		time.Sleep(watched)
		reload := time.Now()
		d.Configure(config(151, servers))
		d.Reload()
		first := frames.Wait(time.Minute, "the new priority", lab.From(a), lab.Priority(151), lab.After(reload))
		end := first.At.Add(time.Second)
		time.Sleep(time.Until(end))
		r.before = worst(frames, a, start, reload)
		r.during = worst(frames, a, reload, end)
		r.changed = first.At.Sub(reload)
	})
	return r, err
}

// worst is the longest gap between two adverts that ended within a time.
func worst(frames *lab.Capture, from *lab.Node, after, before time.Time) (h hold) {
	var last time.Time
	for _, f := range frames.Frames(0) {
		if f.Advert == nil || !lab.From(from)(&f) {
			continue
		}
		if by := f.At.Sub(last) - interval; f.At.After(after) && f.At.Before(before) && by > h.by {
			h = hold{by, machine.Within(last, f.At)}
		}
		last = f.At
	}
	return h
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
