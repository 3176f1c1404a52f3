package vrrp

import (
	"slices"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
)

// logLaunch logs the effects of a start: first what is wrong, then, instance by
// instance, what is removed that may be left and the state that it begins in.
func (l *loop) logLaunch(effects []fsm.Effect) {
	present := l.machine.Instances()
	l.logTrouble(effects, present, nil)
	l.logChannels(&l.conf.VRRP)
	l.logBeginnings(effects, present)
}

// known is what the log has to know of an instance that was there before a
// reload.
type known struct {
	*instance
	master bool
}

func (l *loop) knownInstances() map[fsm.InstanceID]known {
	out := make(map[fsm.InstanceID]known, len(l.instances))
	for id, in := range l.instances {
		out[id] = known{in, l.isMaster(in)}
	}
	return out
}

// logReload is logLaunch after a reload, which has also ended instances and
// changed what others hold.
func (l *loop) logReload(effects []fsm.Effect, old map[fsm.InstanceID]known) {
	present := l.machine.Instances()
	gone := l.logTrouble(effects, present, old)
	l.logChannels(&l.conf.VRRP)
	for _, e := range gone {
		l.logEffectOf(old[e.Instance].instance, e)
	}
	for _, id := range present {
		in := l.instances[id]
		if in == nil {
			continue
		}
		if c := in.changed; old[id].master {
			l.logWithdrawn(in.conf.Name, c.old, in.objects, c.gone)
			l.logSetting(in)
		}
		in.changed = change{}
	}
	l.logBeginnings(effects, present)
}

// isBeginning tells whether an effect is logged by logBeginnings.
func isBeginning(e *fsm.Effect) bool {
	return e.Kind == fsm.Log && strings.HasSuffix(e.Text, "(init)") || e.Kind == fsm.Release && e.Forced
}

// logTrouble logs what is neither a beginning nor of an instance that is gone,
// which is returned.
func (l *loop) logTrouble(effects []fsm.Effect, present []fsm.InstanceID, old map[fsm.InstanceID]known) (gone []*fsm.Effect) {
	here := make(map[fsm.InstanceID]bool, len(present))
	for _, id := range present {
		here[id] = true
	}
	for i := range effects {
		e := &effects[i]
		switch {
		case e.Instance != fsm.None && !here[e.Instance]:
			gone = append(gone, e)
		case isBeginning(e):
		case e.Kind == fsm.Acquire && old[e.Instance].master:
			// What a master sets is told of as a whole.
		default:
			l.logEffect(e)
		}
	}
	return gone
}

func (l *loop) logBeginnings(effects []fsm.Effect, present []fsm.InstanceID) {
	begin := map[fsm.InstanceID]*fsm.Effect{}
	for i := range effects {
		if e := &effects[i]; e.Kind == fsm.Log && isBeginning(e) {
			begin[e.Instance] = e
		}
	}
	for _, id := range present {
		if in := l.instances[id]; in != nil && !l.isMaster(in) {
			l.logRemoving(in)
		}
		if e := begin[id]; e != nil {
			l.logEffect(e)
		}
	}
}

// logDuplicates names instances that cannot take part because of another one.
func (l *loop) logDuplicates(c *config.Config) {
	dup := duplicates(c, l.links)
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		if other := dup[in.Name]; other != "" {
			l.log.Infof("(%s) - warning, VRID %d for IPv%d is currently duplicated on %s", in.Name, in.VRID, in.Family, other)
		}
	}
}

// logMissing names the interfaces that are used when they come.
func (l *loop) logMissing(c *config.Config) {
	if !c.Global.DynamicInterfaces {
		return
	}
	tell := func(name string) {
		if _, ok := l.links.lookup(name); name != "" && !ok && !l.missing[name] {
			l.missing[name] = true
			l.log.Infof("Configuration specifies interface %s which doesn't currently exist - will use if created", name)
		}
	}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		tell(in.Interface)
		for _, t := range in.TrackInterfaces {
			tell(t.Name)
		}
	}
}

// logSockets names the sockets that are open, in the order of the instances, and
// has those that are being opened named later.
func (l *loop) logSockets() {
	if l.log.Detail() == 0 {
		return
	}
	var told []*socketPair
	var closed []string
	for _, id := range l.machine.Instances() {
		in := l.instances[id]
		if in == nil {
			continue
		}
		in.tellSockets = in.sockets == nil && in.opening
		p := in.sockets
		if p == nil && !in.opening {
			if text := in.closedPair(); !slices.Contains(closed, text) {
				closed = append(closed, text)
				l.log.Detailf("VRRP sockpool: %s", text)
			}
		}
		if p != nil && !slices.Contains(told, p) {
			told = append(told, p)
			l.log.Detailf("VRRP sockpool: %s", p)
		}
	}
}
