package fsm

import (
	"keepalived/internal/vrrp/packet"
)

// heardAsBackup decides whether an advert keeps a backup waiting (RFC 9568
// 6.4.2 with keepalived's preempt_delay).
func (m *Machine) heardAsBackup(i *instance, a *packet.Advert) {
	newMaster := i.masterAddr != a.Src
	if newMaster || a.Priority == packet.PriorityStop {
		m.noFarewell(i)
	} else {
		m.heardWinner(i)
	}
	if newMaster && a.Priority != packet.PriorityStop {
		m.logMaster(i, a)
		i.logged = 0
	}
	if i.rogueGone(a, newMaster) {
		m.restoreOwnership(i, "(%s) Restoring our priority to %d since received advert with lower priority")
	}
	switch {
	case a.Priority == packet.PriorityStop:
		m.masterResigned(i, a)
	case m.accepts(i, a):
		m.follow(i, a)
	default:
		m.discard(i, a)
	}
}

func (m *Machine) logMaster(i *instance, a *packet.Advert) {
	if i.masterAddr.IsValid() {
		m.detailf(i, "(%s) master changed from %s to %s", i.p.Name, i.masterAddr, a.Src)
	} else {
		m.detailf(i, "(%s) master set to %s", i.p.Name, a.Src)
	}
}

// masterResigned shortens the wait to the skew time. That holds for the master
// that is followed: another one that resigns after a partition has healed
// leaves the followed one in charge. Without one it is the last that was heard.
func (m *Machine) masterResigned(i *instance, a *packet.Advert) {
	m.detailf(i, "(%s) Backup received priority 0 advertisement", i.p.Name)
	master := i.followed
	if !master.IsValid() {
		master = i.masterAddr
	}
	if master.IsValid() && master != a.Src {
		return
	}
	i.adverts = 0
	i.nextCause = CausePriority
	m.start(i, timerMain, i.patience())
}

func (m *Machine) accepts(i *instance, a *packet.Advert) bool {
	return i.mute || i.p.NoPreempt || a.Priority >= i.priority ||
		i.p.PreemptDelay > 0 && (!i.delaying || m.now < i.preemptAt)
}

// follow accepts the sender as master.
func (m *Machine) follow(i *instance, a *packet.Advert) {
	m.learn(i, a)
	m.delayPreemption(i, a)
	i.nextCause, i.lenient = CauseNoResponse, false
	// A member that was held back by its group wanted to be master; now it
	// does not.
	i.want = StateBackup
	m.start(i, timerMain, i.patience())
	m.probe(i, a)
}

// learn takes over what a master says about itself. An interval of zero would
// make us take over at once and is not believed.
func (m *Machine) learn(i *instance, a *packet.Advert) {
	if i.p.Version == packet.Version3 && a.Interval > 0 && a.Interval != i.activeInt {
		m.detailf(i, "(%s) advertisement interval updated from %dms to %dms by master",
			i.p.Name, i.activeInt.Milliseconds(), a.Interval.Milliseconds())
		i.activeInt = a.Interval
	}
	i.adverts = i.p.DownTimerAdverts
	i.masterAddr, i.masterPriority, i.followed = a.Src, a.Priority, a.Src
}

// delayPreemption runs preempt_delay: from the first advert of lower priority
// until one that is not.
func (m *Machine) delayPreemption(i *instance, a *packet.Advert) {
	switch {
	case i.p.PreemptDelay == 0:
	case a.Priority >= i.priority:
		if i.delaying {
			m.detailf(i, "(%s) stop preempt delay", i.p.Name)
		}
		i.delaying = false
	case !i.delaying:
		us := i.p.PreemptDelay.Microseconds()
		m.detailf(i, "(%s) start preempt delay (%d.%06d)", i.p.Name, us/1_000_000, us%1_000_000)
		i.delaying, i.preemptAt = true, m.now.add(i.p.PreemptDelay)
	}
}

// discard lets the timer run on, so that the sender is preempted.
func (m *Machine) discard(i *instance, a *packet.Advert) {
	if i.rivalGate.pass(m.now) {
		m.logf(i, "(%s) received lower priority (%d) advert from %s - discarding", i.p.Name, a.Priority, a.Src)
	}
	i.nextCause = CausePreempted
	i.masterAddr = a.Src
}
