package vrrp

import (
	"fmt"
	"net/netip"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/fsm"
)

// carryOut does what the state machine asks for. Adverts leave at once; what
// needs the kernel, and what has to come after it, goes to the worker in order;
// the log is written last.
func (l *loop) carryOut(effects []fsm.Effect) {
	l.apply(effects)
	for i := range effects {
		l.logEffect(&effects[i])
	}
}

// apply is carryOut without the log.
func (l *loop) apply(effects []fsm.Effect) {
	changed := false
	for i := range effects {
		e := &effects[i]
		if e.Kind == fsm.Log {
			continue
		}
		if e.Group != fsm.None {
			l.groupEffect(*e)
			continue
		}
		if in, ok := l.instances[e.Instance]; ok {
			l.instanceEffect(in, e)
		}
		changed = changed || e.Kind == fsm.StateChanged || e.Kind == fsm.Forget
	}
	if changed {
		l.reportHeld()
	}
}

// logEffect logs what the state machine says, and in detail what is done about
// addresses.
func (l *loop) logEffect(e *fsm.Effect) { l.logEffectOf(l.instances[e.Instance], e) }

func (l *loop) logEffectOf(in *instance, e *fsm.Effect) {
	switch {
	case e.Kind == fsm.Log && e.Detail:
		l.log.Detailf("%s", e.Text)
	case e.Kind == fsm.Log:
		l.log.Infof("%s", e.Text)
	case in == nil:
	case e.Kind == fsm.Acquire:
		l.logSetting(in)
	case e.Kind == fsm.Release:
		l.logRemoving(in)
	}
}

func (l *loop) logSetting(in *instance) { l.logParts(in, "setting", 4, 0, 1, 2, 3) }

func (l *loop) logRemoving(in *instance) { l.logParts(in, "removing", 3, 2, 0, 1, 4) }

// logParts names the kinds of what a master holds in the given order.
func (l *loop) logParts(in *instance, what string, order ...int) {
	if l.log.Detail() == 0 {
		return
	}
	parts := []struct {
		name string
		any  bool
	}{
		{"VIPs.", len(in.conf.VIPs) > 0}, {"E-VIPs.", len(in.conf.ExcludedVIPs) > 0},
		{"Virtual Routes", len(in.conf.VirtualRoutes) > 0}, {"Virtual Rules", len(in.conf.VirtualRules) > 0},
		{"firewall drop rule", !in.conf.Accept},
	}
	for _, k := range order {
		if parts[k].any {
			l.log.Detailf("(%s) %s %s", in.conf.Name, what, parts[k].name)
		}
	}
}

func (l *loop) instanceEffect(in *instance, e *fsm.Effect) {
	switch e.Kind {
	case fsm.SendAdvert:
		l.sendAdvert(in, e.Priority, e.To)
	case fsm.Acquire:
		l.acquire(in)
	case fsm.Release:
		l.release(in, e.Forced)
	case fsm.Announce:
		l.announce(in, e)
	case fsm.CancelAnnounce:
		l.cancelAnnouncements(in)
	case fsm.AnnounceSource:
		l.announceSource(in, e.Source)
	case fsm.LVSSync:
		l.wantSync(in, e.State == fsm.StateMaster)
	case fsm.SyncAHSequence:
		in.codec.SyncSequence()
	case fsm.Forget:
		l.forget(in)
	default:
		l.notifyEffect(in, *e)
	}
}

// cancelAnnouncements drops those that wait in the worker or at the pacer.
func (l *loop) cancelAnnouncements(in *instance) {
	l.worker.drop(int(in.id), func(t task) bool { _, ok := t.(*announce); return ok })
	l.kernel.pacer.cancel(int(in.id))
}

// acquire orders what the instance holds as master.
func (l *loop) acquire(in *instance) {
	id := in.id
	l.block(in)
	clear(in.refused) // it is tried again
	l.worker.add(int(id), &acquire{
		h:      in.held,
		claims: l.kernel.claims,
		writer: l.kernel.writer,
		view:   l.links.view(),
		added:  l.addressesAdded,
		failed: func(o object, err error) {
			l.inbox.post(acquireFailed{instance: id, key: o.key(), what: fmt.Sprint(err)})
		},
	})
}

// addressesAdded is called by the worker.
func (l *loop) addressesAdded(added []netif.Address) { l.inbox.post(addressesSet{added}) }

// release orders its removal. What was ordered before and has not been done is
// no longer wanted.
func (l *loop) release(in *instance, forced bool) {
	in.failed, in.refused = nil, nil
	l.worker.drop(int(in.id), func(t task) bool {
		switch t.(type) {
		case *acquire, *announce:
			return true
		}
		return false
	})
	// In its turn: the step that is under way may hand over announcements yet.
	pacer, owner := l.kernel.pacer, int(in.id)
	l.worker.add(owner, taskFunc(func() { pacer.cancel(owner) }))
	t := l.removal(l.links.view(), in.objects, forced, l.failedFor(in))
	t.h = in.held
	l.worker.add(int(in.id), t)
	l.unblock(in)
}

// removal makes the task that removes objects, of which the kernel may hold any.
func (l *loop) removal(view interfaceView, objects []object, forced bool, failed func(object, error)) *release {
	for _, o := range objects {
		if key, ok := addressKey(o, view); ok {
			l.deletions.order(key)
		}
	}
	return &release{
		claims: l.kernel.claims, writer: l.kernel.writer, view: view, forced: forced,
		kept: func(o object, gone bool) {
			if key, ok := addressKey(o, view); ok {
				l.inbox.post(undeleted{key, gone})
			}
		},
		failed: failed,
	}
}

// failedFor logs what could not be removed; the worker calls it.
func (l *loop) failedFor(in *instance) func(object, error) {
	name := in.conf.Name
	return func(_ object, err error) { l.log.Infof("(%s) %v", name, err) }
}

func (l *loop) announce(in *instance, e *fsm.Effect) {
	var trace func(string, ...any)
	if l.log.Detail() > 0 {
		trace = l.log.Detailf
	}
	l.worker.add(int(in.id), &announce{
		owner:   int(in.id),
		pacer:   l.kernel.pacer,
		extra:   l.extraAddresses(in, e.Scope),
		name:    in.conf.Name,
		trace:   trace,
		h:       in.held,
		out:     l.kernel.announcer,
		view:    l.links.view(),
		forward: l.kernel.forwarding,
		added:   e.Scope == fsm.ScopeAdded,
		repeat:  e.Repeat,
		failed:  func(err error) { l.log.Infof("(%s) %v", in.conf.Name, err) },
	})
}

// extraAddresses matches those that garp_extra_if is for: on a VMAC that is not
// the instance's own interface, or with `all` on any other one.
func (l *loop) extraAddresses(in *instance, scope fsm.Scope) func(address) bool {
	if scope != fsm.ScopeExtraIf {
		return nil
	}
	own, all := addressInterface(&in.conf), in.conf.GarpExtraIfAll
	vmacs := map[string]bool{}
	for _, d := range l.devices.wanted {
		vmacs[d.name] = true
	}
	return func(a address) bool { return a.dev != own && (all || vmacs[a.dev]) }
}

// announceSource tells the neighbours where the router itself is: a peer may
// have to reach it at once.
func (l *loop) announceSource(in *instance, source netip.Addr) {
	link, ok := l.links.lookup(in.conf.Interface)
	if !ok || !source.IsValid() {
		return
	}
	name, out, forward := in.conf.Name, l.kernel.announcer, l.kernel.forwarding
	l.worker.add(int(in.id), taskFunc(func() {
		if _, err := out.Announce(wireInterface(link, source.Is6() && forward(link.Name)), []netip.Addr{source}); err != nil {
			l.log.Infof("(%s) %v", name, err)
		}
	}))
}

// forget ends an instance that a reload has removed, after its last work.
func (l *loop) forget(in *instance) {
	l.sockets.detach(in)
	delete(l.instances, in.id)
}
