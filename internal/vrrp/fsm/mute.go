package fsm

import (
	"time"

	"keepalived/internal/vrrp/packet"
)

// A master whose own adverts cannot leave, because a firewall of this machine or
// a lost permission forbids it or its address is missing, is not known to anybody. Whoever it hears has
// taken over already, or is about to; it makes way and follows, whatever the
// priorities say. As long as it hears nobody it stays: giving up the addresses
// would help no one.

// probePace is the distance between tries of a silent backup.
const probePace = 5 * time.Second

// advertsBlocked notes whether adverts leave. A backup that could preempt does
// so by its timer, which lower adverts do not stop any more.
func (m *Machine) advertsBlocked(e AdvertsBlocked) {
	i := m.byID[e.Instance]
	if i == nil || i.mute == e.Blocked {
		return
	}
	i.mute, i.probeAt = e.Blocked, m.now.add(probePace)
	if !e.Blocked {
		m.logf(i, "(%s) adverts leave again", i.p.Name)
	}
}

// makeWay leaves the addresses to a router whose adverts do arrive.
func (m *Machine) makeWay(i *instance, a *packet.Advert) {
	m.logf(i, "(%s) our adverts do not leave - giving way to %s with priority %d, ours %d", i.p.Name, a.Src, a.Priority, i.priority)
	m.learn(i, a)
	m.becomeBackup(i, CauseHigher, false)
	m.syncBackup(i, CauseHigher)
}

// probe tries whether adverts leave again. Priority 0 makes nobody master, since
// the master answers it at once; see tellWinner. Where that would not be safe the
// next election is the try.
func (m *Machine) probe(i *instance, a *packet.Advert) {
	if !i.mute || m.now < i.probeAt {
		return
	}
	i.probeAt = m.now.add(probePace)
	if SkewTime(i.p.Version, a.Priority-1, i.activeInt) < safeSkew {
		i.mute = false
		return
	}
	if i.source.IsValid() {
		m.emit(i, Effect{Kind: SendAdvert, Priority: packet.PriorityStop, To: a.Src})
	}
}
