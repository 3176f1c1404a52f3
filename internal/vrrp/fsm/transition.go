package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/vrrp/packet"
)

// The becomeX functions are the only callers of setState. Each gives the instance all that its state needs, so
// that no sequence of events can leave a mixture of two states.

// becomeMaster takes charge. The advert goes first: the old master has to let
// go of the addresses before ours are announced (keepalived's order).
func (m *Machine) becomeMaster(i *instance, cause Cause) {
	from := i.state
	m.restoreOwnership(i, "(%s) Restoring our priority to %d since other address owner has disappeared")
	i.want, i.logged, i.masterCause = StateMaster, 0, cause
	i.loss = loss{}
	i.delaying, i.followed = false, netip.Addr{}
	m.setState(i, StateMaster)
	m.sendAdvert(i, i.priority)
	m.start(i, timerMain, i.p.AdvertInt)
	m.logf(i, "(%s) Entering MASTER STATE", i.p.Name)
	m.useOwnInterval(i)
	i.counters.BecomeMaster++
	i.holding = true
	m.emit(i, Effect{Kind: Acquire})
	m.announceTakeover(i)
	m.changed(i, from, cause)
	if i.p.LVSSync {
		m.emit(i, Effect{Kind: LVSSync, State: StateMaster})
	}
}

// becomeBackup waits for adverts. A master gives everything up first; resign
// sends priority 0 so that another router takes over at once.
func (m *Machine) becomeBackup(i *instance, cause Cause, resign bool) {
	from := i.state
	i.want, i.nextCause, i.lenient = StateBackup, CauseNoResponse, false
	switch {
	case from == StateInit:
		m.logf(i, "(%s) Entering BACKUP STATE (init)", i.p.Name)
	case from != StateBackup:
		m.logf(i, "(%s) Entering BACKUP STATE", i.p.Name)
	}
	if from == StateMaster {
		m.letGo(i, resign)
	} else {
		i.resetPatience()
	}
	i.delaying = false
	m.setState(i, StateBackup)
	m.changed(i, from, cause)
	m.start(i, timerMain, i.patience())
}

// becomeCandidate is a backup that nobody hears of, since it becomes master in a
// microsecond, or when the startup delay ends: an address owner.
func (m *Machine) becomeCandidate(i *instance) {
	i.want, i.nextCause = StateMaster, CausePreempted
	i.resetPatience()
	m.setState(i, StateBackup)
	m.start(i, timerMain, time.Microsecond)
}

// becomeFault stops taking part. A quiet one is the state of an instance whose
// scripts have not run yet: nobody is told.
func (m *Machine) becomeFault(i *instance, cause Cause, quiet bool) {
	from := i.state
	if !quiet {
		i.want = StateFault
	}
	if !quiet && from != StateFault && from != StateInit {
		m.logf(i, "(%s) Entering FAULT STATE", i.p.Name)
	}
	if from == StateMaster {
		m.letGo(i, true)
	}
	m.cancel(i, timerMain)
	i.delaying, i.followed = false, netip.Addr{}
	m.setState(i, StateFault)
	if quiet {
		return
	}
	m.changed(i, from, cause)
}

// becomeGone ends an instance that a reload has removed.
func (m *Machine) becomeGone(i *instance) {
	from, told := i.state, StateFault
	if from == StateMaster {
		m.letGo(i, true)
	}
	for k := range i.timers {
		m.timers.cancel(&i.timers[k])
	}
	m.setState(i, StateFault)
	if i.p.NotifyDeleted {
		told = StateDeleted
	}
	if from != StateFault {
		m.emit(i, Effect{Kind: StateChanged, From: from, State: told, Cause: CauseDeleted})
	}
	if i.notified != told {
		m.notify(i, told)
	}
	m.emit(i, Effect{Kind: Forget})
}

// becomeStopped is the end of an instance at the end of the process.
func (m *Machine) becomeStopped(i *instance) {
	from := i.state
	m.setState(i, StateStop)
	m.changed(i, from, CauseStop)
}

func (m *Machine) setState(i *instance, to State) {
	if to != StateBackup {
		m.noFarewell(i)
	}
	if i.state != to {
		i.lastTransition, i.transitioned = m.now, true
	}
	i.state = to
}

// changed tells everybody about the new state, unless they know it already:
// an instance that is in FAULT because of its group has been reported.
func (m *Machine) changed(i *instance, from State, cause Cause) {
	if from != i.state {
		m.emit(i, Effect{Kind: StateChanged, From: from, State: i.state, Cause: cause})
	}
	if i.notified != i.state {
		m.notify(i, i.state)
	}
}

func (m *Machine) notify(i *instance, s State) {
	i.notified = s
	m.emit(i, Effect{Kind: Notify, State: s, Priority: i.priority})
}

// letGo releases what a master holds.
func (m *Machine) letGo(i *instance, resign bool) {
	if i.p.LVSSync {
		m.emit(i, Effect{Kind: LVSSync, State: StateBackup})
	}
	i.logged = 0
	i.counters.ReleaseMaster++
	if resign {
		m.resign(i)
	}
	m.cancelAnnouncements(i)
	i.rogue = rogue{}
	m.cancel(i, timerRogue)
	m.cancel(i, timerRestore)
	m.release(i, false)
}

func (m *Machine) release(i *instance, forced bool) {
	if i.holding || forced {
		m.emit(i, Effect{Kind: Release, Forced: forced})
	}
	i.holding = false
}

// resign sends priority 0.
func (m *Machine) resign(i *instance) {
	if !i.source.IsValid() {
		return
	}
	m.sendAdvert(i, packet.PriorityStop)
	i.counters.PriorityZeroSent++
	if i.want != StateFault || !i.group.faulted(i) {
		m.detailf(i, "(%s) sent 0 priority", i.p.Name)
	}
}

// faulted reports whether i has a fault because of another member alone, of which
// keepalived's log says no more than that.
func (g *group) faulted(i *instance) bool { return g != nil && !i.faulty() }

// sendAdvert needs a source address; an instance that lost it stays silent.
func (m *Machine) sendAdvert(i *instance, priority uint8) {
	if !i.source.IsValid() {
		return
	}
	i.counters.AdvertsSent++
	i.lastAdvert, i.advertised = m.now, true
	m.emit(i, Effect{Kind: SendAdvert, Priority: priority})
}

// useOwnInterval: a master's interval is the one it advertises (RFC 9568 6.1).
func (m *Machine) useOwnInterval(i *instance) {
	if i.p.Version == packet.Version3 && i.activeInt != i.p.AdvertInt {
		m.detailf(i, "(%s) changing advert interval from %dms to locally configured %dms",
			i.p.Name, i.activeInt.Milliseconds(), i.p.AdvertInt.Milliseconds())
	}
	i.resetPatience()
}
