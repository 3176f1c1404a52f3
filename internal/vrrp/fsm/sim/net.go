// Package sim runs routers with a state machine each on a network that exists
// only in memory, in virtual time. It serves the tests of package fsm.
package sim

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"keepalived/internal/vrrp/fsm"
)

// Epoch is when virtual time begins.
var Epoch = time.Unix(1_000_000_000, 0)

// Net is a network segment with routers and one client.
type Net struct {
	Now     time.Time
	Routers []*Router
	// Latency of a packet: the least, and what chance adds at most.
	Latency, Jitter time.Duration
	// Loss and Duplicate are probabilities of each delivery.
	Loss, Duplicate float64
	Rand            *rand.Rand
	// Trace is called with each visible reaction; nil: nobody looks.
	Trace func(r *Router, line string)

	// Cache is where the client believes each virtual router to be, by VRID.
	Cache map[uint8]*Router

	queue deliveries
	sent  int
	cut   map[[2]string]bool
}

// New makes a network without routers.
func New(seed uint64) *Net {
	return &Net{
		Now: Epoch, Latency: 50 * time.Microsecond,
		Rand:  rand.New(rand.NewPCG(seed, 1)),
		Cache: map[uint8]*Router{},
		cut:   map[[2]string]bool{},
	}
}

// Client is the name under which links to the client are cut.
const Client = "client"

// Add connects a router that has not been started.
func (n *Net) Add(name string, cfg fsm.Config) *Router {
	r := &Router{Name: name, Config: cfg, net: n, Holds: map[uint8]bool{}}
	n.Routers = append(n.Routers, r)
	return r
}

// Cut stops packets from one node to another, until Heal.
func (n *Net) Cut(from, to string) { n.cut[[2]string{from, to}] = true }

// Heal repairs all links.
func (n *Net) Heal() { clear(n.cut) }

// delivery is an advert on its way.
type delivery struct {
	at    time.Time
	order int // of sending, so that equal times have one order
	to    *Router
	ad    advert
}

type advert struct {
	vrid     uint8
	src      netip.Addr
	priority uint8
	interval time.Duration
	datagram []byte // signed
}

type deliveries []delivery

func (d deliveries) Len() int      { return len(d) }
func (d deliveries) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d deliveries) Less(i, j int) bool {
	if !d[i].at.Equal(d[j].at) {
		return d[i].at.Before(d[j].at)
	}
	return d[i].order < d[j].order
}
func (d *deliveries) Push(x any) { *d = append(*d, x.(delivery)) }
func (d *deliveries) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

// transmit sends an advert from r to everybody, or to one address.
func (n *Net) transmit(r *Router, ad advert, to netip.Addr) {
	for _, o := range n.Routers {
		if o == r || to.IsValid() && !o.owns(to) || n.cut[[2]string{r.Name, o.Name}] {
			continue
		}
		ad.datagram = r.datagram(ad.vrid, o)
		copies := 1
		if n.Duplicate > 0 && n.Rand.Float64() < n.Duplicate {
			copies = 2
		}
		for range copies {
			if n.Loss > 0 && n.Rand.Float64() < n.Loss {
				continue
			}
			n.sent++
			heap.Push(&n.queue, delivery{n.Now.Add(n.delay()), n.sent, o, ad})
		}
	}
}

func (n *Net) delay() time.Duration {
	if n.Jitter == 0 {
		return n.Latency
	}
	return n.Latency + time.Duration(n.Rand.Int64N(int64(n.Jitter)))
}

// announced is a gratuitous ARP that the client may hear.
func (n *Net) announced(r *Router, vrid uint8) {
	if !n.cut[[2]string{r.Name, Client}] && (n.Loss == 0 || n.Rand.Float64() >= n.Loss) {
		n.Cache[vrid] = r
	}
}

// Run lets time pass. Packets that arrive when a timer is due come first.
func (n *Net) Run(d time.Duration) {
	end := n.Now.Add(d)
	for {
		r, at := n.nextTimer()
		if len(n.queue) > 0 && (r == nil || !n.queue[0].at.After(at)) {
			r, at = nil, n.queue[0].at
		} else if r == nil {
			break
		}
		if at.After(end) {
			break
		}
		if at.After(n.Now) {
			n.Now = at
		}
		if r != nil {
			r.advance()
		} else {
			d := heap.Pop(&n.queue).(delivery)
			d.to.receive(d.ad)
		}
	}
	n.Now = end
}

func (n *Net) nextTimer() (next *Router, at time.Time) {
	for _, r := range n.Routers {
		if !r.Running() || r.paused {
			continue
		}
		if t, ok := r.Machine.NextDeadline(); ok && (next == nil || t.Add(r.slept).Before(at)) {
			next, at = r, t.Add(r.slept)
		}
	}
	return next, at
}

// Summary is the states of all routers, for failure messages.
func (n *Net) Summary() string {
	var b strings.Builder
	for _, r := range n.Routers {
		fmt.Fprintf(&b, "  %s\n", r)
	}
	return b.String()
}
