package fsm

import (
	"time"

	"keepalived/internal/vrrp/packet"
)

// Two routers that both claim to own the addresses are a mistake in the
// configuration. The one with the lower address yields by the common rule; the
// other gives it two adverts and a bit more than an interval to do so, and then
// lowers itself to 254 and yields.

const rogueGrace = 2 // own adverts

// rogue is another owner that was heard by a master.
type rogue struct {
	adverts  int           // own ones to send before it must be silent; 0: none heard
	interval time.Duration // of its adverts
}

func (m *Machine) twoOwners(i *instance, a *packet.Advert, order int) {
	switch {
	case order > 0:
		m.logTwoOwners(i, a)
	case i.timer(timerRogue).running():
		m.logf(i, "(%s) %s is still advertising as address owner, please resolve - reducing our priority", i.p.Name, a.Src)
		m.cancel(i, timerRogue)
		i.priority, i.total = packet.PriorityOwner-1, packet.PriorityOwner-1
	default:
		i.rogue.interval = a.Interval
		if i.rogue.adverts == 0 {
			m.logTwoOwners(i, a)
			i.rogue.adverts = rogueGrace
		}
	}
}

func (m *Machine) logTwoOwners(i *instance, a *packet.Advert) {
	m.logf(i, "(%s) CONFIGURATION ERROR: local instance and %s are both configured as address owner, please resolve", i.p.Name, a.Src)
}

// ownAdvertSent counts the adverts that the other owner has had time to hear.
func (m *Machine) ownAdvertSent(i *instance) {
	if i.rogue.adverts == 0 {
		return
	}
	if i.rogue.adverts--; i.rogue.adverts == 0 {
		wait := max(i.rogue.interval, i.p.AdvertInt) * 12 / 10
		m.start(i, timerRogue, wait)
	}
}

// rogueGone: the router that we lowered ourselves for no longer claims the
// addresses.
func (i *instance) rogueGone(a *packet.Advert, newMaster bool) bool {
	return newMaster || a.Priority != packet.PriorityOwner
}

func (m *Machine) restoreOwnership(i *instance, text string) {
	if !i.isAddressOwner() || i.priority == packet.PriorityOwner {
		return
	}
	m.logf(i, text, i.p.Name, packet.PriorityOwner)
	i.priority, i.total = packet.PriorityOwner, packet.PriorityOwner
}
