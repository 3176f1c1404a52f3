package outages

import (
	"fmt"
	"strings"
	"time"

	"keepalived/test/lab"
)

const (
	vip     = "192.0.2.100"
	vip2    = "192.0.2.101"
	vip6    = "2001:db8::100"
	vrid    = 51
	highest = 150
	lowest  = 100

	// pings is how often the client asks.
	pings = 20 * time.Millisecond
)

// site is two directors and a client, in one network.
type site struct {
	lab.TB
	program  lab.Program
	interval time.Duration
	lab      *lab.Lab
	lan      *lab.Segment
	frames   *lab.Capture
	a, b     *director // a has the higher priority
	client   *lab.Node
	ping     *lab.Ping
	figures  []figure
}

// director is one of the routers.
type director struct {
	*lab.Node
	link     *lab.Link
	site     *site
	priority int
	global   string // more lines of the blocks of its configuration
	instance string
	scripts  string // before the instance, which refers to them
	rest     string
	daemon   *lab.Daemon
}

func newSite(t lab.TB, p lab.Program) *site {
	t.Helper()
	l := lab.New(t)
	s := &site{TB: t, program: p, interval: 200 * time.Millisecond, lab: l, lan: l.Segment("lan"), client: l.Node("client")}
	s.a, s.b = s.director("a", 1, highest), s.director("b", 2, lowest)
	s.lan.Attach(s.client, "eth0", "192.0.2.3/24", "2001:db8::3/64")
	s.frames = s.lan.Capture()
	s.ping = s.client.Ping(vip, pings)
	return s
}

func (s *site) director(name string, host, priority int) *director {
	d := &director{Node: s.lab.Node(name), site: s, priority: priority}
	d.link = s.lan.Attach(d.Node, "eth0", fmt.Sprintf("192.0.2.%d/24", host), fmt.Sprintf("2001:db8::%d/64", host))
	return d
}

// config is the director's configuration file.
func (d *director) config() string {
	return fmt.Sprintf(`global_defs {
    router_id lab
    vrrp_version 3
%s}
%s
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id %d
    priority %d
    advert_int %g
    virtual_ipaddress {
        %s/24
    }
%s}
%s`, indent(d.global), d.scripts, vrid, d.priority, d.site.interval.Seconds(), vip, indent(d.instance), d.rest)
}

func indent(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		b.WriteString("    " + line)
	}
	return b.String()
}

func (d *director) start(options ...lab.Option) {
	d.daemon = d.Node.Daemon(d.site.program, d.config(), options...)
}

// master starts the director and waits until it is in charge.
func (d *director) master() {
	d.site.Helper()
	d.start()
	d.inCharge()
}

// inCharge waits until the director has the address, answers and advertises.
func (d *director) inCharge() {
	d.site.Helper()
	now := time.Now()
	d.WaitAddr(vip)
	d.advertises(now)
	d.site.ping.WaitAnswer(now)
}

// advertises waits for an advert of the director after a time.
func (d *director) advertises(after time.Time) lab.Frame {
	d.site.Helper()
	return d.site.frames.Wait(lab.Patience, "an advert of "+d.Name, lab.After(after), lab.From(d.Node), lab.VRID(vrid), lab.Alive)
}

// pair starts both and waits until a is in charge and b is not.
func (s *site) pair() {
	s.Helper()
	s.a.master()
	s.b.start()
	s.b.daemon.WaitState("VI_1", "BACKUP")
}

// alone waits until one director has the address and the other does not.
func (s *site) alone(has, hasNot *director) {
	s.Helper()
	hasNot.WaitNoAddr(vip)
	has.inCharge()
}

// adverts are those of the director's instance since a time.
func (d *director) adverts(since time.Time) []lab.Frame {
	return d.site.frames.Select(lab.After(since), lab.From(d.Node), lab.VRID(vrid), lab.Alive)
}

// gap is the longest time without an advert of the director since a time, until
// now, by the kernel's times: what was sent may be read here much later.
func (d *director) gap(since time.Time) time.Duration {
	now := time.Now()
	goesOn := happens(max(5*time.Second, 3*d.site.interval), func() bool { return len(d.adverts(now)) > 0 })
	longest, last := time.Duration(0), since
	for _, f := range d.adverts(since) {
		longest, last = max(longest, f.At.Sub(last)), f.At
	}
	if !goesOn {
		longest = max(longest, time.Since(last))
	}
	return longest
}

// between is the longest time between two adverts of the director since a time.
// What has been sent and is not read here yet counts another time.
func (d *director) between(since time.Time) (longest time.Duration) {
	adverts := d.adverts(since)
	for i := range adverts[min(1, len(adverts)):] {
		longest = max(longest, adverts[i+1].At.Sub(adverts[i].At))
	}
	return longest
}

// resigned says whether the director sent a priority 0 since a time.
func (d *director) resigned(since time.Time) bool {
	return len(d.site.frames.Select(lab.After(since), lab.From(d.Node), lab.Priority(0))) > 0
}

// dropped says whether an address was taken off the director.
func dropped(w *lab.AddrWatch, addr string) bool {
	for _, e := range w.Events(addr) {
		if !e.Added {
			return true
		}
	}
	return false
}
