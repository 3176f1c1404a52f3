package fsm

import (
	"time"

	"keepalived/internal/vrrp/packet"
)

// respondGap is the least time between two answers to other masters. No router
// sends more often than every 10 ms, so what comes faster is a flood, and one
// answer reaches all.
const respondGap = 10 * time.Millisecond

// advertReceived handles an advert that passed all checks. Instances that do
// not take part ignore it, as all do during the startup delay.
func (m *Machine) advertReceived(id InstanceID, a *packet.Advert) {
	i := m.byID[id]
	if i == nil || !i.running() || m.startup.running() {
		return
	}
	i.counters.AdvertsReceived++
	if a.Priority == packet.PriorityStop {
		i.counters.PriorityZeroReceived++
	}
	if a.Warnings != 0 {
		m.warn(i, a)
	}
	// What was queued while the process did not run must not find a master that
	// is to step down.
	if i.state == StateMaster && !m.steppedDownLate(i) {
		m.heardAsMaster(i, a)
	} else {
		m.heardAsBackup(i, a)
	}
}

// gate lets one answer through in respondGap.
type gate struct {
	used bool
	next instant
}

func (g *gate) pass(now instant) bool {
	if g.used && now < g.next {
		return false
	}
	*g = gate{true, now.add(respondGap)}
	return true
}
