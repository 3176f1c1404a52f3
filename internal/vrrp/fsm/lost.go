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

// loss is what a master knows about addresses that went missing.
type loss struct {
	count int // restorations since
	since instant
	what  string        // removed first, since the last restoration
	more  int           // removed besides
	retry time.Duration // before setting failed addresses again; 0: none failed
}

// addressesLost restores at once on the first removal and gathers what follows
// closely, so that a flush of many addresses counts as one or two.
func (m *Machine) addressesLost(e AddressesLost) {
	i := m.byID[e.Instance]
	if i == nil || i.state != StateMaster {
		return
	}
	if i.loss.what == "" {
		i.loss.what = e.What
	} else {
		i.loss.more++
	}
	t := i.timer(timerRestore)
	switch {
	case !t.running():
		m.restore(i)
		if i.state == StateMaster {
			m.start(i, timerRestore, lossGather)
		}
	case t.at.sub(m.now) > lossGather:
		// Only a retry was waiting.
		m.start(i, timerRestore, lossGather)
	}
}

// restore sets what is missing, or gives way.
func (m *Machine) restore(i *instance) {
	if i.loss.what == "" {
		if i.loss.retry > 0 {
			m.emit(i, Effect{Kind: Acquire})
			m.announce(i, ScopeAdded, i.p.Garp.Repeat)
		}
		return
	}
	if i.loss.count == 0 || m.now.sub(i.loss.since) > lossWindow {
		i.loss.count, i.loss.since = 0, m.now
	}
	i.loss.count++
	what := i.loss.take()
	if i.loss.count > lossLimit {
		m.logf(i, "(%s) %s removed by another program, again after %d times within %d seconds - giving way",
			i.p.Name, what, lossLimit, int(lossWindow.Seconds()))
		m.giveWay(i)
		return
	}
	m.logf(i, "(%s) %s removed by another program - restored", i.p.Name, what)
	m.emit(i, Effect{Kind: Acquire})
	m.announce(i, ScopeAdded, i.p.Garp.Repeat)
}

// take names what was removed, and forgets it.
func (l *loss) take() string {
	what := l.what
	if l.more > 0 {
		what += " and " + strconv.Itoa(l.more) + " more"
	}
	l.what, l.more = "", 0
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
	i.loss.retry = min(max(2*i.loss.retry, acquireRetryMin), acquireRetryMax)
	if i.timer(timerRestore).running() {
		return
	}
	m.start(i, timerRestore, i.loss.retry)
}
