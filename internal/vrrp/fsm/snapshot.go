package fsm

import "time"

// Instances is the IDs in configuration order: the n-th belongs to the n-th
// instance of the configuration.
func (m *Machine) Instances() []InstanceID {
	ids := make([]InstanceID, len(m.instances))
	for k, i := range m.instances {
		ids[k] = i.id
	}
	return ids
}

// Trackers is the IDs in configuration order.
func (m *Machine) Trackers() []TrackerID {
	ids := make([]TrackerID, len(m.trackers))
	for k, t := range m.trackers {
		ids[k] = t.id
	}
	return ids
}

// Groups is a snapshot of the groups that have members, in configuration order.
func (m *Machine) Groups() []GroupStatus {
	all := make([]GroupStatus, len(m.groups))
	for k, g := range m.groups {
		all[k] = GroupStatus{ID: g.id, Name: g.p.Name, State: g.state}
		for _, i := range g.members {
			all[k].Members = append(all[k].Members, i.id)
		}
	}
	return all
}

// State is the state of an instance, StateInit if there is none.
func (m *Machine) State(id InstanceID) State {
	if i := m.byID[id]; i != nil {
		return i.state
	}
	return StateInit
}

// Tracker is the last result of a tracked object.
func (m *Machine) Tracker(id TrackerID) (TrackerStatus, bool) {
	if t := m.trackByID[id]; t != nil {
		return t.s, true
	}
	return TrackerStatus{}, false
}

// Status is a snapshot of an instance; false: there is none.
func (m *Machine) Status(id InstanceID) (Status, bool) {
	i := m.byID[id]
	if i == nil {
		return Status{}, false
	}
	s := Status{
		ID: i.id, Name: i.p.Name, Group: None,
		State: i.state, Want: i.want,
		BasePriority: i.base, Priority: i.priority, Preempt: !i.p.NoPreempt, Total: i.total,
		Faults: i.faults, FaultTracks: i.faultTracks, ScriptsInit: i.scriptsInit,
		Source:     i.source,
		MasterAddr: i.masterAddr, MasterPriority: i.masterPriority,
		ActiveAdverInterval: i.activeInt,
		ActiveDownInterval:  i.patience(),
		SkewTime:            i.skewTime(),
		LastTransition:      m.timeIf(i.transitioned, i.lastTransition),
		LastAdvertSent:      m.timeIf(i.advertised, i.lastAdvert),
		PreemptAt:           m.timeIf(i.delaying, i.preemptAt),
		Deadline:            m.timeIf(i.timer(timerMain).running(), i.timer(timerMain).at),
		MasterCause:         i.masterCause,
		Counters:            i.counters,
	}
	if i.group != nil {
		s.Group = i.group.id
	}
	if i.faultTracks > 0 {
		s.Faults = s.Faults.With(FaultTracker)
	}
	return s, true
}

// ResetCounters sets the statistics of all instances to zero.
func (m *Machine) ResetCounters() {
	for _, i := range m.instances {
		i.counters = Counters{}
	}
}

func (m *Machine) timeIf(ok bool, t instant) time.Time {
	if !ok {
		return time.Time{}
	}
	return m.epoch.Add(time.Duration(t))
}
