package bfd

import (
	"fmt"
	"testing"

	"keepalived/test/lab"
)

// distant are the addresses of two ends with a router between them.
var distant = []struct{ name, ours, theirs, bits, nearHop, farHop string }{
	{"IPv4", "192.0.2.1", "198.51.100.2", "/24", "192.0.2.254", "198.51.100.254"},
	{"IPv6", "2001:db8:1::1", "2001:db8:2::2", "/64", "2001:db8:1::fe", "2001:db8:2::fe"},
}

// newDistantPair is a pair with a router in between; cutting lan isolates us.
func newDistantPair(t *testing.T, family int) *pair {
	t.Helper()
	l, d := lab.New(t), distant[family]
	p := &pair{t: t, lan: l.Segment("near"), a: l.Node("a"), b: l.Node("b")}
	far, router := l.Segment("far"), l.Node("router")
	p.f.ours, p.f.theirs = d.ours, d.theirs
	p.left = p.lan.Attach(p.a, "eth0", d.ours+d.bits, "203.0.113.1/24")
	p.right = p.lan.Attach(router, "eth0", d.nearHop+d.bits)
	far.Attach(router, "eth1", d.farHop+d.bits)
	far.Attach(p.b, "eth0", d.theirs+d.bits)
	router.Run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
	p.a.Run("ip", "route", "add", d.theirs, "via", d.nearHop)
	p.b.Run("ip", "route", "add", d.ours, "via", d.farHop)
	return p
}

// A session over a router (RFC 5883): up, cut, up. Debian's C daemon does not
// know the keyword.
func TestMultihop(t *testing.T) {
	const hops = rates + "multihop\nmax_hops 2\n"
	neighbors := map[string]func(*testing.T, *pair){
		"ours": func(t *testing.T, p *pair) {
			p.b.Daemon(lab.Ours(t), instance("peer", p.f.theirs, p.f.ours, hops))
		},
		"FRR": func(t *testing.T, p *pair) {
			startFRR(t, p.b, fmt.Sprintf("bfd\n peer %s multihop local-address %s\n  receive-interval 200\n  transmit-interval 200\n  detect-multiplier 5\n  minimum-ttl 250\n  no shutdown\n", p.f.ours, p.f.theirs))
		},
	}
	for family, d := range distant {
		for name, start := range neighbors {
			t.Run(d.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := newDistantPair(t, family)
				start(t, p)
				p.start(hops)
				p.up(0)
				mark := p.ours.Log.Mark()
				p.lan.Cut(p.left, p.right)
				p.down(mark, expired)
				mark = p.ours.Log.Mark()
				p.lan.Heal()
				p.up(mark)
			})
		}
	}
}

// A packet that came further than max_hops allows is no packet of the session.
func TestTooManyHops(t *testing.T) {
	t.Parallel()
	p := newDistantPair(t, 0)
	p.b.Daemon(lab.Ours(t), instance("peer", p.f.theirs, p.f.ours, rates+"multihop\nmax_hops 2\n"))
	p.start(rates + "multihop\nmax_hops 0\n")
	p.ours.Log.Wait("Discarding packet from " + p.f.theirs + " (TTL too low)")
	if p.ours.Log.Count(0, "(peer) Entering Up state") > 0 || p.a.HasAddr(vip) {
		t.Error("the session is up")
	}
}
