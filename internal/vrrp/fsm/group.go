package fsm

import (
	"fmt"
	"iter"
	"slices"
)

// group is a sync group: its members are in one state, except in the middle of
// a transition.
type group struct {
	id      GroupID
	p       Group
	members []*instance // in configuration order
	state   State
	// notified is the last state that was notified.
	notified State
	past     State // before the reload that is being handled
}

// others is the members besides i. An instance without group has none.
func (g *group) others(i *instance) iter.Seq[*instance] {
	return func(yield func(*instance) bool) {
		if g == nil {
			return
		}
		for _, o := range g.members {
			if o != i && !yield(o) {
				return
			}
		}
	}
}

// wantsMaster reports whether i may become master: all others want it too.
func (g *group) wantsMaster(i *instance) bool {
	if g == nil || g.state == StateMaster {
		return true
	}
	for o := range g.others(i) {
		if o.want != StateMaster {
			return false
		}
	}
	return true
}

// all reports whether f holds for every member.
func (g *group) all(f func(*instance) bool) bool {
	return !slices.ContainsFunc(g.members, func(o *instance) bool { return !f(o) })
}

// any reports whether f holds for a member.
func (g *group) any(f func(*instance) bool) bool { return slices.ContainsFunc(g.members, f) }

// up reports whether no member has a fault or a script that has not run yet.
func (g *group) up() bool { return g.all((*instance).up) }

// faulty reports whether a member has a fault.
func (g *group) faulty() bool { return g.any((*instance).faulty) }

// syncMaster makes the others follow i, which has become master.
func (m *Machine) syncMaster(i *instance, cause Cause) {
	g := i.group
	if g == nil || g.state == StateMaster {
		return
	}
	m.logGroup(g, "VRRP_Group(%s) Syncing instances to MASTER state")
	for o := range g.others(i) {
		if o.state != StateMaster {
			m.becomeMaster(o, cause)
		}
	}
	m.groupState(g, StateMaster)
}

// syncBackup makes the others follow i, which has become backup.
func (m *Machine) syncBackup(i *instance, cause Cause) {
	m.syncBackupAs(i, cause, false)
}

func (m *Machine) syncBackupAs(i *instance, cause Cause, resign bool) {
	g := i.group
	if g == nil || g.state == StateBackup {
		return
	}
	m.logGroup(g, "VRRP_Group(%s) Syncing instances to BACKUP state")
	for o := range g.others(i) {
		if o.state != StateBackup {
			m.becomeBackup(o, groupCause(cause), resign)
		}
	}
	m.groupState(g, StateBackup)
}

// syncFault makes the others follow i, which has a fault.
func (m *Machine) syncFault(i *instance) {
	g := i.group
	if g == nil || g.state == StateFault {
		return
	}
	m.logGroup(g, "VRRP_Group(%s) Syncing instances to FAULT state")
	for o := range g.others(i) {
		m.becomeFault(o, CauseGroup, false)
	}
	m.groupState(g, StateFault)
}

func groupCause(c Cause) Cause {
	if c == CauseHigher {
		return CauseGroup
	}
	return c
}

// groupState sets and notifies the state of a group, after its members.
func (m *Machine) groupState(g *group, s State) {
	g.state = s
	if g.notified != s {
		m.notifyGroup(g, s, false)
	}
}

func (m *Machine) notifyGroup(g *group, s State, fifoOnly bool) {
	g.notified = s
	m.effects = append(m.effects, Effect{Kind: Notify, Instance: None, Group: g.id, State: s, FIFOOnly: fifoOnly})
}

func (m *Machine) logGroup(g *group, format string, args ...any) {
	text := fmt.Sprintf(format, append([]any{g.p.Name}, args...)...)
	m.effects = append(m.effects, Effect{Kind: Log, Instance: None, Group: g.id, Text: text})
}
