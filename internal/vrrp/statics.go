package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/vrrp/dump"
	"keepalived/internal/vrrp/fsm"
)

// Keys of the worker that are no instances'.
const (
	staticsKey = -2 - iota
	rehearsalKey
	devicesKey
)

// statics is what is set as long as the daemon runs: static_ipaddress,
// static_routes and static_rules.
type statics struct {
	objects []object
	held    *holdings // belongs to the worker
}

func newStatics() *statics { return &statics{held: newHoldings(nil)} }

// staticObjects is the configured ones in the order in which they are set.
func staticObjects(c config.VRRP) []object {
	var out []object
	for _, a := range c.StaticAddresses {
		out = append(out, address{Address: a, dev: a.Dev})
	}
	for _, r := range c.StaticRoutes {
		out = append(out, route{r})
	}
	for _, r := range c.StaticRules {
		out = append(out, rule{r})
	}
	return out
}

// setStatics sets what the configuration asks for and removes what is gone from
// it.
func (l *loop) setStatics(objects, gone []object) {
	s := l.statics
	s.objects = objects
	l.worker.add(staticsKey, &replace{
		h: s.held, objects: objects, gone: gone, release: l.removal(l.links.view(), gone, false, l.staticFailed),
	})
	l.acquireStatics()
}

func (l *loop) acquireStatics() {
	if len(l.statics.objects) == 0 {
		return
	}
	l.worker.add(staticsKey, &acquire{
		h: l.statics.held, claims: l.kernel.claims, writer: l.kernel.writer, view: l.links.view(), added: l.addressesAdded, failed: l.staticFailed,
	})
}

// staticFailed is called by the worker.
func (l *loop) staticFailed(_ object, err error) { l.log.Infof("%v", err) }

// removeStatics orders the removal of everything at the end.
func (l *loop) removeStatics() {
	if len(l.statics.objects) == 0 || l.flags.KeepAddresses {
		return
	}
	t := l.removal(l.links.view(), l.statics.objects, false, l.staticFailed)
	t.h = l.statics.held
	l.worker.add(staticsKey, t)
}

// staticRemoved has a static object that somebody else removed set again.
func (l *loop) staticRemoved(match func(object) bool) {
	if l.stopping {
		return
	}
	lost := map[string]bool{}
	for _, o := range l.statics.objects {
		if match(o) && !o.untracked() {
			lost[o.key()] = true
			l.log.Infof("Restoring deleted static %s", l.staticText(o))
		}
	}
	if len(lost) > 0 {
		l.forgetObjects(staticsKey, l.statics.held, func(o object) bool { return lost[o.key()] || goesWithAddress(o) })
		l.acquireStatics()
	}
}

// forgetObjects notes, in the order of the other work of key, that what matches
// may be gone.
func (l *loop) forgetObjects(key int, h *holdings, match func(object) bool) {
	l.worker.add(key, taskFunc(func() { h.forget(match) }))
}

// interfaceBack sets again what vanished with an interface that is back. The
// kernel reports few of these losses, so what is still there is asked for too.
func (l *loop) interfaceBack() {
	if l.stopping {
		return // all is being removed
	}
	l.promoteSecondaries()
	all := func(o object) bool { return !o.untracked() }
	if len(l.statics.objects) > 0 {
		l.forgetObjects(staticsKey, l.statics.held, all)
		l.acquireStatics()
	}
	for _, in := range l.instances {
		if !l.isMaster(in) {
			continue
		}
		l.forgetObjects(int(in.id), in.held, func(o object) bool { _, ok := o.(route); return ok })
		l.acquire(in)
		l.announce(in, &fsm.Effect{Scope: fsm.ScopeAdded, Repeat: in.conf.GarpMasterRepeat})
	}
}

// staticText is the kind of an object and what the data dump says of it.
func (l *loop) staticText(o object) string {
	switch o := o.(type) {
	case address:
		base, _ := l.links.base(o.dev)
		return "address " + dump.Address(o.Address, o.dev, base, true)
	case route:
		return "route " + dump.Route(o.Route)
	case rule:
		return "rule " + dump.Rule(o.Rule)
	}
	return "object"
}
