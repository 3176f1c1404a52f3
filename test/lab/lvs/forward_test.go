package lvs

import (
	"fmt"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// service is a virtual server for port 80 with TCP checks each second.
func (s *site) service(f family, vip, options string, servers ...int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "virtual_server %s 80 {\ndelay_loop 1\nlvs_sched rr\nprotocol TCP\n%s\n", vip, options)
	for _, i := range servers {
		fmt.Fprintf(&b, "real_server %s 80 {\nTCP_CHECK {\nconnect_timeout 1\nretry 0\nwarmup 0\n}\n}\n", s.real(f, i))
	}
	return b.String() + "}\n"
}

// method is a way in which the director hands packets on.
type method struct {
	name   string
	lvs    string // value of lvs_method
	behind bool   // the servers answer through the director
	// accept makes a server take packets for the virtual address; nil for one
	// that gets them with its own.
	accept func(s *site, server int, f family, vip string)
}

var methods = []method{
	{name: "NAT", lvs: "NAT", behind: true},
	{name: "DR", lvs: "DR", accept: (*site).acceptOnLoopback},
	{name: "TUN", lvs: "TUN", accept: tunnel("ipip", "ip6tnl", "")},
	{name: "GUE", lvs: "TUN type gue port 5555", accept: tunnel("ipip", "ip6tnl", "gue")},
	{name: "GRE", lvs: "TUN type gre", accept: tunnel("gre", "ip6gre", "")},
}

// acceptOnLoopback gives a server the virtual address where nobody asks for it.
func (s *site) acceptOnLoopback(server int, f family, vip string) {
	r := s.reals[server-1]
	sysctl(s.t, r, "net/ipv4/conf/all/arp_ignore", "1")
	sysctl(s.t, r, "net/ipv4/conf/all/arp_announce", "2")
	r.Run("ip", "addr", "add", f.host(vip), "dev", "lo")
}

// tunnel gives a server the virtual address and the end of a tunnel of a kind,
// by family; encap is what it is wrapped in.
func tunnel(v4, v6, encap string) func(*site, int, family, string) {
	return func(s *site, server int, f family, vip string) {
		s.acceptOnLoopback(server, f, vip)
		r, kind := s.reals[server-1], v4
		if f.v6 {
			kind = v6
		}
		add := []string{"ip", "link", "add", "tun", "type", kind, "local", s.real(f, server), "remote", s.real(f, 0)}
		if encap != "" {
			listen := []string{"ip", "fou", "add", "port", "5555", encap}
			if f.v6 {
				listen = append(listen, "-6")
			}
			r.Run(listen...)
			add = append(add, "encap", encap, "encap-sport", "auto", "encap-dport", "5555")
		}
		if f.v6 && kind == "ip6tnl" {
			add = append(add, "mode", "ip6ip6")
		}
		r.Run(add...)
		sysctl(s.t, r, "net/ipv4/conf/all/rp_filter", "0")
		sysctl(s.t, r, "net/ipv4/conf/tun/rp_filter", "0")
		r.Run("ip", "link", "set", "tun", "up")
	}
}

// lives plays a site's life: both servers answer, one dies and comes back, both
// die and the sorry server answers, both come back.
func (s *site) lives(vip string, one, two *web, sorry string) {
	s.t.Helper()
	s.answers(vip, one.name, two.name)
	one.die()
	s.answers(vip, two.name)
	one.start()
	s.answers(vip, one.name, two.name)
	one.die()
	two.die()
	s.answers(vip, sorry)
	one.start()
	two.start()
	s.answers(vip, one.name, two.name)
}

// A client fetches pages through the virtual address in each way of forwarding
// and both families, while servers die and come back.
func TestKernelForwarding(t *testing.T) {
	needGuest(t)
	for _, m := range methods {
		for _, f := range families {
			t.Run(m.name+"/"+f.name, func(t *testing.T) { forwarded(t, ours(), m, f) })
		}
	}
	t.Run("NAT/C", func(t *testing.T) { forwarded(t, theC(), methods[0], families[0]) })
	t.Run("TUN/C", func(t *testing.T) { forwarded(t, theC(), methods[2], families[1]) })
}

func forwarded(t *testing.T, p lab.Program, m method, f family) {
	s := newSite(t, 3, m.behind)
	vip := f.front(vipHost)
	s.serve(f, vip)
	var webs []*web
	for i, r := range s.reals {
		if m.accept != nil {
			m.accept(s, i+1, f, vip)
		}
		webs = append(webs, newWeb(t, r, "80"))
	}
	d := s.dir.Daemon(p, s.service(f, vip, fmt.Sprintf("lvs_method %s\nsorry_server %s 80", m.lvs, s.real(f, 3)), 1, 2))
	s.lives(vip, webs[0], webs[1], "r3")
	d.Stop()
	if left := table(t, s.dir); len(left) > 0 {
		t.Errorf("left after the stop: %q", left)
	}
}
