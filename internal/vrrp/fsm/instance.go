package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/vrrp/packet"
)

// instance is one virtual router.
type instance struct {
	id     InstanceID
	p      Instance
	group  *group
	tracks []track

	state State // written by setState only
	// want is the state it would be in without its sync group.
	want     State
	notified State // last state that was notified

	base, priority uint8 // base and effective priority
	total          int   // base plus weights, not clamped
	faults         FaultSet
	faultTracks    int // trackers without weight that have failed
	scriptsInit    int // scripts without weight that have not run yet
	source         netip.Addr

	activeInt      time.Duration // Active_Adver_Interval
	adverts        int           // adverts that may go missing; 0 after a priority 0 advert
	masterAddr     netip.Addr    // last other router heard of as master
	followed       netip.Addr    // master whose silence is waited for; invalid: none
	masterPriority uint8
	nextCause      Cause
	lenient        bool // the silence of the master has been excused once
	masterCause    Cause
	delaying       bool // the preempt delay has been started
	preemptAt      instant

	holding    bool // addresses are set
	settleLeft int
	// Answers to other masters: to priority 0, and to all other adverts. They do
	// not share a gate, since a third router relies on the answer to priority 0.
	zeroGate, rivalGate gate
	logged              uint64    // rate limit: what has been logged, see logOnce
	past                past      // before the reload that is being handled
	was                 condition // before the event that is being handled

	farewell farewell

	rogue rogue

	loss loss

	mute    bool    // adverts do not leave
	probeAt instant // then it is tried

	timers         [numTimers]timer
	lastTransition instant
	transitioned   bool
	lastAdvert     instant
	advertised     bool
	counters       Counters
}

func newInstance(id InstanceID) *instance {
	i := &instance{id: id}
	for k := range i.timers {
		i.timers[k] = timer{inst: i, kind: timerKind(k)}
	}
	return i
}

// setParams takes over configured values, with what would make timers stand
// still or run wild replaced.
func (i *instance) setParams(p Instance) {
	if p.AdvertInt < minAdvertInt {
		p.AdvertInt = defaultAdvertInt
	}
	if p.DownTimerAdverts < 1 {
		p.DownTimerAdverts = defaultAdverts
	}
	p.Source = p.Source.WithZone("")
	i.p = p
	i.base = p.Priority
	i.source = p.Source
	i.faults = p.Faults.Without(FaultTracker) | i.faults&FaultSet(FaultNoSocket)
	if !p.Source.IsValid() {
		i.faults = i.faults.With(FaultNoSourceIP)
	}
}

// faulty reports whether a fault of its own keeps the instance out.
func (i *instance) faulty() bool { return i.faults != 0 || i.faultTracks > 0 }

// up reports whether the instance could take part on its own.
func (i *instance) up() bool { return !i.faulty() && i.scriptsInit == 0 }

// running reports whether the instance takes part.
func (i *instance) running() bool { return i.state == StateBackup || i.state == StateMaster }

func (i *instance) isAddressOwner() bool { return i.base == packet.PriorityOwner }

func (i *instance) skewTime() time.Duration {
	return SkewTime(i.p.Version, i.rank(), i.activeInt)
}

// rank is the priority that its timers count with.
func (i *instance) rank() uint8 {
	if i.isAddressOwner() {
		return packet.PriorityOwner
	}
	return i.priority
}

// patience is how long a backup waits, as things stand.
func (i *instance) patience() time.Duration {
	return ActiveDownInterval(i.p.Version, i.rank(), i.activeInt, i.adverts)
}

// resetPatience forgets what was learnt from a master.
func (i *instance) resetPatience() {
	i.activeInt = i.p.AdvertInt
	i.adverts = i.p.DownTimerAdverts
	i.lenient = false
}

func (i *instance) timer(k timerKind) *timer { return &i.timers[k] }
