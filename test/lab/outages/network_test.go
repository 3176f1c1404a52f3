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
	{"split healed one way", "the same, but the winner hears the loser only from its second advert on", splitHealedOneWay},
	{"split healed one way IPv6", "that with IPv6", splitHealedOneWay6},
	{"pause 2 s", "the master's processes paused for 2 s, adverts every second", func(s *site) { s.paused(2 * time.Second) }},
	{"pause 6 s", "the master's processes paused for 6 s, adverts every second", func(s *site) { s.paused(6 * time.Second) }},
	{"flaps", "the master's cable pulled and put back twenty times", flaps},
	{"loss", "30 % of the frames between the directors lost for 20 s", func(s *site) { s.loss(vip) }},
	{"loss IPv6", "the same with IPv6", loss6},
}

// splitHealed: when the loser steps down at the first advert that it hears, the
// winner has never heard of it. The network must learn where the address is.
func splitHealed(s *site) {
	s.interval = time.Second
	s.heal(vip, false)
}

func splitHealed6(s *site) {
	s.interval = time.Second
	s.both6()
	s.heal(vip6, false)
}

func splitHealedOneWay(s *site) {
	s.interval = time.Second
	s.heal(vip, true)
}

func splitHealedOneWay6(s *site) {
	s.interval = time.Second
	s.both6()
	s.heal(vip6, true)
}

// both6 gives both directors an instance with an IPv6 address, which the client
// asks as well.
func (s *site) both6() {
	s.a.rest, s.b.rest = s.second6(highest), s.second6(lowest)
	s.client.Ping(vip6, pings)
}

func (s *site) second6(priority int) string {
	return fmt.Sprintf(`
vrrp_instance VI_6 {
    state BACKUP
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int %g
    virtual_ipaddress {
        fe80::51
        %s/64
    }
}
`, vrid, priority, s.interval.Seconds(), vip6)
}

// heal cuts the directors off from each other and joins them; with oneWay the
// loser hears the winner first, and gives way before the winner can hear it.
func (s *site) heal(addr string, oneWay bool) {
	s.Helper()
	// The second announcement of a master that has just begun must not do by
	// chance what is asked here.
	s.a.global = "vrrp_garp_master_delay 0\n"
	s.pair()
	s.a.WaitAddr(addr)
	for range times(5, 1) {
		s.b.WaitNoAddr(addr)
		s.lan.Cut(s.a.link, s.b.link)
		s.b.WaitAddr(addr)
		s.clientAsks(addr, s.b)
		if oneWay {
			s.lan.HealOneWay(s.a.link, s.b.link)
			s.b.WaitNoAddr(addr)
			s.a.advertises(time.Now())
		}
		healed := time.Now()
		s.lan.Heal()
		s.b.WaitNoAddr(addr)
		s.rightAfter(addr, healed)
	}
}

// rightAfter measures, with the kernel's times, how long after a time neighbours go
// on asking the loser: until the winner's first announcement after its last.
func (s *site) rightAfter(addr string, healed time.Time) {
	s.Helper()
	s.clientAsks(addr, s.a)
	right := time.Since(healed)
	var announced []lab.Frame
	if !happens(6*time.Second, func() bool {
		last, _ := s.frames.Last(lab.From(s.b.Node), lab.Announces(addr))
		announced = s.frames.Select(lab.After(last.At), lab.From(s.a.Node), lab.Announces(addr))
		return len(announced) > 0
	}) {
		s.note(false, fmt.Sprintf("nothing announced, neighbours right by themselves after %.2f s", right.Seconds()), "an announcement of the winner")
		return
	}
	s.measured("neighbours right after", max(0, announced[0].At.Sub(healed)), 2*time.Second)
}

// clientAsks waits until the client believes an address to be with a director.
func (s *site) clientAsks(addr string, d *director) {
	s.Helper()
	lab.Wait(s, lab.Patience, "the client asks "+d.Name, func() bool { return s.neighbour(addr) == d.link.MAC.String() })
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

func loss6(s *site) {
	s.both6()
	s.loss(vip6)
}

// loss: the backup takes over for a moment now and then, and the winner may hear
// neither that nor its goodbye.
func (s *site) loss(addr string) {
	s.Helper()
	s.pair()
	s.a.WaitAddr(addr)
	s.lan.Lose(s.a.link, s.b.link, 30)
	start := time.Now()
	time.Sleep(time.Duration(times(20, 4)) * time.Second)
	s.lan.Heal()
	healed := time.Now()
	s.a.steady(start)
	s.b.WaitNoAddr(addr)
	s.rightAfter(addr, healed)
	s.alone(s.a, s.b)
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
