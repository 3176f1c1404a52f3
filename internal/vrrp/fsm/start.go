package fsm

import "time"

// Start puts all instances to work. Those that a predecessor process held as
// master a moment ago go on as masters, their groups only as a whole.
func (m *Machine) Start(now time.Time, resumed ...Resumed) []Effect {
	m.begin(now)
	if m.started {
		return m.effects
	}
	m.started, m.startedAt = true, m.now
	if d := m.cfg.StartupDelay; d > 0 && len(resumed) == 0 {
		m.timers.set(&m.startup, m.now.add(d))
		m.plainf("Delaying startup for %g seconds", d.Seconds())
	}
	m.launch(m.instances, m.groups, resumable(m.instances, resumed))
	return m.effects
}

// resumable is the instances that may go on as master: the others cannot have
// lost patience yet.
func resumable(instances []*instance, resumed []Resumed) map[*instance]bool {
	ok := map[*instance]bool{}
	for _, r := range resumed {
		for _, i := range instances {
			if i.p.Key == r.Key && r.LastAdvert < time.Duration(i.p.DownTimerAdverts)*i.p.AdvertInt {
				ok[i] = true
			}
		}
	}
	for _, i := range instances {
		if !i.up() || i.group != nil && !i.group.all(func(o *instance) bool { return ok[o] && o.up() }) {
			delete(ok, i)
		}
	}
	return ok
}

// launch starts instances and groups that are new. The order of what is seen
// is keepalived's: what is in fault, then groups, then the rest.
func (m *Machine) launch(instances []*instance, groups []*group, resume map[*instance]bool) {
	for _, i := range instances {
		m.ready(i, resume[i])
	}
	for _, g := range groups {
		m.logGroupFault(g)
	}
	for _, i := range instances {
		if i.faulty() || i.group != nil && i.group.faulty() {
			m.logf(i, "(%s) entering FAULT state", i.p.Name)
			m.becomeFault(i, CauseStart, false)
		}
	}
	for _, g := range groups {
		m.launchGroup(g)
	}
	for _, i := range instances {
		if i.state == StateInit {
			m.launchInstance(i, resume[i])
		}
	}
	for _, g := range groups {
		if g.all(func(o *instance) bool { return resume[o] }) {
			m.groupState(g, StateMaster)
		}
	}
}

// ready gives a new instance its priority and takes away what may have been left
// of it.
func (m *Machine) ready(i *instance, resume bool) {
	m.reweigh(i)
	if !resume {
		m.release(i, true)
	}
	if i.p.LVSSync && !resume {
		m.emit(i, Effect{Kind: LVSSync, State: StateBackup})
	}
	m.logFaults(i)
}

func (m *Machine) launchInstance(i *instance, resume bool) {
	owner := i.startsAsMaster()
	switch {
	case resume:
		m.becomeMaster(i, CauseResumed)
	case i.scriptsInit > 0 || i.group != nil && !i.group.up():
		i.want = StateBackup
		if owner {
			i.want = StateMaster
		}
		m.becomeFault(i, CauseStart, true)
	case owner && (i.group == nil || i.group.all((*instance).startsAsMaster)):
		m.becomeCandidate(i)
	default:
		m.becomeBackup(i, CauseStart, false)
		if i.p.StartMaster {
			m.shortenFirstWait(i)
		}
	}
}

// startsAsMaster reports whether nobody else can be meant to be master.
func (i *instance) startsAsMaster() bool { return i.p.StartMaster && i.isAddressOwner() }

// shortenFirstWait is `state MASTER` with less than the owner's priority: one
// interval is enough to hear of another master.
func (m *Machine) shortenFirstWait(i *instance) {
	i.want = StateMaster
	m.start(i, timerMain, i.activeInt+SkewTime(i.p.Version, 255, i.activeInt))
}

// launchGroup notifies the state that a group starts in, before its members.
func (m *Machine) launchGroup(g *group) {
	switch {
	case g.faulty():
		m.groupState(g, StateFault)
	case !g.up():
		g.state = StateInit
	case g.all((*instance).startsAsMaster):
		g.state = StateBackup
	default:
		m.groupState(g, StateBackup)
	}
}

// logFaults names what is wrong with an instance from the start.
func (m *Machine) logFaults(i *instance) {
	if i.faults.Has(FaultInterfaceDown) || i.faults.Has(FaultBaseInterfaceDown) {
		m.logf(i, "(%s): entering FAULT state (interface %s down)", i.p.Name, i.p.Key.Interface)
	}
	if i.faults.Has(FaultNoSourceIP) {
		m.logNoSource(i)
	}
	for _, t := range i.tracks {
		if _, fault := t.contribution(); fault {
			m.logTrackFault(i, t)
		}
	}
}

func (m *Machine) logTrackFault(i *instance, t track) {
	switch t.p.Kind {
	case TrackInterface:
		m.logf(i, "(%s): entering FAULT state (interface %s down)", i.p.Name, t.p.Name)
	case TrackScript:
		m.logf(i, "(%s): entering FAULT state due to script %s", i.p.Name, t.p.Name)
	case TrackFile:
		m.logf(i, "(%s): entering FAULT state (tracked file %s has status %d)", i.p.Name, t.p.Name, t.fileStatus())
	case TrackProcess:
		m.logf(i, "(%s) entering FAULT state (tracked process %s quorum not achieved)", i.p.Name, t.p.Name)
	}
}

func (m *Machine) logGroupFault(g *group) {
	for _, i := range g.members {
		if i.faulty() {
			m.logGroup(g, "VRRP_Group(%s): Syncing %s to FAULT state", i.p.Name)
			return
		}
	}
}
