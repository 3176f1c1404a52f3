package fsm

// Deciding reports whether the next deadline is a decision: one where another
// router may come first, so that microseconds count. Adverts of a master and
// announcements are not.
func (m *Machine) Deciding() bool {
	t := m.timers.first()
	return t != nil && !t.early()
}
