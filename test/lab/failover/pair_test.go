package failover

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"keepalived/test/lab"
)

const (
	vrid         = 51
	vip          = "192.0.2.100"
	highPriority = 150
	lowPriority  = 100

	// early is how much the clocks of a sender's and a receiver's deadline may
	// disagree: capture, reception and timers each round a little.
	early = 15 * time.Millisecond
	// late is how long a busy machine may hold up what is due: less than the
	// second by which a router that counts one advert too many is late.
	late = 900 * time.Millisecond
)

// pair is two directors of different priority and a client that pings their
// virtual address.
type pair struct {
	t         *testing.T
	p         protocol
	lab       *lab.Lab
	lan       *lab.Segment
	frames    *lab.Capture
	high, low *director
	hi, lo    *lab.Link
	client    *lab.Node
	ping      *lab.Ping
}

func newPair(t *testing.T, p protocol, high, low lab.Program) *pair {
	t.Helper()
	l := lab.New(t)
	r := &pair{t: t, p: p, lab: l, lan: l.Segment("lan"), client: l.Node("client"),
		high: newDirector(t, l, "high", high, highPriority), low: newDirector(t, l, "low", low, lowPriority)}
	r.hi = r.lan.Attach(r.high.Node, "eth0", "192.0.2.1/24")
	r.lo = r.lan.Attach(r.low.Node, "eth0", "192.0.2.2/24")
	r.lan.Attach(r.client, "eth0", "192.0.2.3/24")
	r.frames = r.lan.Capture()
	r.ping = r.client.Ping(vip, 20*time.Millisecond)
	r.configure("")
	return r
}

// configure writes the configuration of both, with more lines in the instance.
func (r *pair) configure(more string) {
	for _, d := range []*director{r.high, r.low} {
		d.config = r.p.global() + r.p.instance("VI_1", vrid, d.priority, "eth0", vip, more)
	}
}

// startBoth starts both and waits until high is in charge.
func (r *pair) startBoth() {
	r.t.Helper()
	r.high.start()
	r.low.start()
	r.settled(r.high, r.low)
	r.checkAdvert(r.high)
}

// settled waits until one director is in charge alone, by every sign there is.
func (r *pair) settled(master, backup *director) {
	r.t.Helper()
	master.waitState(r.t, "VI_1", "MASTER")
	backup.waitState(r.t, "VI_1", "BACKUP")
	r.inCharge(master, backup)
}

// inCharge waits until one has the address, answers and advertises, and the
// other does not.
func (r *pair) inCharge(master, other *director) {
	r.t.Helper()
	master.WaitAddr(vip)
	other.WaitNoAddr(vip)
	// A machine that is busy for longer than a takeover takes makes the other
	// one master for a moment.
	for try := 0; ; try++ {
		now := time.Now()
		r.ping.WaitAnswer(now)
		r.frames.Wait(lab.Patience, "an advert of "+master.Name, lab.After(now), lab.From(master.Node), lab.Alive)
		f, beside := r.frames.Last(lab.After(now), lab.From(other.Node), lab.Alive)
		if !beside {
			return
		}
		if try == 5 {
			r.t.Fatalf("%s advertises beside %s: %+v", other.Name, master.Name, *f.Advert)
		}
	}
}

// checkAdvert compares the latest advert of a director with its configuration.
func (r *pair) checkAdvert(d *director) {
	r.t.Helper()
	f, ok := r.frames.Last(lab.From(d.Node), lab.Alive)
	if !ok {
		r.t.Fatalf("%s has not advertised", d.Name)
	}
	a := f.Advert
	if a.Version != r.p.version || a.Type != 1 || a.VRID != vrid || a.Priority != d.priority || a.TTL != 255 ||
		a.Interval != r.p.interval || a.Password != r.p.password || a.Dst.String() != "224.0.0.18" {
		r.t.Errorf("%s advertises %+v; its configuration is\n%s", d.Name, *a, d.config)
	}
	if !slices.ContainsFunc(d.Addrs(), func(x netip.Addr) bool { return x == a.Src }) {
		r.t.Errorf("%s advertises from %s, which it does not have", d.Name, a.Src)
	}
	if len(a.VIPs) != 1 || a.VIPs[0].String() != vip {
		r.t.Errorf("%s advertises the addresses %v, want %s", d.Name, a.VIPs, vip)
	}
}

// checkTakeover checks that a director took over the given time after the
// other's last sign of life, not before and not much later, and told everybody.
func (r *pair) checkTakeover(d *director, last lab.Frame, after time.Duration) {
	r.t.Helper()
	first := r.frames.Wait(lab.Patience, "the first advert of "+d.Name, lab.After(last.At), lab.From(d.Node), lab.Alive)
	r.frames.Wait(lab.Patience, d.Name+" announces the address", lab.After(last.At), lab.From(d.Node), lab.Announces(vip))
	most := after + late
	if d.daemon.Log.Count(0, "waiting for one more advert") > 0 { // the machine stood still
		most += r.p.interval + r.p.skew(d.priority)
	}
	if took := first.At.Sub(last.At); took < after-early || took > most {
		r.t.Errorf("%s took over after %v, want %v", d.Name, took, after)
	}
}

// lastAdvert is the latest advert of a director.
func (r *pair) lastAdvert(d *director) lab.Frame {
	r.t.Helper()
	f, ok := r.frames.Last(lab.From(d.Node), lab.AnyAdvert)
	if !ok {
		r.t.Fatalf("%s has not advertised", d.Name)
	}
	return f
}
