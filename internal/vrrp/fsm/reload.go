package fsm

import (
	"slices"
	"time"

	"keepalived/internal/vrrp/packet"
)

// Reconfigure makes a new configuration the current one. Instances that it
// still has go on in their state, whatever else has changed; masters send an
// advert at once.
func (m *Machine) Reconfigure(now time.Time, cfg Config) []Effect {
	m.begin(now)
	if m.stopped {
		return m.effects
	}
	if !m.started {
		m.instances, m.groups, m.trackers = nil, nil, nil
		m.configure(cfg)
		return m.effects
	}
	old := m.remember()
	added := m.configure(cfg)
	m.removeGone(old)
	m.adjustStartup()
	fresh := freshGroups(m.groups)
	for _, i := range m.instances {
		if i.state != StateInit {
			m.update(i)
		}
	}
	m.launch(outside(added, fresh), fresh, nil)
	for _, i := range added {
		if i.state == StateInit { // it follows its group
			m.ready(i, false)
		}
	}
	for _, g := range m.groups {
		if !slices.Contains(fresh, g) {
			m.reunite(g)
		}
	}
	if cfg.RewriteStates {
		m.repeatStates()
	}
	return m.effects
}

// past is what a reload has to compare an instance with.
type past struct {
	p        Instance
	state    State
	patience time.Duration
}

func (m *Machine) remember() []*instance {
	for _, i := range m.instances {
		i.past = past{i.p, i.state, i.patience()}
	}
	for _, g := range m.groups {
		g.past = g.state
	}
	return m.instances
}

// freshGroups is the groups all of whose members are new.
func freshGroups(groups []*group) (fresh []*group) {
	for _, g := range groups {
		if g.all(func(o *instance) bool { return o.state == StateInit }) {
			fresh = append(fresh, g)
		}
	}
	return fresh
}

// outside leaves out the new members of groups that exist already: they follow
// their group.
func outside(added []*instance, fresh []*group) (alone []*instance) {
	for _, i := range added {
		if i.group == nil || slices.Contains(fresh, i.group) {
			alone = append(alone, i)
		}
	}
	return alone
}

// removeGone ends the instances that the configuration no longer has, before
// others may take over their addresses.
func (m *Machine) removeGone(old []*instance) {
	for _, i := range old {
		if m.byID[i.id] == nil {
			m.becomeGone(i)
		}
	}
}

// adjustStartup moves the end of a startup delay that has changed.
func (m *Machine) adjustStartup() {
	if !m.startup.running() {
		return
	}
	end := max(m.startedAt.add(m.cfg.StartupDelay), m.now)
	if end > m.now {
		m.plainf("Delaying startup for a further %g seconds", end.sub(m.now).Seconds())
	} else {
		m.plainf("Reduced delayed start passed")
		m.startupCut = true
	}
	moved := end.sub(m.startup.at)
	if moved == 0 {
		return
	}
	m.timers.set(&m.startup, end)
	for _, i := range m.instances {
		if t := i.timer(timerMain); t.running() {
			m.timers.set(t, t.at.add(moved))
		}
	}
}

// update applies changed parameters to an instance that goes on.
func (m *Machine) update(i *instance) {
	if i.isAddressOwner() && i.past.p.Priority != i.base {
		i.priority, i.total = i.base, int(i.base)
	}
	if i.activeInt == i.past.p.AdvertInt || i.p.Version == packet.Version2 {
		i.activeInt = i.p.AdvertInt
	}
	if i.adverts > 0 && !i.lenient {
		i.adverts = i.p.DownTimerAdverts
	}
	m.logFaults(i)
	m.resetPriority(i)
	m.moveMain(i, i.past.patience)
	if i.state == StateMaster && !i.faulty() {
		m.updateMaster(i)
	}
	if i.group == nil {
		m.updateCondition(i)
	}
}

// updateMaster brings what a master holds and announces up to date.
func (m *Machine) updateMaster(i *instance) {
	was := i.past.p
	i.loss.lost = objectSet{} // places in another list
	m.sendAdvert(i, i.priority)
	m.start(i, timerMain, i.p.AdvertInt)
	if i.p.Addresses != was.Addresses {
		m.emit(i, Effect{Kind: Acquire})
		m.announce(i, ScopeAdded, i.p.Garp.Repeat)
	}
	if i.p.Garp.Refresh != was.Garp.Refresh {
		m.cancel(i, timerRefresh)
		m.startPeriodic(i, timerRefresh, i.p.Garp.Refresh)
	}
	if i.p.Garp.ExtraIf != was.Garp.ExtraIf {
		m.cancel(i, timerExtra)
		m.startPeriodic(i, timerExtra, i.p.Garp.ExtraIf)
	}
	if i.p.LVSSync != was.LVSSync && i.p.LVSSync {
		m.emit(i, Effect{Kind: LVSSync, State: StateMaster})
	}
}

// updateCondition is reconsider for an instance that may have left a group, and
// with it the group's state.
func (m *Machine) updateCondition(i *instance) {
	switch {
	case i.faulty() && i.notified != StateFault:
		m.becomeFault(i, CauseFault, false)
	case i.up() && i.state == StateFault:
		m.recover(i)
	}
}

// reunite gives all members of a group the same state. New members follow a
// group that is master; members that differ meet as backup.
func (m *Machine) reunite(g *group) {
	running := func(o *instance) bool { return o.running() }
	switch {
	case g.faulty():
		m.logGroupFault(g)
		for _, o := range g.members {
			m.becomeFault(o, CauseGroup, false)
		}
		m.groupState(g, StateFault)
	case !g.up() && !g.any(running):
		for _, o := range g.members {
			m.becomeFault(o, CauseStart, true)
		}
		g.state = StateInit
	case g.any(func(o *instance) bool { return o.state == StateMaster }) &&
		g.all(func(o *instance) bool { return o.state == StateMaster || o.state == StateInit }):
		for _, o := range g.members {
			if o.state == StateInit {
				m.becomeMaster(o, CauseGroup)
			}
		}
		m.groupState(g, StateMaster)
	default:
		for _, o := range g.members {
			if o.state != StateBackup {
				m.becomeBackup(o, CauseGroup, true)
			}
		}
		m.groupState(g, StateBackup)
	}
}

// repeatStates is fifo_write_vrrp_states_on_reload: what has not changed is
// written to the FIFOs once more.
func (m *Machine) repeatStates() {
	for _, g := range m.groups {
		if g.past == g.state && g.notified == g.state {
			m.notifyGroup(g, g.state, true)
		}
	}
	for _, i := range m.instances {
		if i.past.state == i.state && i.notified == i.state {
			m.emit(i, Effect{Kind: Notify, State: i.state, Priority: i.priority, FIFOOnly: true})
		}
	}
}
