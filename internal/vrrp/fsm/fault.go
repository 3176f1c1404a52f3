package fsm

// condition is what decides whether an instance can take part.
type condition struct{ faulty, up bool }

func (i *instance) condition() condition { return condition{i.faulty(), i.up()} }

func (m *Machine) faultChanged(e FaultChanged) {
	i := m.byID[e.Instance]
	if i == nil || e.Fault == FaultTracker || e.Fault == 0 || i.faults.Has(e.Fault) == e.Set {
		return
	}
	was := i.condition()
	if e.Set {
		if e.Fault == FaultNoSourceIP {
			m.logf(i, "(%s): entering FAULT state (src address not configured)", i.p.Name)
		}
		if e.Fault == FaultNoSocket {
			m.logf(i, "(%s): entering FAULT state (no VRRP socket)", i.p.Name)
		}
		i.faults = i.faults.With(e.Fault)
	} else {
		i.faults = i.faults.Without(e.Fault)
	}
	m.reconsider(i, was)
}

func (m *Machine) sourceChanged(e SourceChanged) {
	i := m.byID[e.Instance]
	e.Source = e.Source.WithZone("")
	if i == nil || i.source == e.Source {
		return
	}
	was := i.condition()
	if e.Source.IsValid() {
		i.source = e.Source
		i.faults = i.faults.Without(FaultNoSourceIP)
	} else {
		i.source = e.Source
		i.faults = i.faults.With(FaultNoSourceIP)
	}
	m.reconsider(i, was)
}

func (m *Machine) logNoSource(i *instance) {
	family := 4
	if i.p.Key.IPv6 {
		family = 6
	}
	m.logf(i, "(%s) entering FAULT state (no IPv%d address for interface)", i.p.Name, family)
}

// reconsider carries out what a changed condition means.
func (m *Machine) reconsider(i *instance, was condition) {
	switch now := i.condition(); {
	case now.faulty && !was.faulty:
		m.becomeFault(i, CauseFault, false)
		m.syncFault(i)
	case now.up && !was.up && !i.running():
		m.recover(i)
	}
}

// recover lets an instance take part again once it, and with it its whole
// group, can. Only an owner that has waited for nothing but its scripts since
// the start becomes master at once.
func (m *Machine) recover(i *instance) {
	if i.group != nil && !i.group.up() {
		return
	}
	if i.isAddressOwner() && i.want == StateMaster && i.group.wantsMaster(i) {
		m.recoverOwner(i)
	} else {
		m.becomeBackup(i, CauseRecovered, false)
		m.syncBackup(i, CauseGroup)
	}
	m.announceSource(i)
}

func (m *Machine) recoverOwner(i *instance) {
	if m.startup.running() {
		m.becomeCandidate(i)
		for o := range i.group.others(i) {
			m.becomeCandidate(o)
		}
		return
	}
	m.becomeMaster(i, CausePreempted)
	m.syncMaster(i, CauseGroup)
}
