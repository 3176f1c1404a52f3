package fsm

import (
	"strconv"
	"time"
)

// A master whose addresses somebody else removes sets them again and stays. If
// that happens too often, two managers are at war over the interface, and
// giving way, as keepalived always does, is the better choice.
const (
	lossLimit  = 5 // restorations within lossWindow
	lossWindow = 10 * time.Second
	lossGather = 20 * time.Millisecond // removals so close together are one

	acquireRetryMin = time.Second
	acquireRetryMax = 32 * time.Second
)

// addressesLost restores at once on the first removal and gathers what follows
// closely, so that a flush of many addresses counts as one or two.
func (m *Machine) addressesLost(e AddressesLost) {
	i := m.byID[e.Instance]
	if i == nil || i.state != StateMaster {
		return
	}
	if i.lossWhat == "" {
		i.lossWhat = e.What
	} else {
		i.lossMore++
	}
	t := i.timer(timerRestore)
	switch {
	case !t.running():
		m.restore(i)
		m.start(i, timerRestore, lossGather)
	case t.at.sub(m.now) > lossGather:
		// Only a retry was waiting.
		m.start(i, timerRestore, lossGather)
	}
}

// restore sets what is missing, or gives way.
func (m *Machine) restore(i *instance) {
	if i.lossWhat == "" {
		if i.acquireWait > 0 {
			m.emit(i, Effect{Kind: Acquire})
			m.announce(i, ScopeAdded, i.p.Garp.Repeat)
		}
		return
	}
	if i.lossCount == 0 || m.now.sub(i.lossSince) > lossWindow {
		i.lossCount, i.lossSince = 0, m.now
	}
	i.lossCount++
	what := i.takeLoss()
	if i.lossCount > lossLimit {
		m.logf(i, "(%s) %s removed by another program, again after %d times within %d seconds - giving way",
			i.p.Name, what, lossLimit, int(lossWindow.Seconds()))
		m.giveWay(i)
		return
	}
	m.logf(i, "(%s) %s removed by another program - restored", i.p.Name, what)
	m.emit(i, Effect{Kind: Acquire})
	m.announce(i, ScopeAdded, i.p.Garp.Repeat)
}

func (i *instance) takeLoss() string {
	what := i.lossWhat
	if i.lossMore > 0 {
		what += " and " + strconv.Itoa(i.lossMore) + " more"
	}
	i.lossWhat, i.lossMore = "", 0
	return what
}

// giveWay resigns with the whole group and tries again after the skew time, if
// nobody else takes over.
func (m *Machine) giveWay(i *instance) {
	members := []*instance{i}
	for o := range i.group.others(i) {
		members = append(members, o)
	}
	m.becomeBackup(i, CauseLost, true)
	m.syncBackupAs(i, CauseLost, true)
	for _, o := range members {
		o.adverts = 0
		m.start(o, timerMain, o.patience())
	}
}

// acquireFailed tries again, ever more rarely, as long as the instance is
// master; being master without an address is no worse than being none.
func (m *Machine) acquireFailed(e AcquireFailed) {
	i := m.byID[e.Instance]
	if i == nil || i.state != StateMaster {
		return
	}
	i.acquireWait = min(max(2*i.acquireWait, acquireRetryMin), acquireRetryMax)
	if i.timer(timerRestore).running() {
		return
	}
	m.start(i, timerRestore, i.acquireWait)
}
