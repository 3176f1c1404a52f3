package fsm

import (
	"fmt"
	"time"
)

// Machine is the state of all instances and groups of one process. It is used
// by one goroutine.
type Machine struct {
	epoch time.Time
	now   instant
	cfg   Config

	instances []*instance // in configuration order
	byID      map[InstanceID]*instance
	groups    []*group
	trackers  []*tracker
	trackByID map[TrackerID]*tracker
	nextInst  InstanceID
	nextGroup GroupID
	nextTrack TrackerID

	timers     timerHeap
	startup    timer // running: the startup delay
	startupCut bool  // by a reload, which has ended the startup delay
	startedAt  instant
	started    bool
	stopped    bool

	effects []Effect
}

// New makes a machine. Nothing happens before Start.
func New(cfg Config, now time.Time) *Machine {
	m := &Machine{
		epoch:     now,
		byID:      map[InstanceID]*instance{},
		trackByID: map[TrackerID]*tracker{},
		startup:   timer{kind: timerStartup},
	}
	m.configure(cfg)
	return m
}

// Step handles one event.
func (m *Machine) Step(now time.Time, e Event) []Effect {
	m.begin(now)
	if m.started && !m.stopped {
		m.dispatch(e)
	}
	return m.effects
}

func (m *Machine) dispatch(e Event) {
	switch e := e.(type) {
	case AdvertReceived:
		m.advertReceived(e.Instance, &e.Advert)
	case AdvertRejected:
		m.advertRejected(e.Instance, e.Verdict)
	case FaultChanged:
		m.faultChanged(e)
	case SourceChanged:
		m.sourceChanged(e)
	case TrackerChanged:
		m.trackerChanged(e)
	case AdvertsBlocked:
		m.advertsBlocked(e)
	case AddressesLost:
		m.addressesLost(e)
	case AcquireFailed:
		m.acquireFailed(e)
	case PriorityChanged:
		m.priorityChanged(e)
	case PreemptChanged:
		m.preemptChanged(e)
	case AnnounceRequested:
		m.announceRequested(e)
	case Stop:
		m.stop()
	}
}

// NextDeadline is when Advance must be called next; false: no timer runs.
func (m *Machine) NextDeadline() (time.Time, bool) {
	t := m.timers.first()
	if t == nil {
		return time.Time{}, false
	}
	return m.epoch.Add(time.Duration(t.at)), true
}

// Advance serves the timers that are due, and those that are nearly due where
// that does no harm (Config.Slack).
func (m *Machine) Advance(now time.Time) []Effect {
	m.begin(now)
	for {
		t := m.timers.first()
		if t == nil || !m.due(t) {
			return m.effects
		}
		m.timers.cancel(t)
		m.fire(t)
	}
}

func (m *Machine) due(t *timer) bool {
	return t.at <= m.now || t.early() && t.at <= m.now.add(m.cfg.Slack)
}

func (m *Machine) fire(t *timer) {
	i := t.inst
	switch t.kind {
	case timerMain:
		m.mainTimer(i)
	case timerGarp:
		m.announce(i, ScopeAll, i.p.Garp.Repeat)
	case timerRefresh:
		m.announce(i, ScopeAll, i.p.Garp.RefreshRepeat)
		m.repeat(t, i.p.Garp.Refresh)
	case timerExtra:
		m.announce(i, ScopeExtraIf, 1)
		m.repeat(t, i.p.Garp.ExtraIf)
	case timerLower:
		m.announce(i, ScopeAll, i.p.Garp.LowerRepeat)
	case timerSettle:
		m.settled(i)
	case timerFarewell:
		m.notAnswered(i)
	case timerRogue:
		m.logf(i, "(%s): rogue address owner appears to have stopped advertising", i.p.Name)
	case timerRestore:
		m.restoreDue(i)
	case timerStartup:
		m.startupDone()
	}
}

// repeat starts a periodic timer again, counted from when it was due, so that
// lateness does not add up. Periods that were missed altogether are not made
// up for.
func (m *Machine) repeat(t *timer, period time.Duration) {
	at := t.at.add(period)
	if at <= m.now.add(m.cfg.Slack) {
		at = m.now.add(period)
	}
	m.timers.set(t, at)
}

// start runs a timer from now, or from the end of the startup delay.
func (m *Machine) start(i *instance, kind timerKind, d time.Duration) {
	from := m.now
	if m.startup.running() {
		from = m.startup.at
	}
	m.timers.set(&i.timers[kind], from.add(d))
}

func (m *Machine) cancel(i *instance, kind timerKind) { m.timers.cancel(&i.timers[kind]) }

func (m *Machine) begin(now time.Time) {
	if n := instant(now.Sub(m.epoch)); n > m.now {
		m.now = n
	}
	m.effects = m.effects[:0]
}

// emit adds an effect of an instance.
func (m *Machine) emit(i *instance, e Effect) {
	e.Instance, e.Group = i.id, None
	m.effects = append(m.effects, e)
}

func (m *Machine) logf(i *instance, format string, args ...any) {
	m.emit(i, Effect{Kind: Log, Text: fmt.Sprintf(format, args...)})
}

// detailf is for lines that only detailed logging shows.
func (m *Machine) detailf(i *instance, format string, args ...any) {
	m.emit(i, Effect{Kind: Log, Detail: true, Text: fmt.Sprintf(format, args...)})
}

// plainf is for lines of no instance.
func (m *Machine) plainf(format string, args ...any) {
	m.effects = append(m.effects, Effect{Kind: Log, Instance: None, Group: None, Text: fmt.Sprintf(format, args...)})
}
