package vrrp

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

const (
	vrid    = 51
	vip     = "192.0.2.100"
	defVIPs = "    virtual_ipaddress {\n        192.0.2.100/24\n    }\n"

	highPriority = 150
	lowPriority  = 100
	interval     = 200 * time.Millisecond
	// early is by how much two clocks of one machine may disagree; late is how
	// long a busy machine may hold up what is due.
	early = 15 * time.Millisecond
	late  = 900 * time.Millisecond
)

// feature is a part of the configuration that two routers share.
type feature struct {
	name   string
	global string // lines of global_defs
	lines  string // lines of the instance; OWN, PEER, OWN6 and PEER6 are addresses
	blocks string // beside the instance
	v2     bool   // version 2 with an interval of 1 s
	newer  bool   // C keepalived 2.2 does not know it
	alone  bool   // the C daemon cannot do it in a namespace
	vips   string // virtual_ipaddress and its like; default defVIPs
	vip    string // one of them, default vip
	silent bool   // the address answers nobody
	// check is asked once each has become master.
	check func(p *pair, master *side)
	// run replaces the handing over.
	run func(p *pair)
}

// side is one router of a pair.
type side struct {
	*router
	priority  int
	own, peer string
	own6      string
	config    string
}

// pair is two routers that share a virtual address, and a client.
type pair struct {
	t         *testing.T
	f         feature
	high, low *side
	lan       *lab.Segment
	frames    *lab.Capture
	client    *lab.Node
}

// newPair makes two routers that run nothing yet.
func newPair(t *testing.T, f feature, high, low lab.Program) *pair {
	t.Helper()
	l := lab.New(t)
	p := &pair{t: t, f: f, lan: l.Segment("lan"), client: l.Node("client")}
	wan := l.Segment("wan")
	make := func(name string, program lab.Program, n, other, priority int) *side {
		s := &side{
			router:   &router{Node: l.Node(name + "-" + program.Name), t: t, lab: l, lan: p.lan, p: program},
			priority: priority, own: fmt.Sprintf("192.0.2.%d", n), peer: fmt.Sprintf("192.0.2.%d", other),
			own6: fmt.Sprintf("fe80::%d", n),
		}
		s.eth0 = p.lan.Attach(s.Node, "eth0", s.own+"/24", fmt.Sprintf("2001:db8::%d/64", n), s.own6+"/64")
		s.eth1 = wan.Attach(s.Node, "eth1", fmt.Sprintf("198.51.100.%d/24", n))
		s.config = p.config(s)
		return s
	}
	p.high, p.low = make("high", high, 1, 2, highPriority), make("low", low, 2, 1, lowPriority)
	p.lan.Attach(p.client, "eth0", "192.0.2.3/24", "2001:db8::3/64")
	p.frames = p.lan.Capture()
	return p
}

// config is the whole configuration of one side.
func (p *pair) config(s *side) string {
	f := p.f
	version, advert := 3, "0.2"
	if f.v2 {
		version, advert = 2, "1"
	}
	vips := f.vips
	if vips == "" {
		vips = defVIPs
	}
	text := fmt.Sprintf("global_defs {\n    router_id lab\n    vrrp_version %d\n    vrrp_notify_fifo /tmp/notify\n    vrrp_garp_master_delay 1\n%s}\n%s", version, f.global, f.blocks) +
		fmt.Sprintf("vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id %d\n    priority %d\n    advert_int %s\n%s%s}\n",
			vrid, s.priority, advert, f.lines, vips)
	return strings.NewReplacer("OWN6", "2001:db8::"+last(s.own), "PEER6", "2001:db8::"+last(s.peer), "OWN", s.own, "PEER", s.peer, "LAST", last(s.own),
		"OTHERPRIO", fmt.Sprint(s.priority)).Replace(text)
}

func last(addr string) string { return addr[strings.LastIndex(addr, ".")+1:] }

func (p *pair) vip() string {
	if p.f.vip != "" {
		return p.f.vip
	}
	return vip
}

func (p *pair) start(s *side) { s.start(s.config) }

// settled waits until one has the address, advertises alone, and answers.
func (p *pair) settled(master, backup *side) {
	p.t.Helper()
	master.daemon.WaitState("VI_1", "MASTER")
	backup.daemon.WaitState("VI_1", "BACKUP")
	p.inCharge(master, backup)
}

func (p *pair) inCharge(master, other *side) {
	p.t.Helper()
	master.WaitAddr(p.vip())
	other.WaitNoAddr(p.vip())
	// A machine that is busy for longer than a takeover takes makes the other
	// one master for a moment.
	for try := 0; ; try++ {
		now := time.Now()
		p.frames.Wait(lab.Patience, "an advert of "+master.Name, lab.After(now), lab.From(master.Node), lab.Alive)
		f, beside := p.frames.Last(lab.After(now), lab.From(other.Node), lab.Alive)
		if !beside {
			break
		}
		if try == 5 {
			p.t.Errorf("%s advertises beside %s: %+v", other.Name, master.Name, *f.Advert)
			break
		}
	}
	p.answers(master)
	if p.f.check != nil {
		p.f.check(p, master)
	}
}

// answers checks that the client reaches the address, or that nobody does.
func (p *pair) answers(master *side) {
	p.t.Helper()
	if strings.Contains(p.vip(), ":") {
		return
	}
	ping := func() bool {
		_, err := p.client.Output("ping", "-c", "1", "-W", "1", p.vip())
		return err == nil
	}
	if p.f.silent {
		if ping() {
			p.t.Errorf("%s answers at %s", master.Name, p.vip())
		}
		return
	}
	lab.Wait(p.t, lab.Patience, master.Name+" answers at "+p.vip(), ping)
}

// handOver lets the address move there and back.
func (p *pair) handOver() {
	p.t.Helper()
	p.start(p.high)
	p.start(p.low)
	p.settled(p.high, p.low)
	p.high.daemon.Stop()
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.inCharge(p.low, p.high)
	p.start(p.high)
	p.settled(p.high, p.low)
}

// advert is the latest one of a router.
func (p *pair) advert(s *side) *lab.Advert {
	p.t.Helper()
	f, ok := p.frames.Last(lab.From(s.Node), lab.Alive)
	if !ok {
		p.t.Fatalf("%s has not advertised", s.Name)
	}
	return f.Advert
}

// pairings are who is against whom.
func pairings(t *testing.T, f feature, run func(t *testing.T, high, low lab.Program)) {
	ours, c := lab.Ours(t), lab.CKeepalived(t)
	list := [][2]lab.Program{{ours, ours}}
	if !f.alone && (!f.newer || !old(c)) {
		list = append(list, [][2]lab.Program{{ours, c}, {c, ours}}...)
	}
	for _, x := range list {
		t.Run(x[0].Name+"-"+x[1].Name, func(t *testing.T) {
			t.Parallel()
			run(t, x[0], x[1])
		})
	}
}

// old reports whether a C daemon is one of before 2.3.
func old(p lab.Program) bool {
	out, _ := exec.Command(p.Path, "-v").CombinedOutput()
	return strings.Contains(string(out), "Keepalived v2.2.")
}

func (f feature) test(t *testing.T) {
	t.Parallel()
	pairings(t, f, func(t *testing.T, high, low lab.Program) {
		p := newPair(t, f, high, low)
		if f.run != nil {
			f.run(p)
			return
		}
		p.handOver()
	})
}

func runFeatures(t *testing.T, list []feature) {
	t.Parallel()
	for _, f := range list {
		t.Run(f.name, f.test)
	}
}
