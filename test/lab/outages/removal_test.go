package outages

import (
	"strings"
	"time"

	"keepalived/test/lab"
)

var removalOutages = []outage{
	{"address deleted", "VIP of a stable master deleted by somebody else", func(s *site) {
		s.removed([]string{"ip", "addr", "del", vip + "/24", "dev", "eth0"}, func(d *director) bool { return d.HasAddr(vip) }, vip)
	}},
	{"route deleted", "virtual route of a stable master deleted by somebody else", func(s *site) {
		s.a.instance = "virtual_routes {\n    198.51.100.0/24 via 192.0.2.3 dev eth0\n}\n"
		s.removed([]string{"ip", "route", "del", "198.51.100.0/24"}, shows("ip", "route", "198.51.100.0/24"), "198.51.100.0/24")
	}},
	{"rule deleted", "virtual rule of a stable master deleted by somebody else", func(s *site) {
		s.a.instance = "virtual_rules {\n    from 198.51.100.0/24 lookup main priority 1234\n}\n"
		s.removed([]string{"ip", "rule", "del", "priority", "1234"}, shows("ip", "rule", "198.51.100.0/24"), "1234")
	}},
	{"deleted again and again", "VIP deleted six times in ten seconds", deletedAgain},
}

// shows tells whether a command of ip(8) prints something.
func shows(ip, what, text string) func(*director) bool {
	return func(d *director) bool {
		out, err := d.Output(ip, what)
		return err == nil && strings.Contains(out, text)
	}
}

func (s *site) removed(command []string, present func(*director) bool, name string) {
	s.Helper()
	s.pair()
	lab.Wait(s, lab.Patience, "all is set", func() bool { return present(s.a) })
	mark := s.a.daemon.Log.Mark()
	start := time.Now()
	s.a.Run(command...)
	deleted := time.Now()
	lab.Wait(s, lab.Patience, "it is there again", func() bool { return present(s.a) })
	restored := time.Since(deleted)
	s.advertised()
	s.measured("there again after", restored, 100*time.Millisecond+busy)
	s.saw(!s.a.resigned(start) && len(s.b.adverts(start)) == 0, "mastership kept", "given to the peer")
	if !s.program.IsC {
		s.saw(logged(s.a.daemon, mark, name), "named in the log", "not named in the log")
	}
	if name == vip {
		s.saw(len(s.frames.Select(lab.After(start), lab.From(s.a.Node), lab.Announces(vip))) > 0, "announced", "not announced")
		s.measured("client without answer", s.ping.OutageSince(start), 300*time.Millisecond)
	}
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
	s.measured("client without answer", s.ping.OutageSince(start), time.Second)
}
