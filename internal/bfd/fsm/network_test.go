package fsm_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sort"
	"strings"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
)

// epoch is when virtual time begins.
var epoch = time.Unix(1_000_000_000, 0)

// latency is how long a packet travels.
const latency = 100 * time.Microsecond

// network is routers that exist only in memory, in virtual time.
type network struct {
	now     time.Time
	routers map[string]*router
	flying  []flight
	cut     map[[2]string]bool
	out     *strings.Builder
	rand    *rand.Rand
}

type flight struct {
	at   time.Time
	to   *router
	what fsm.Received
}

type router struct {
	net      *network
	name     string
	addr     netip.Addr
	sessions []fsm.Session          // configured
	running  map[string]fsm.Session // in use
	machine  *fsm.Machine           // nil: not running
	saved    []fsm.Saved
	gone     time.Time
	paused   bool
	held     []fsm.Received // came during the pause
	last     map[string]packet.Control
	sent     map[string]int
	hops     uint8 // that its packets pass
}

func newNetwork(out *strings.Builder) *network {
	return &network{now: epoch, routers: map[string]*router{}, cut: map[[2]string]bool{}, out: out, rand: rand.New(rand.NewPCG(1, 2))}
}

func (n *network) add(name string) *router {
	r := &router{net: n, name: name, addr: addressOf(name), last: map[string]packet.Control{}, sent: map[string]int{}}
	n.routers[name] = r
	return r
}

func addressOf(name string) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, name[0] - 'A' + 1}) }

func (n *network) names() (names []string) {
	for name := range n.routers {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// run lets time pass. Packets that arrive when a timer is due come first.
func (n *network) run(d time.Duration) {
	end := n.now.Add(d)
	for {
		r, at := n.nextTimer()
		sort.SliceStable(n.flying, func(i, j int) bool { return n.flying[i].at.Before(n.flying[j].at) })
		if len(n.flying) > 0 && (r == nil || !n.flying[0].at.After(at)) {
			r, at = nil, n.flying[0].at
		} else if r == nil {
			break
		}
		if at.After(end) {
			break
		}
		if at.After(n.now) {
			n.now = at
		}
		if r != nil {
			r.react(r.machine.Advance(n.now))
			continue
		}
		f := n.flying[0]
		n.flying = n.flying[1:]
		f.to.receive(f.what)
	}
	n.now = end
}

func (n *network) nextTimer() (next *router, at time.Time) {
	for _, name := range n.names() {
		r := n.routers[name]
		if r.machine == nil || r.paused {
			continue
		}
		if t, _, ok := r.machine.NextDeadline(); ok && (next == nil || t.Before(at)) {
			next, at = r, t
		}
	}
	return next, at
}

func (r *router) random() uint32 { return r.net.rand.Uint32() }

// start runs the machine; resume as the successor of one that crashed.
func (r *router) start(resume bool) {
	r.machine = fsm.New(r.random)
	if !resume {
		r.saved = nil
	}
	effects := r.machine.Resume(r.net.now, r.gone, r.sessions, r.saved)
	r.adopt()
	r.react(effects)
}

func (r *router) adopt() {
	r.running = map[string]fsm.Session{}
	for _, p := range r.sessions {
		r.running[p.Name] = p
	}
}

func (r *router) crash() { r.machine, r.gone = nil, r.net.now }

// reload lets sessions that end send to their old neighbors.
func (r *router) reload() {
	r.react(r.machine.Reconfigure(r.net.now, r.sessions))
	r.adopt()
}

func (r *router) stop() {
	r.react(r.machine.Stop(r.net.now))
	r.machine = nil
}

// proceed is the end of a pause: what has come meanwhile is read first.
func (r *router) proceed() {
	r.paused = false
	for _, e := range r.held {
		r.receive(e)
	}
	r.held = nil
	r.react(r.machine.Advance(r.net.now))
}

func (r *router) receive(e fsm.Received) {
	switch {
	case r.machine == nil:
	case r.paused:
		r.held = append(r.held, e)
	default:
		r.react(r.machine.Step(r.net.now, e))
	}
}

func (r *router) session(name string) *fsm.Session {
	for i := range r.sessions {
		if r.sessions[i].Name == name {
			return &r.sessions[i]
		}
	}
	return nil
}

func (r *router) react(effects []fsm.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case fsm.Send:
			r.transmit(e)
		case fsm.Changed:
			r.saved = r.machine.Save()
		case fsm.Report:
			r.say("%s report up=%v", e.Session, e.Up)
		case fsm.Entered:
			r.say("%s %v (%v, remote %v)", e.Session, e.State, e.Local, e.Diag)
		case fsm.Expired:
			r.say("%s expired after %v, %v overdue", e.Session, e.After, e.Overdue)
		case fsm.Retimed:
			r.say("%s detection time %v (was %v)", e.Session, e.New, e.Old)
		case fsm.Rejected:
			r.say("rejected from %v, reason %d", e.From, e.Reason)
		case fsm.Forget:
			r.say("%s forgotten", e.Session)
		}
	}
}

// transmit shows packets that say something new.
func (r *router) transmit(e fsm.Send) {
	r.sent[e.Session]++
	shown := e.Packet
	shown.Mine, shown.Yours = 0, 0
	if old, ok := r.last[e.Session]; !ok || old != shown {
		r.last[e.Session] = shown
		r.say("%s sends %v", e.Session, describe(shown))
	}
	p := r.running[e.Session]
	for _, name := range r.net.names() {
		o := r.net.routers[name]
		if o.addr != p.Neighbor || r.net.cut[[2]string{r.name, name}] {
			continue
		}
		what := fsm.Received{Packet: e.Packet, From: r.addr, To: o.addr, TTL: p.TTL - r.hops, Multihop: p.Multihop}
		r.net.flying = append(r.net.flying, flight{r.net.now.Add(latency), o, what})
	}
}

func describe(c packet.Control) string {
	s := fmt.Sprintf("%v tx=%v rx=%v x%d", c.State, c.DesiredMinTx, c.RequiredRx, c.Multiplier)
	for _, f := range []struct {
		set  bool
		name string
	}{{c.Poll, "poll"}, {c.Final, "final"}, {c.Diag != 0, "diag " + fmt.Sprint(uint8(c.Diag))}} {
		if f.set {
			s += " " + f.name
		}
	}
	return s
}

func (r *router) say(format string, args ...any) {
	fmt.Fprintf(r.net.out, "%.4f %s %s\n", r.net.now.Sub(epoch).Seconds(), r.name, fmt.Sprintf(format, args...))
}
