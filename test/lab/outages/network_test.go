package outages

import (
	"net"
	"strings"
	"time"

	"keepalived/test/lab"
)

var networkOutages = []outage{
	{"split healed", "two masters that do not hear each other, then do (IPv4)", splitHealed},
	{"pause 2 s", "the master's processes paused for 2 s, adverts every second", func(s *site) { s.paused(2 * time.Second) }},
	{"pause 6 s", "the master's processes paused for 6 s, adverts every second", func(s *site) { s.paused(6 * time.Second) }},
	{"flaps", "the master's cable pulled and put back twenty times", flaps},
	{"loss", "30 % of the frames between the directors lost for 20 s", loss},
}

// splitHealed: when the loser steps down at the first advert that it hears, the
// winner has never heard of it. The network must learn where the address is.
func splitHealed(s *site) {
	s.interval = time.Second
	s.pair()
	for range times(5, 1) {
		s.lan.Cut(s.a.link, s.b.link)
		s.b.WaitAddr(vip)
		lab.Wait(s, lab.Patience, "the client asks the loser", func() bool { return s.neighbour() == s.b.link.MAC.String() })
		healed := time.Now()
		s.lan.Heal()
		s.b.WaitNoAddr(vip)
		s.a.advertises(time.Now())
		right := healed
		lab.Wait(s, lab.Patience, "the client asks the winner", func() bool {
			right = time.Now()
			return s.neighbour() == s.a.link.MAC.String()
		})
		s.ping.WaitAnswer(right)
		s.measured("neighbours right after", right.Sub(healed), 2*time.Second+busy)
	}
}

// neighbour is where the client believes the address to be.
func (s *site) neighbour() string {
	out, err := s.client.Output("ip", "neigh", "show", vip, "dev", "eth0")
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(out, "lladdr ")
	mac, err := net.ParseMAC(firstWord(rest))
	if err != nil {
		return ""
	}
	return mac.String()
}

// paused: shorter than the backup's patience nothing happens; longer, it takes
// over and gives back. Never are there two for longer than a moment.
func (s *site) paused(pause time.Duration) {
	s.interval = time.Second
	s.pair()
	start := time.Now()
	s.a.daemon.PauseAll()
	time.Sleep(pause)
	resumed := time.Now()
	s.a.daemon.ResumeAll()
	s.alone(s.a, s.b)
	s.measured("in charge alone again after", time.Since(resumed), 6*time.Second)
	took := len(s.b.adverts(start)) > 0
	if pause < 3*time.Second {
		s.saw(!took, "no takeover", "the peer took over")
		return
	}
	s.saw(took, "taken over", "not taken over")
}

func flaps(s *site) {
	s.pair()
	for range times(20, 5) {
		s.a.link.Unplug()
		time.Sleep(70 * time.Millisecond)
		s.a.link.Plug()
		time.Sleep(130 * time.Millisecond)
	}
	last := time.Now()
	s.alone(s.a, s.b)
	s.measured("in charge alone again after", time.Since(last), 5*time.Second)
}

func loss(s *site) {
	s.pair()
	s.lan.Lose(s.a.link, s.b.link, 30)
	start := time.Now()
	time.Sleep(time.Duration(times(20, 4)) * time.Second)
	s.lan.Heal()
	healed := time.Now()
	s.a.steady(start)
	s.alone(s.a, s.b)
	s.measured("in charge alone after the loss within", time.Since(healed), 5*time.Second)
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
