package fsm

import "time"

// standstill is the least lateness of a backup's timer that tells that this
// machine stood still rather than that it was busy; with long intervals it is
// a quarter of one.
const standstill = 5 * time.Millisecond

// excused tells whether a backup waits for one more advert of the master that it
// has followed: a virtual machine that is moved, or gets no processor, finds its
// patience at an end when it goes on, but it could not hear what the master
// sent. It waits once; a master that has resigned is not waited for.
func (m *Machine) excused(i *instance) bool {
	late := m.now.sub(i.timer(timerMain).at)
	if i.lenient || i.nextCause != CauseNoResponse || !i.followed.IsValid() || late < max(standstill, i.activeInt/4) {
		return false
	}
	us := late.Microseconds()
	m.logf(i, "(%s) woke up %d.%06d seconds too late and may have missed adverts - waiting for one more advert from %s",
		i.p.Name, us/1_000_000, us%1_000_000, i.followed)
	i.lenient, i.adverts = true, 1
	m.start(i, timerMain, i.patience())
	return true
}
