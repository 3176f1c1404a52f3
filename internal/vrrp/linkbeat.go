package vrrp

import (
	"maps"
	"slices"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// beatEvery is how often a driver is asked, as C keepalived does.
const beatEvery = time.Second

// beat is an interface whose driver is asked whether it has a link
// (linkbeat_interfaces, linkbeat_use_polling).
type beat struct {
	name string
	want netif.LinkQuery
}

// beatState is the last answer of a driver.
type beatState struct {
	query netif.LinkQuery // QueryAny: not asked yet
	up    bool
}

var linkQueries = map[string]netif.LinkQuery{
	"": netif.QueryAny, "MII": netif.QueryMII, "ETHTOOL": netif.QueryEthtool, "IOCTL": netif.QueryFlags,
}

// planBeats is the interfaces to ask, by name. That of a VMAC or ipvlan is told
// by the kernel as soon as that of its base.
func planBeats(c *config.Config, used map[string]bool, links *linkTable, logf func(string, ...any)) (plan []beat) {
	want := map[string]netif.LinkQuery{}
	for _, b := range c.VRRP.LinkbeatInterfaces {
		if links.stacked(b.Interface) {
			logf("(%s): linkbeat not supported for vmacs since netlink works", b.Interface)
			continue
		}
		want[b.Interface] = linkQueries[b.Type]
	}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		if name := ownInterface(in); name != "" && (in.LinkbeatUsePolling || c.Global.LinkbeatUsePolling) {
			if _, known := want[name]; !known {
				want[name] = netif.QueryAny
			}
		}
	}
	for name, q := range want {
		plan = append(plan, beat{name, q})
	}
	slices.SortFunc(plan, func(a, b beat) int { return links.byName[a.name] - links.byName[b.name] })
	return slices.DeleteFunc(plan, func(b beat) bool {
		switch {
		case !used[b.name]:
			logf("Turning off linkbeat for %s since not used for tracking", b.name)
		case links.stacked(b.name):
			logf("Turning off linkbeat for %s since netlink works for vmacs/ipvlans", b.name)
		default:
			return false
		}
		return true
	})
}

// stacked reports whether the interface is a macvlan or ipvlan.
func (t *linkTable) stacked(name string) bool {
	l, ok := t.lookup(name)
	return ok && (l.Kind == "macvlan" || l.Kind == "ipvlan")
}

// beats asks drivers, in a goroutine of its own: they may take their time.
type beats struct {
	plan   []beat
	prober *netif.LinkProber
	last   map[string]beatState
	tell   func(beat, beatState)
	done   chan struct{}
}

// ask asks every driver once and tells what has changed.
func (b *beats) ask() {
	for _, x := range b.plan {
		last := b.last[x.name]
		query, up := b.prober.Ask(x.name, last.query, x.want)
		if now := (beatState{query, up}); now != last {
			b.last[x.name] = now
			b.tell(x, now)
		}
	}
}

func (b *beats) run() {
	defer b.prober.Close()
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.done:
			return
		case <-tick.C:
			b.ask()
		}
	}
}

// startBeats asks drivers before anything else depends on the answers.
func (l *loop) startBeats(p *prepared) {
	b := l.newBeats(p)
	if b == nil {
		return
	}
	b.tell = l.noteBeat
	b.ask()
	l.runBeats(b)
}

// restartBeats is the same at a reload, where nobody is waited for: a driver
// that was not asked before counts as one with a link.
func (l *loop) restartBeats(p *prepared) {
	known := l.links.beats
	l.endBeats()
	b := l.newBeats(p)
	if b == nil {
		return
	}
	for name, s := range known {
		if _, ok := l.links.beats[name]; ok {
			l.links.beats[name], b.last[name] = s, s
		}
	}
	l.runBeats(b)
}

// newBeats is nil where the kernel's reports are enough.
func (l *loop) newBeats(p *prepared) *beats {
	plan := planBeats(p.conf, p.instanceInterfaces(), l.links, l.log.Infof)
	if len(plan) == 0 {
		return nil
	}
	prober, err := netif.NewLinkProber()
	if err != nil {
		l.log.Infof("%v; what the kernel reports of links counts", err)
		return nil
	}
	l.links.beats = map[string]beatState{}
	for _, x := range plan {
		l.links.beats[x.name] = beatState{up: true}
	}
	return &beats{plan: plan, prober: prober, last: maps.Clone(l.links.beats), done: make(chan struct{})}
}

func (l *loop) runBeats(b *beats) {
	l.log.Infof("Using MII-BMSR/ETHTOOL NIC polling thread(s)...")
	l.beats = b
	b.tell = func(x beat, s beatState) { l.inbox.post(beatChanged{b, x, s}) }
	go b.run()
}

func (l *loop) endBeats() {
	l.links.beats = nil
	if l.beats != nil {
		close(l.beats.done)
		l.beats = nil
	}
}

// noteBeat notes an answer, and says so where the driver did not know the way
// that is configured.
func (l *loop) noteBeat(x beat, s beatState) {
	known := l.links.beats[x.name].query
	l.links.beats[x.name] = s
	if x.want != netif.QueryAny && s.query != known && s.query != netif.QueryAny && s.query != x.want {
		l.log.Infof("(%s): Configured linkbeat type %s not supported, using %s", x.name, x.want, s.query)
	}
}

// beatChanged is another answer of a driver.
type beatChanged struct {
	from *beats
	beat
	beatState
}

func (m beatChanged) handle(l *loop) {
	if l.beats != m.from {
		return // it asks no longer
	}
	link, ok := l.links.lookup(m.name)
	if !ok {
		l.noteBeat(m.beat, m.beatState)
		return
	}
	wasUp, above := l.links.up(link.Index), l.links.above(link.Index)
	l.noteBeat(m.beat, m.beatState)
	l.linkSettled(link.Index, wasUp)
	for index, was := range above {
		l.linkSettled(index, was)
	}
	l.dirty = true
}
