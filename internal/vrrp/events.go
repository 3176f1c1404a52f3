package vrrp

import (
	"fmt"
	"maps"
	"slices"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/fsm"
)

// kernelEvent keeps the link table up to date. What it means to instances is
// worked out once for all events that came together, in reassess; only the loss
// of an address cannot wait.
func (l *loop) kernelEvent(ev netif.Event) {
	switch ev := ev.(type) {
	case netif.LinkChanged:
		l.linkChanged(ev.Link)
	case netif.LinkRemoved:
		l.vanished(l.links.byIndex[ev.Link.Index].Name)
		l.links.remove(ev.Link.Index)
		delete(l.assigned, assignedKey{ev.Link.Index, false})
		delete(l.assigned, assignedKey{ev.Link.Index, true})
		l.forgetDelay(ev.Link.Index)
		delete(l.bare, ev.Link.Index)
	case netif.AddressAdded:
		l.links.addAddress(ev.Address)
		if l.assign(ev.Address) {
			l.logOwnAddress("Assigned address %s for interface %s", ev.Address)
		}
		l.back = l.bare.clothed(ev.Address) || l.back
	case netif.AddressRemoved:
		l.links.removeAddress(ev.Address.Key())
		if l.deassign(ev.Address) {
			l.logOwnAddress("Deassigned address %s from interface %s", ev.Address)
		}
		l.addressRemoved(ev.Address)
	case netif.RouteRemoved:
		l.objectRemoved(func(o object) bool { return isRoute(o, ev.Route, l.links.view()) })
	case netif.RuleRemoved:
		l.objectRemoved(func(o object) bool { return isRule(o, ev.Rule) })
	case netif.Resync:
		l.resync(ev.Snapshot)
	default:
		return
	}
	l.dirty = true
}

func (l *loop) linkChanged(link netif.Link) {
	wasUp, above := l.links.up(link.Index), l.links.above(link.Index)
	old := l.links.byIndex[link.Index]
	if old.Name != "" && old.Name != link.Name {
		l.leave(old)
	}
	l.links.set(link)
	if old.Name != "" && old.Name != link.Name && l.watched[link.Name] {
		l.tellAssigned(link)
	}
	l.debounce(old, link)
	if came := !old.Up() || old.Name != link.Name; came && link.Up() && (l.watched[link.Name] || l.used[link.Name]) && !l.stopping {
		l.back = true // also without a carrier: routes went when it was switched off
	}
	l.linkSettled(link.Index, wasUp)
	for _, index := range slices.Sorted(maps.Keys(above)) {
		l.linkSettled(index, above[index])
	}
}

// vanished notes what went with an interface. Another one of its name may be
// there by the time that anybody looks for what was lost.
func (l *loop) vanished(name string) {
	if name == "" || !l.used[name] {
		return
	}
	for _, in := range l.instances {
		if l.isMaster(in) {
			l.forgetObjects(int(in.id), in.held, func(o object) bool { return slices.Contains(o.interfaces(), name) })
		}
	}
}

// linkSettled tells what has become of an interface that was up or not.
func (l *loop) linkSettled(index int, wasUp bool) {
	link := l.links.byIndex[index]
	up := l.links.up(index)
	if up == wasUp || !l.watched[link.Name] || l.stopping {
		return
	}
	reporter := "Netlink"
	if _, asked := l.links.beats[link.Name]; asked {
		reporter = "Linkbeat"
	}
	l.log.Infof("%s reports %s %s", reporter, link.Name, upDown(up))
	l.back = l.back || up
}

func upDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// resync replaces the table after events were lost. Addresses that were set and
// are not in the snapshot may have been removed meanwhile, and any route or rule:
// masters set them again. Which have not been set yet only the worker knows.
func (l *loop) resync(s netif.Snapshot) {
	l.log.Infof("Netlink: Receive buffer overrun on monitor socket - (No buffer space available)")
	l.log.Infof("  - increase the relevant netlink_rcv_bufs global parameter and/or set force")
	for index := range l.delays.pending {
		l.endDelay(index)
	}
	old := l.links
	l.links = newLinkTable()
	l.links.beats, l.links.aliases = old.beats, old.aliases
	present := map[netif.AddressKey]bool{}
	l.links.fill(s)
	for _, a := range s.Addresses {
		present[a.Key()] = true
	}
	l.assignAll()
	clear(l.deletions)
	view := l.links.view()
	missing := func(o object) bool {
		if _, ok := isAddress(o); !ok {
			return !o.untracked() // perhaps
		}
		key, ok := addressKey(o, view)
		return ok && !present[key]
	}
	for _, in := range l.instances {
		l.forgetObjects(int(in.id), in.held, missing)
	}
	l.forgetObjects(staticsKey, l.statics.held, missing)
	l.back = true
}

// addressRemoved notes an address that somebody else has removed. Who holds it is
// looked up once for all that came together: a flush removes thousands.
func (l *loop) addressRemoved(a netif.Address) {
	if l.deletions.settle(a.Key()) {
		return
	}
	l.bare.stripped(a, l.links.addrs[a.Index])
	l.gone[a.Key()] = true
}

// addressesGone finds the masters that held the addresses.
func (l *loop) addressesGone() {
	if len(l.gone) == 0 {
		return
	}
	for key := range l.gone {
		told := false
		for _, h := range l.holdersOf(key) {
			if !l.isMaster(h.in) {
				continue
			}
			l.losses = append(l.losses, loss(h))
			if !told && !l.flags.AddressMonitoring {
				told = true
				l.log.Detailf("Netlink reflector reports IP %s removed from %s", key.Prefix.Addr(), l.links.byIndex[key.Index].Name)
			}
		}
	}
	view := l.links.view()
	l.staticRemoved(func(o object) bool {
		key, ok := addressKey(o, view)
		return ok && l.gone[key]
	})
	clear(l.gone)
}

// objectRemoved tells the masters that hold what matches that it is gone.
func (l *loop) objectRemoved(match func(object) bool) {
	l.staticRemoved(match)
	for _, in := range l.instances {
		if !l.isMaster(in) {
			continue
		}
		for place, o := range in.objects {
			if match(o) {
				l.losses = append(l.losses, loss{in, place})
			}
		}
	}
}

// loss is an object of a master that somebody else removed, by its place. It is
// acted upon after reassess: an interface that goes down or away takes its
// addresses along, and then it is not they that matter.
type loss struct {
	in    *instance
	place int
}

// moveLosses has the losses of an instance whose objects change name their new
// places.
func (l *loop) moveLosses(in *instance, objects []object) {
	kept := l.losses[:0]
	for _, x := range l.losses {
		if x.in == in {
			key := in.objects[x.place].key()
			x.place = slices.IndexFunc(objects, func(o object) bool { return o.key() == key })
		}
		if x.place >= 0 {
			kept = append(kept, x)
		}
	}
	l.losses = kept
}

// restore has lost objects set again, unless the state machine decides
// otherwise.
func (l *loop) restore() {
	var order []*instance
	places := map[*instance][]int{}
	for _, x := range l.losses {
		if places[x.in] == nil {
			order = append(order, x.in)
		}
		places[x.in] = append(places[x.in], x.place)
	}
	clear(l.losses)
	l.losses = l.losses[:0]
	for _, in := range order {
		h, list := in.held, places[in]
		slices.Sort(list)
		l.worker.add(int(in.id), taskFunc(func() {
			h.forgetPlaces(list)
			h.forget(goesWithAddress)
		}))
		if l.isMaster(in) {
			l.step(fsm.AddressesLost{Instance: in.id, What: describe(in.objects[list[0]]), Objects: list})
		}
	}
}

// goesWithAddress tells whether the kernel may have removed an object together
// with an address, without a word: it does so when that was the last one of an
// interface.
func goesWithAddress(o object) bool {
	r, ok := o.(route)
	return ok && !r.NoTrack
}

func (l *loop) isMaster(in *instance) bool { return l.machine.State(in.id) == fsm.StateMaster }

// describe names an object in log lines.
func describe(o object) string {
	switch o := o.(type) {
	case address:
		return fmt.Sprintf("%s on %s", o.Prefix, o.dev)
	case route:
		return "virtual route to " + o.Dst.String()
	case rule:
		return fmt.Sprintf("virtual rule with preference %d", o.Preference)
	}
	return "object"
}

func isRoute(o object, r netif.Route, view interfaceView) bool {
	held, ok := o.(route)
	if !ok {
		return false
	}
	k, ok := held.kernel(view)
	return ok && !held.NoTrack && k.Key() == r.Key()
}

func isRule(o object, r netif.Rule) bool {
	held, ok := o.(rule)
	return ok && !held.NoTrack && held.kernel().Normal() == r.Normal()
}

// reassess works out what the interfaces and addresses now mean to instances
// and trackers, and tells the state machine what has changed.
func (l *loop) reassess() {
	l.dirty = false
	if l.back {
		l.back = false
		l.interfaceBack()
	}
	l.repairDevices()
	dup := duplicates(l.conf, l.links)
	for _, in := range l.instances {
		l.reassessFaults(in, dup[in.conf.Name])
		l.reassessSource(in)
		l.ensureSockets(in)
	}
	for _, t := range l.trackers.list {
		if t.Kind != fsm.TrackInterface {
			continue
		}
		status := interfaceStatus(t.Name, l.links)
		if id, ok := l.trackerID(t.Kind, t.Name); ok && l.tracked[id] != status {
			l.tracked[id] = status
			l.step(fsm.TrackerChanged{Tracker: id, TrackerStatus: status})
		}
	}
}

func (l *loop) reassessFaults(in *instance, twin string) {
	now := interfaceFaults(&in.conf, l.links, twin != "")
	if twin != "" && !in.faults.Has(fsm.FaultDuplicateVRID) {
		l.log.Infof("VRID conflict between %s and %s IPv%d vrid %d", in.conf.Name, twin, in.conf.Family, in.conf.VRID)
	}
	for _, f := range []fsm.Fault{fsm.FaultInterfaceDown, fsm.FaultDuplicateVRID, fsm.FaultConfigError} {
		if set := now.Has(f); set != in.faults.Has(f) {
			l.step(fsm.FaultChanged{Instance: in.id, Fault: f, Set: set, Interface: in.conf.Interface})
		}
	}
	in.faults = now
}

func (l *loop) reassessSource(in *instance) {
	source := sourceAddress(&in.conf, l.links, l.vips)
	if source != in.source {
		in.source = source
		l.step(fsm.SourceChanged{Instance: in.id, Source: source})
	}
}
