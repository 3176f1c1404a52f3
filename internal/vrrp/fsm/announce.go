package fsm

import "time"

// After a second master was heard the network's caches are refreshed for a
// while: its last gratuitous ARP may still be on its way.
const (
	settleEvery = time.Second
	settleTimes = 5
)

func (m *Machine) announce(i *instance, scope Scope, repeat int) {
	if repeat > 0 {
		m.emit(i, Effect{Kind: Announce, Scope: scope, Repeat: repeat})
	}
}

// announceTakeover is the first burst of a new master, and the timers of the
// later ones.
func (m *Machine) announceTakeover(i *instance) {
	m.announce(i, ScopeAll, i.p.Garp.Repeat)
	if i.p.Garp.Delay > 0 {
		m.start(i, timerGarp, i.p.Garp.Delay)
	}
	m.startPeriodic(i, timerRefresh, i.p.Garp.Refresh)
	m.startPeriodic(i, timerExtra, i.p.Garp.ExtraIf)
}

func (m *Machine) startPeriodic(i *instance, k timerKind, period time.Duration) {
	if period > 0 {
		m.start(i, k, i.p.Garp.Delay+period)
	}
}

// announceLower answers the announcements of a master of lower rank, at once,
// after garp_lower_prio_delay and meanwhile.
func (m *Machine) announceLower(i *instance) {
	if i.p.Garp.LowerRepeat == 0 || i.state != StateMaster {
		return
	}
	m.announce(i, ScopeAll, i.p.Garp.LowerRepeat)
	if i.p.Garp.LowerDelay > 0 {
		m.start(i, timerLower, i.p.Garp.LowerDelay)
	}
	m.startSettling(i)
}

// settle announces now and for some seconds on, for the whole sync group: its
// other members need not hear of the second master.
func (m *Machine) settle(i *instance) {
	m.settleOne(i)
	for other := range i.group.others(i) {
		m.settleOne(other)
	}
}

func (m *Machine) settleOne(i *instance) {
	if i.p.Garp.LowerRepeat == 0 || i.state != StateMaster {
		return
	}
	if !i.timer(timerSettle).running() {
		m.announce(i, ScopeAll, 1)
	}
	m.startSettling(i)
}

func (m *Machine) startSettling(i *instance) {
	i.settleLeft = settleTimes
	if !i.timer(timerSettle).running() {
		m.start(i, timerSettle, settleEvery)
	}
}

func (m *Machine) settled(i *instance) {
	m.announce(i, ScopeAll, 1)
	if i.settleLeft--; i.settleLeft > 0 {
		m.repeat(i.timer(timerSettle), settleEvery)
	}
}

func (m *Machine) cancelAnnouncements(i *instance) {
	for _, k := range []timerKind{timerGarp, timerRefresh, timerExtra, timerLower, timerSettle} {
		m.cancel(i, k)
	}
	m.emit(i, Effect{Kind: CancelAnnounce})
}

// announceSource renews our entry in the caches of unicast peers, which could
// not reach us otherwise until they have asked for our address.
func (m *Machine) announceSource(i *instance) {
	if !i.p.Key.Unicast || !i.source.IsValid() || m.startup.running() {
		return
	}
	what := "ARP"
	if i.p.Key.IPv6 {
		what = "NA"
	}
	m.detailf(i, "%s: sending gratuitous %s for %s", i.p.Name, what, i.source)
	m.emit(i, Effect{Kind: AnnounceSource, Source: i.source})
}

func (m *Machine) announceRequested(e AnnounceRequested) {
	for _, i := range m.instances {
		if i.state == StateMaster && (e.Instance == None || e.Instance == i.id) {
			m.announce(i, ScopeAll, i.p.Garp.Repeat)
		}
	}
}
