package sim

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// Router is a process with a state machine.
type Router struct {
	Name    string
	Config  fsm.Config
	Machine *fsm.Machine // nil: not running
	// Holds is the virtual routers whose addresses are on the interface, by
	// VRID. They stay there when the process dies.
	Holds map[uint8]bool
	// Crashed: the last process died and left what it held.
	Crashed bool
	// Wall is how far its wall clock is ahead.
	Wall time.Duration
	// Key signs adverts with auth_hmac; 0: they are not signed. It is taken over
	// at a start and at a reload.
	Key uint8
	// Adverts counts those sent on time by masters since it was last cleared,
	// by instance name.
	Adverts map[string]int

	net    *Net
	known  map[fsm.InstanceID]fsm.Instance // also those that a reload has removed
	ids    map[uint8]fsm.InstanceID        // by VRID
	paused bool
	queue  []advert // what arrived during a pause
	crash  []fsm.Resumed

	codecs map[uint8]*packet.Codec // by VRID; empty: adverts are not signed
	// The monotonic clock stands still while the machine is suspended.
	slept     time.Duration
	suspended bool
	since     time.Time
}

// now is its monotonic clock.
func (r *Router) now() time.Time { return r.net.Now.Add(-r.slept) }

// Running reports whether the process exists.
func (r *Router) Running() bool { return r.Machine != nil }

// Paused reports whether the process is stopped for a while.
func (r *Router) Paused() bool { return r.paused }

// Start starts the process; with resume it is the successor of the one that
// crashed last.
func (r *Router) Start(resume bool) {
	var resumed []fsm.Resumed
	if resume {
		resumed = r.crash
		for k := range resumed {
			resumed[k].LastAdvert = r.now().Sub(Epoch) - resumed[k].LastAdvert
		}
	}
	r.crash, r.queue, r.Crashed = nil, nil, false
	r.Machine = fsm.New(r.Config, r.now())
	r.known = map[fsm.InstanceID]fsm.Instance{}
	r.codecs = nil
	r.learn()
	r.run(r.Machine.Start(r.now(), resumed...), false)
}

// Stop ends the process in order.
func (r *Router) Stop() {
	r.Step(fsm.Stop{})
	r.end()
}

// Crash ends the process at once. What it holds stays.
func (r *Router) Crash() {
	for _, id := range r.Machine.Instances() {
		if s, _ := r.Machine.Status(id); s.State == fsm.StateMaster {
			for _, p := range r.Config.Instances {
				if p.Name == s.Name {
					r.crash = append(r.crash, fsm.Resumed{Key: p.Key, LastAdvert: s.LastAdvertSent.Sub(Epoch)})
				}
			}
		}
	}
	r.Crashed = true
	r.end()
}

func (r *Router) end() {
	r.wake()
	r.Machine, r.queue = nil, nil
}

// wake ends a pause; the clock goes on from where it stood.
func (r *Router) wake() {
	if r.suspended {
		r.slept += r.net.Now.Sub(r.since)
	}
	r.paused, r.suspended = false, false
}

// Pause keeps the process from running; packets wait in its sockets.
func (r *Router) Pause() { r.paused = true }

// Suspend stops the whole machine: its clock stands still, and what is sent to
// it is lost.
func (r *Router) Suspend() {
	if !r.paused {
		r.paused, r.suspended, r.since = true, true, r.net.Now
	}
}

// Resume lets it go on: first what has arrived, then its timers.
func (r *Router) Resume() {
	if !r.paused {
		return
	}
	r.wake()
	queue := r.queue
	r.queue = nil
	for _, ad := range queue {
		r.hear(ad)
	}
	r.advance()
}

// Reload gives it another configuration.
func (r *Router) Reload(cfg fsm.Config) {
	r.Config = cfg
	effects := r.Machine.Reconfigure(r.now(), cfg)
	r.learn()
	r.run(effects, false)
}

// learn notes which instance has which ID.
func (r *Router) learn() {
	r.ids = map[uint8]fsm.InstanceID{}
	for k, id := range r.Machine.Instances() {
		r.known[id] = r.Config.Instances[k]
		r.ids[r.Config.Instances[k].Key.VRID] = id
	}
	old := r.codecs
	r.codecs = map[uint8]*packet.Codec{}
	for _, i := range r.Config.Instances {
		if c := r.codec(i); c != nil {
			if was := old[i.Key.VRID]; was != nil {
				c.Inherit(was)
			}
			r.codecs[i.Key.VRID] = c
		}
	}
}

// Step hands it an event.
func (r *Router) Step(e fsm.Event) { r.run(r.Machine.Step(r.now(), e), false) }

// ID is the instance of a name.
func (r *Router) ID(name string) fsm.InstanceID {
	for k, id := range r.Machine.Instances() {
		if r.Config.Instances[k].Name == name {
			return id
		}
	}
	return fsm.None
}

// Has reports whether the addresses of an instance are on the interface.
func (r *Router) Has(id fsm.InstanceID) bool { return r.Holds[r.known[id].Key.VRID] }

// State is that of the instance of a name; INIT without process.
func (r *Router) State(name string) fsm.State {
	if !r.Running() {
		return fsm.StateInit
	}
	return r.Machine.State(r.ID(name))
}

func (r *Router) advance() { r.run(r.Machine.Advance(r.now()), true) }

func (r *Router) receive(ad advert) {
	switch {
	case !r.Running() || r.suspended:
	case r.paused:
		if len(r.queue) < 1000 {
			r.queue = append(r.queue, ad)
		}
	default:
		r.hear(ad)
		r.advance()
	}
}

func (r *Router) hear(ad advert) {
	id, ok := r.ids[ad.vrid]
	switch {
	case !ok:
	case ad.datagram != nil:
		r.verify(id, ad)
	default:
		r.Step(fsm.AdvertReceived{Instance: id, Advert: packet.Advert{
			Src: ad.src, VRID: ad.vrid, Priority: ad.priority, Interval: ad.interval}})
	}
}

func (r *Router) owns(a netip.Addr) bool {
	for _, p := range r.Config.Instances {
		if p.Source == a {
			return true
		}
	}
	return false
}

// run carries out effects.
func (r *Router) run(effects []fsm.Effect, timers bool) {
	for k, e := range effects {
		p := r.known[e.Instance]
		switch e.Kind {
		case fsm.SendAdvert:
			r.send(e, p)
			if timers && e.Priority != 0 && !changes(effects[k:], e.Instance) {
				r.count(p.Name)
				continue
			}
		case fsm.Acquire:
			r.Holds[p.Key.VRID] = true
		case fsm.Release:
			delete(r.Holds, p.Key.VRID)
		case fsm.Announce:
			r.net.announced(r, p.Key.VRID)
		}
		if r.net.Trace != nil {
			r.net.Trace(r, r.describe(e, p.Name))
		}
	}
}

func (r *Router) send(e fsm.Effect, p fsm.Instance) {
	src, to := p.Source, netip.Addr{}
	if s, ok := r.Machine.Status(e.Instance); ok {
		src = s.Source
	}
	if p.Key.Unicast {
		to = e.To
	}
	ad := advert{vrid: p.Key.VRID, src: src, priority: e.Priority, interval: p.AdvertInt}
	if c := r.codecs[p.Key.VRID]; c != nil {
		c.Seal(src, e.Priority, r.net.Now.Add(r.Wall))
	}
	r.net.transmit(r, ad, to)
}

// changes reports whether the instance changes its state with these effects.
func changes(effects []fsm.Effect, id fsm.InstanceID) bool {
	for _, e := range effects {
		if e.Kind == fsm.StateChanged && e.Instance == id {
			return true
		}
	}
	return false
}

func (r *Router) count(name string) {
	if r.Adverts == nil {
		r.Adverts = map[string]int{}
	}
	r.Adverts[name]++
}

// String is the state of all instances.
func (r *Router) String() string {
	if !r.Running() {
		return r.Name + " not running"
	}
	var b strings.Builder
	b.WriteString(r.Name)
	for _, id := range r.Machine.Instances() {
		s, _ := r.Machine.Status(id)
		fmt.Fprintf(&b, " %s=%s/%d", s.Name, s.State, s.Priority)
		if s.Want != s.State {
			fmt.Fprintf(&b, " (wants %s)", s.Want)
		}
	}
	for _, g := range r.Machine.Groups() {
		fmt.Fprintf(&b, " group %s=%s", g.Name, g.State)
	}
	return b.String()
}
