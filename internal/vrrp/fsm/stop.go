package fsm

// stop makes every master resign and release, then tells everybody: instances
// first, groups after them.
func (m *Machine) stop() {
	m.stopped = true
	for _, i := range m.instances {
		if i.state == StateMaster && !m.cfg.KeepAddresses {
			m.letGo(i, true)
		}
		for k := range i.timers {
			m.timers.cancel(&i.timers[k])
		}
	}
	m.timers.cancel(&m.startup)
	for _, i := range m.instances {
		m.becomeStopped(i)
	}
	for _, g := range m.groups {
		g.state = StateStop
		m.notifyGroup(g, StateStop, false)
	}
}
