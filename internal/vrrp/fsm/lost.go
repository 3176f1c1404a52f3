package fsm

import (
	"fmt"
	"strconv"
	"time"
)

// A master whose addresses somebody else removes sets them again and stays. If
// that happens too often, two managers are at war over the interface, and
// giving way, as keepalived always does, is the better choice.
//
// What is removed first is set again at once; what follows, whenever nothing was
// removed for a while, which is doubled each time: ip-address(8) looks for what
// a flush has to remove again and again until nothing is left.
const (
	lossLimit  = 5 // removals within lossWindow
	lossWindow = 10 * time.Second
	// Removals of several objects without a pause of lossSpell are one, a flush,
	// which takes its time on a busy machine; but not for ever.
	lossSpell = time.Second
	lossWar   = 30 * time.Second

	lossQuiet     = 20 * time.Millisecond  // where one object is concerned
	lossQuietMany = 100 * time.Millisecond // and where several are
	lossDoublings = 3
	lossHold      = time.Second // longest that something waits for quiet

	acquireRetryMin = time.Second
	acquireRetryMax = 32 * time.Second
)

// loss is what a master knows about addresses that went missing.
type loss struct {
	count int // removals since
	since instant
	retry time.Duration // before setting failed addresses again; 0: none failed

	// The spell that goes on, or was the last.
	began, last instant   // first and latest removal
	lost        objectSet // in this spell

	// gathering: the last restoration is so recent that the next one waits.
	gathering bool
	doublings int // of the time that it waits for

	what string // removed first, since the last restoration; empty: nothing is missing
	more int    // removed besides
	at   instant
}

// objectSet is places in the list of what an instance holds.
type objectSet struct {
	bits []uint64
	n    int
}

func (s *objectSet) add(k int) {
	for len(s.bits) <= k/64 {
		s.bits = append(s.bits, 0)
	}
	word, bit := &s.bits[k/64], uint64(1)<<(k%64)
	if *word&bit == 0 {
		*word |= bit
		s.n++
	}
}

// note takes down what is missing now, and reports whether a spell begins.
func (l *loss) note(e AddressesLost, now instant) (begins bool) {
	begins = l.lost.n == 0 || now.sub(l.last) > lossSpell
	if begins {
		l.began, l.lost = now, objectSet{}
	}
	l.last = now
	if l.what == "" {
		l.what, l.more, l.at = e.What, -1, now
	}
	l.more += len(e.Objects)
	for _, k := range e.Objects {
		l.lost.add(k)
	}
	return begins
}

// quiet is how long nothing may be removed before what is missing is set again.
func (l *loss) quiet() time.Duration {
	if l.lost.n > 1 {
		return lossQuietMany << l.doublings
	}
	return lossQuiet << l.doublings
}

// addressesLost restores at once what is removed first, and what follows closely
// when it is over.
func (m *Machine) addressesLost(e AddressesLost) {
	i := m.byID[e.Instance]
	if i == nil || i.state != StateMaster || len(e.Objects) == 0 {
		return
	}
	l := &i.loss
	waits := l.what != ""
	if begins := l.note(e, m.now); begins || l.lost.n == 1 && !waits {
		l.counted(m.now)
	}
	if l.gathering {
		m.start(i, timerRestore, min(l.quiet(), l.at.add(lossHold).sub(m.now)))
		return
	}
	l.doublings = 0
	m.restore(i)
}

// counted adds a removal to those within the window.
func (l *loss) counted(now instant) {
	if l.count == 0 || now.sub(l.since) > lossWindow {
		l.count, l.since = 0, now
	}
	l.count++
}

// war says what is too much; empty: nothing is.
func (l *loss) war() string {
	switch {
	case l.count > lossLimit:
		return fmt.Sprintf("after %d times within %d seconds", lossLimit, int(lossWindow.Seconds()))
	case l.last.sub(l.began) > lossWar:
		return fmt.Sprintf("and again for %d seconds", int(lossWar.Seconds()))
	}
	return ""
}

// restoreDue ends a pause: of the removals, or between attempts to set what
// could not be set.
func (m *Machine) restoreDue(i *instance) {
	l := &i.loss
	switch {
	case l.what != "":
		l.doublings = min(l.doublings+1, lossDoublings)
		m.restore(i)
		return
	case l.retry > 0:
		m.emit(i, Effect{Kind: Acquire})
		m.announce(i, ScopeAdded, i.p.Garp.Repeat)
	}
	l.gathering = false
}

// restore sets what is missing, or gives way.
func (m *Machine) restore(i *instance) {
	l := &i.loss
	what := l.take()
	if war := l.war(); war != "" {
		m.logf(i, "(%s) %s removed by another program, again %s - giving way", i.p.Name, what, war)
		m.giveWay(i)
		return
	}
	m.logf(i, "(%s) %s removed by another program - restored", i.p.Name, what)
	m.emit(i, Effect{Kind: Acquire})
	m.announce(i, ScopeAdded, i.p.Garp.Repeat)
	l.gathering = true
	m.start(i, timerRestore, l.quiet())
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
