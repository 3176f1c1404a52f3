package vrrp

import (
	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// reconfigure makes a prepared configuration the current one.
func (l *loop) reconfigure(p *prepared) {
	l.save(l.surface.saves.Before(&l.conf.Global, "vrrp"))
	l.restartBeats(p)
	p.complete(l.links, l.sessions)
	l.notify.reconfigure(p.conf)
	staticsGone := withdrawn(l.statics.objects, p.statics)
	l.logWithdrawn("static", l.statics.objects, p.statics, staticsGone)
	counters := l.inheritScripts(p)
	logFirewall(l.log, p.conf)
	l.logMissing(p.conf)
	l.logAssigned(&p.conf.VRRP, true)
	l.logDuplicates(p.conf)
	old := l.knownInstances()
	effects := l.machine.Reconfigure(l.now, p.machine)
	l.adopt(p)
	l.configureBus()
	l.subagent.configure(&l.conf.Global.SNMP)
	l.subagent.prune(l.instances)
	l.apply(effects)
	l.logReload(effects, old)
	l.reconfigureSync()
	l.wantDevices(p.devices)
	l.endRenames()
	l.promoteSecondaries()
	l.setStatics(p.statics, staticsGone)
	for _, in := range l.instances {
		l.ensureSockets(in)
	}
	l.logSockets()
	l.reconfigureTracking(p, counters)
	l.lifetimes.configure(lifetimeOf(p.conf), l.now)
	l.reportHeld()
	l.save(l.surface.saves.After(&l.conf.Global, "vrrp"))
}

// adopt brings the loop's own tables in line with the machine's: instances in
// configuration order have the IDs that the machine gave them. Removed ones
// stay until the machine says Forget.
func (l *loop) adopt(p *prepared) {
	l.conf, l.vips, l.trackers = p.conf, p.vips, p.trackers
	l.kernel.pacer.configure(p.pace)
	l.delays.configure(p.conf.VRRP.InterfaceDelays)
	l.watched, l.used = p.watchedInterfaces(), p.used
	for i, id := range l.machine.Instances() {
		conf := p.conf.VRRP.Instances[i]
		in, ok := l.instances[id]
		if !ok {
			in = &instance{id: id, held: newHoldings(nil)}
			l.instances[id] = in
		}
		l.update(in, conf, p.codecs[i], p.objects[i])
		in.faults = p.machine.Instances[i].Faults
		in.source = p.machine.Instances[i].Source
	}
	l.adoptGroups(p)
	l.trackerIDs = map[trackerKey]fsm.TrackerID{}
	for i, id := range l.machine.Trackers() {
		t := p.machine.Trackers[i]
		l.trackerIDs[trackerKey{t.Kind, t.Name}] = id
		if t.Kind == fsm.TrackInterface {
			l.tracked[id] = t.TrackerStatus
		}
	}
}

func (l *loop) adoptGroups(p *prepared) {
	byName := map[string]config.SyncGroup{}
	for _, g := range p.conf.VRRP.SyncGroups {
		byName[g.Name] = g
	}
	l.groups = map[fsm.GroupID]group{}
	for _, g := range l.machine.Groups() {
		l.groups[g.ID] = group{conf: byName[g.Name], members: g.Members}
	}
}

// update gives an instance its configuration. What it has set and no longer
// wants is removed before anything that is ordered later.
func (l *loop) update(in *instance, conf config.Instance, codec *packet.Codec, objects []object) {
	was, dev := advertInterface(&in.conf), advertInterface(&conf)
	if in.conf.VRID != conf.VRID || was != dev && l.links.aliases[was] != dev {
		l.sockets.detach(in)
	}
	in.conf = conf
	if in.codec != nil {
		codec.Inherit(in.codec)
	}
	in.codec = codec
	l.follow(in)
	gone := withdrawn(in.objects, objects)
	in.changed = change{in.objects, gone}
	l.moveLosses(in, objects)
	in.objects = objects
	l.holders = holders{}
	l.worker.add(int(in.id), &replace{
		h: in.held, objects: objects, gone: gone, release: l.removal(l.links.view(), gone, false, l.failedFor(in)),
	})
	if l.isMaster(in) {
		l.block(in)
	}
}

// withdrawn is what is in old and not in next.
func withdrawn(old, next []object) (gone []object) {
	if len(old) == 0 {
		return nil
	}
	wanted := make(map[string]bool, len(next))
	for _, o := range next {
		wanted[o.key()] = true
	}
	for _, o := range old {
		if !wanted[o.key()] {
			gone = append(gone, o)
		}
	}
	return gone
}

// replace gives holdings their new objects and removes what is set of the old
// ones.
type replace struct {
	h       *holdings
	objects []object
	gone    []object
	release *release
	began   bool
}

func (t *replace) step() bool {
	if !t.began {
		t.began = true
		t.release.h, t.release.owner = t.h.replace(t.objects), t.h
		set := map[string]bool{}
		for _, o := range t.release.h.objects {
			set[o.key()] = true
		}
		for _, o := range t.gone {
			if !set[o.key()] {
				t.release.kept(o, false)
			}
		}
	}
	return t.release.step()
}
