package vrrp

import (
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/wire"
)

// pace spreads announcements over time where the configuration limits their
// rate (garp_group, vrrp_garp_interval, vrrp_gna_interval). It knows no clock.
type pace struct {
	arpGap, naGap time.Duration         // of interfaces without a group
	groups        map[string]*paceGroup // by interface
	bases         map[string]string     // of interfaces that the daemon makes
}

// paceGroup is interfaces that share their limits.
type paceGroup struct{ arp, na lane }

// lane is the announcements of one kind that wait; one of each address, which
// may have to be sent more than once.
type lane struct {
	gap     time.Duration // smallest between two; 0: no limit
	at      time.Time     // when the next may be sent
	queue   []*paced
	waiting map[paceKey]*paced
}

// paced is an address that waits to be announced.
type paced struct {
	paceKey
	by     func() wire.Interface // asked when it is sent
	repeat int
}

type paceKey struct {
	owner int
	dev   string
	addr  netip.Addr
}

func newPace(c *config.Config, devices []device) *pace {
	d := c.Global.VRRPDefaults
	p := &pace{arpGap: d.GarpInterval, naGap: d.GnaInterval, groups: map[string]*paceGroup{}, bases: map[string]string{}}
	for _, g := range c.VRRP.GarpGroups {
		group := &paceGroup{arp: lane{gap: g.GarpInterval}, na: lane{gap: g.GnaInterval}}
		for _, name := range g.Interfaces {
			p.groups[name] = group
		}
	}
	for _, d := range devices {
		p.bases[d.name] = d.base
	}
	return p
}

// lane is the queue of an interface and family; nil where there is no limit.
func (p *pace) lane(dev string, is6 bool) *lane {
	if base, ok := p.bases[dev]; ok {
		dev = base
	}
	g, ok := p.groups[dev]
	if !ok {
		if p.arpGap == 0 && p.naGap == 0 {
			return nil
		}
		g = &paceGroup{arp: lane{gap: p.arpGap}, na: lane{gap: p.naGap}}
		p.groups[dev] = g
	}
	l := &g.arp
	if is6 {
		l = &g.na
	}
	if l.gap == 0 {
		return nil
	}
	return l
}

// add queues an announcement, to be sent repeat times at all: what waits
// already is not added to. It reports false where there is no limit.
func (p *pace) add(x paced) bool {
	l := p.lane(x.dev, x.addr.Is6())
	if l == nil {
		return false
	}
	if have, ok := l.waiting[x.paceKey]; ok {
		have.repeat, have.by = max(have.repeat, x.repeat), x.by
		return true
	}
	if l.waiting == nil {
		l.waiting = map[paceKey]*paced{}
	}
	l.waiting[x.paceKey] = &x
	l.queue = append(l.queue, &x)
	return true
}

// next takes what is to be sent now, or tells how long nothing is; wait is
// negative when nothing waits.
func (p *pace) next(now time.Time) (x paced, ok bool, wait time.Duration) {
	wait = -1
	for _, g := range p.groups {
		for _, l := range []*lane{&g.arp, &g.na} {
			if len(l.queue) == 0 {
				continue
			}
			if left := l.at.Sub(now); left > 0 {
				if wait < 0 || left < wait {
					wait = left
				}
				continue
			}
			return l.take(now), true, 0
		}
	}
	return paced{}, false, wait
}

// take sends the first of the queue to its end, until it has been sent often
// enough: all addresses have their turn before one is repeated.
func (l *lane) take(now time.Time) paced {
	x := l.queue[0]
	l.queue = l.queue[1:]
	l.at = now.Add(l.gap)
	if x.repeat--; x.repeat > 0 {
		l.queue = append(l.queue, x)
	} else {
		delete(l.waiting, x.paceKey)
	}
	return *x
}

// cancel drops what waits of an owner.
func (p *pace) cancel(owner int) {
	for _, g := range p.groups {
		for _, l := range []*lane{&g.arp, &g.na} {
			kept := l.queue[:0]
			for _, x := range l.queue {
				if x.owner == owner {
					delete(l.waiting, x.paceKey)
				} else {
					kept = append(kept, x)
				}
			}
			clear(l.queue[len(kept):])
			l.queue = kept
		}
	}
}

// takeOver moves what waits in an older pace into this one, of which nothing is
// left. What is no longer limited need not wait.
func (p *pace) takeOver(old *pace) (free []paced) {
	for _, g := range old.groups {
		for _, l := range []*lane{&g.arp, &g.na} {
			for _, x := range l.queue {
				if !p.add(*x) {
					free = append(free, *x)
				}
			}
			l.queue = nil // several interfaces share it
		}
	}
	return free
}
