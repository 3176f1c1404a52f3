package outages

import (
	"fmt"
	"net"
	"strings"
	"time"

	"keepalived/test/lab"
)

var networkOutages = []outage{
	{"split healed", "two masters that do not hear each other, then do", splitHealed},
	{"split healed IPv6", "the same with IPv6", splitHealed6},
	{"pause 2 s", "the master's processes paused for 2 s, adverts every second", func(s *site) { s.paused(2 * time.Second) }},
	{"pause 6 s", "the master's processes paused for 6 s, adverts every second", func(s *site) { s.paused(6 * time.Second) }},
	{"flaps", "the master's cable pulled and put back twenty times", flaps},
	{"loss", "30 % of the frames between the directors lost for 20 s", loss},
}

// splitHealed: when the loser steps down at the first advert that it hears, the
// winner has never heard of it. The network must learn where the address is.
func splitHealed(s *site) { s.heal(vip) }

func splitHealed6(s *site) {
	s.a.rest, s.b.rest = s.second6(highest), s.second6(lowest)
	s.client.Ping(vip6, pings)
	s.heal(vip6)
}

// second6 is an instance with an IPv6 address.
func (s *site) second6(priority int) string {
	return fmt.Sprintf(`
vrrp_instance VI_6 {
    state BACKUP
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int 1
    virtual_ipaddress {
        fe80::51
        %s/64
    }
}
`, vrid, priority, vip6)
}

func (s *site) heal(addr string) {
	s.Helper()
	s.interval = time.Second
	s.pair()
	s.a.WaitAddr(addr)
	for range times(5, 1) {
		s.b.WaitNoAddr(addr)
		s.lan.Cut(s.a.link, s.b.link)
		s.b.WaitAddr(addr)
		lab.Wait(s, lab.Patience, "the client asks the loser", func() bool { return s.neighbour(addr) == s.b.link.MAC.String() })
		healed := time.Now()
		s.lan.Heal()
		s.b.WaitNoAddr(addr)
		right := healed
		lab.Wait(s, lab.Patience, "the client asks the winner", func() bool {
			right = time.Now()
			return s.neighbour(addr) == s.a.link.MAC.String()
		})
		s.measured("neighbours right after", right.Sub(healed), 2*time.Second+busy)
	}
}

// neighbour is where the client believes an address to be.
func (s *site) neighbour(addr string) string {
	out, err := s.client.Output("ip", "neigh", "show", addr, "dev", "eth0")
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
	// The last frames of a router that was master for a moment may have misled
	// the client, and those that would put it right may have been lost: it asks
	// again after five seconds by itself.
	s.measured("in charge alone after", time.Since(healed), 7*time.Second)
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
