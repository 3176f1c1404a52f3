package outages

import (
	"errors"
	"net"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var removalOutages = []outage{
	{"address deleted", "VIP of a stable master deleted by somebody else", addressDeleted},
	{"route deleted", "virtual route of a stable master deleted by somebody else", func(s *site) {
		s.a.instance = "virtual_routes {\n    198.51.100.0/24 via 192.0.2.3 dev eth0\n}\n"
		route := &netlink.Route{Dst: prefix("198.51.100.0/24")}
		s.removed("198.51.100.0/24", func() error { return netlink.RouteDel(route) }, func() (bool, error) {
			got, err := netlink.RouteListFiltered(unix.AF_INET, route, netlink.RT_FILTER_DST)
			return len(got) > 0, err
		})
	}},
	{"rule deleted", "virtual rule of a stable master deleted by somebody else", func(s *site) {
		s.a.instance = "virtual_rules {\n    from 198.51.100.0/24 lookup main priority 1234\n}\n"
		rule := netlink.NewRule()
		rule.Priority, rule.Family = 1234, unix.AF_INET
		s.removed("1234", func() error { return netlink.RuleDel(rule) }, func() (bool, error) {
			got, err := netlink.RuleListFiltered(unix.AF_INET, rule, netlink.RT_FILTER_PRIORITY)
			return len(got) > 0, err
		})
	}},
	{"deleted again and again", "VIP deleted six times in ten seconds", deletedAgain},
}

func prefix(text string) *net.IPNet {
	_, p, err := net.ParseCIDR(text)
	if err != nil {
		panic(err)
	}
	return p
}

// addressDeleted is measured with the kernel's time of the gratuitous ARP.
func addressDeleted(s *site) {
	addr, err := netlink.ParseAddr(vip + "/24")
	if err != nil {
		s.Fatalf("%v", err)
	}
	eth0 := func() (netlink.Link, error) { return netlink.LinkByName("eth0") }
	began := s.removed(vip, func() error {
		link, err := eth0()
		if err != nil {
			return err
		}
		return netlink.AddrDel(link, addr)
	}, func() (bool, error) {
		link, err := eth0()
		if err != nil {
			return false, err
		}
		all, err := netlink.AddrList(link, unix.AF_INET)
		return slices.ContainsFunc(all, func(a netlink.Addr) bool { return a.IP.Equal(addr.IP) }), err
	})
	announced := s.frames.Select(lab.After(began), lab.From(s.a.Node), lab.Announces(vip))
	if len(announced) == 0 {
		s.note(false, "not announced", "a gratuitous ARP")
	} else {
		s.measured("announced after", announced[0].At.Sub(began), 100*time.Millisecond+machine.Worst(began))
	}
	s.measured("client without answer", s.ping.OutageSince(began), 300*time.Millisecond+leeway())
}

// ahead gives the calling thread real-time priority, where that is permitted, until
// the function that it returns is called.
func ahead() func() {
	usual := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}
	first := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 50}
	unix.SchedSetAttr(0, &first, 0)
	return func() { unix.SchedSetAttr(0, &usual, 0) }
}

// removed deletes something that the master has set; both functions run in its
// node.
func (s *site) removed(name string, remove func() error, present func() (bool, error)) (began time.Time) {
	s.Helper()
	d := s.a
	s.pair()
	there := func() bool {
		ok := false
		err := d.Do(func() (err error) {
			ok, err = present()
			return err
		})
		if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
			s.Fatalf("looking for %s: %v", name, err)
		}
		return ok
	}
	lab.Wait(s, lab.Patience, name+" is set", there)
	mark := d.daemon.Log.Mark()
	restored := time.Duration(-1)
	err := d.Do(func() error {
		// What the daemon does must not wait for who measures it.
		defer ahead()()
		began = time.Now()
		if err := remove(); err != nil {
			return err
		}
		for time.Since(began) < lab.Patience {
			ok, err := present()
			if errors.Is(err, netlink.ErrDumpInterrupted) {
				ok, err = false, nil // it is being changed: look again
			}
			if ok || err != nil {
				restored = time.Since(began)
				return err
			}
			pause := unix.NsecToTimespec(int64(time.Millisecond))
			unix.Nanosleep(&pause, nil)
		}
		return nil
	})
	if err != nil || restored < 0 {
		s.Fatalf("deleting %s and looking for it: there again %v, %v", name, restored >= 0, err)
	}
	s.advertised()
	most := 100*time.Millisecond + machine.Worst(began)
	if *report == "" {
		most += busy
	}
	s.measured("there again after", restored, most)
	s.saw(!d.resigned(began) && len(s.b.adverts(began)) == 0, "mastership kept", "given to the peer")
	if !s.program.IsC {
		s.saw(logged(d.daemon, mark, name), "named in the log", "not named in the log")
	}
	return began
}

// advertised waits for three adverts of whoever is in charge.
func (s *site) advertised() {
	s.Helper()
	for range 3 {
		s.frames.Wait(lab.Patience, "an advert", lab.After(time.Now()), lab.Alive)
	}
}

// deletedAgain: somebody means it. The master gives way, and tries again if
// nobody takes over within its skew time.
func deletedAgain(s *site) {
	s.pair()
	start := time.Now()
	for i := range 6 {
		if s.a.HasAddr(vip) {
			s.a.Output("ip", "addr", "del", vip+"/24", "dev", "eth0")
		}
		if i < 5 && !s.program.IsC {
			lab.Wait(s, lab.Patience, "the address is there again", func() bool { return s.a.HasAddr(vip) })
		}
	}
	s.saw(s.gaveWay(start), "priority 0 sent at the sixth", "no priority 0")
	if !s.program.IsC {
		s.saw(logged(s.a.daemon, 0, "giving way") && s.a.daemon.Log.Count(0, "giving way") == 1, "said so once", "not said once")
	}
	s.inChargeAnyone(start)
}

// gaveWay waits a moment for the goodbye of the higher one.
func (s *site) gaveWay(start time.Time) bool {
	return happens(time.Second, func() bool { return s.a.resigned(start) })
}

// inChargeAnyone waits until one of them answers.
func (s *site) inChargeAnyone(start time.Time) {
	s.Helper()
	s.ping.WaitAnswer(time.Now())
	s.measured("client without answer", s.ping.OutageSince(start), time.Second+leeway())
}
