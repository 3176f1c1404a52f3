package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/vrrp/packet"
)

// heardAsMaster decides who of two masters stays (RFC 9568 6.4.3).
func (m *Machine) heardAsMaster(i *instance, a *packet.Advert) {
	if a.Priority == packet.PriorityStop {
		m.rivalResigned(i)
		return
	}
	if i.mute {
		m.makeWay(i, a)
		return
	}
	order := a.Src.Compare(i.source)
	if a.Priority == i.priority && order == 0 {
		if i.rivalGate.pass(m.now) {
			m.logf(i, "(%s) WARNING - equal priority advert received from remote host with our IP address.", i.p.Name)
		}
		return
	}
	if i.p.HigherPrioSendAdvert && i.outranked(a, order) {
		m.sendAdvert(i, i.priority)
	}
	if a.Priority == i.priority && a.Priority == packet.PriorityOwner {
		m.twoOwners(i, a, order)
	}
	if i.outranked(a, order) {
		m.yield(i, a)
	} else {
		m.defend(i, a)
	}
}

// outranked reports whether the sender goes first: priority, then address.
func (i *instance) outranked(a *packet.Advert, order int) bool {
	return a.Priority > i.priority || a.Priority == i.priority && order > 0
}

// rivalResigned: somebody else was master and is not any more. He may have
// drawn the network's caches to himself.
func (m *Machine) rivalResigned(i *instance) {
	if !i.zeroGate.pass(m.now) {
		return
	}
	m.sendAdvert(i, i.priority)
	m.start(i, timerMain, i.p.AdvertInt)
	m.detailf(i, "(%s) Master received priority 0 message", i.p.Name)
	m.settle(i)
}

// defend answers a master of lower rank, so that it yields, and turns the
// network's caches back to us.
func (m *Machine) defend(i *instance, a *packet.Advert) {
	if !i.rivalGate.pass(m.now) {
		return
	}
	suffix := ", forcing new election"
	if i.p.LowerPrioNoAdvert {
		suffix = ""
	}
	m.logf(i, "(%s) Received advert from %s with lower priority %d, ours %d%s", i.p.Name, a.Src, a.Priority, i.priority, suffix)
	if i.p.AH {
		m.logf(i, "(%s) IPSEC-AH : Syncing seq_num - Increment seq", i.p.Name)
		m.emit(i, Effect{Kind: SyncAHSequence})
	}
	if !i.p.LowerPrioNoAdvert {
		m.sendAdvert(i, i.priority)
		m.start(i, timerMain, i.p.AdvertInt)
		m.ownAdvertSent(i)
	}
	m.announceLower(i)
	for other := range i.group.others(i) {
		m.announceLower(other)
	}
	m.emit(i, Effect{Kind: NotifyRxLowerPri, Priority: i.priority})
}

// yield makes way for a router of higher rank.
func (m *Machine) yield(i *instance, a *packet.Advert) {
	if a.Priority > i.priority {
		m.logf(i, "(%s) Master received advert from %s with higher priority %d, ours %d", i.p.Name, a.Src, a.Priority, i.priority)
	} else {
		m.logf(i, "(%s) Master received advert from %s with same priority %d but higher IP address than ours", i.p.Name, a.Src, a.Priority)
	}
	m.learn(i, a)
	m.tellWinner(i, a)
	m.becomeBackup(i, CauseHigher, false)
	m.syncBackup(i, CauseHigher)
}

// safeSkew is the time that the winner has to answer our resignation.
const safeSkew = 2 * time.Millisecond

// tellWinner sends priority 0 to the router that we make way for. After a
// partition it may never have heard us as master, since we yield to its first
// advert; then it does not know that the network's caches point at us, and does
// not announce itself. keepalived sends nothing here.
//
// It is harmless to a master: it answers with an advert at once. It could make
// a third router take over whose skew time is shorter than that answer takes.
// Such a router ranks behind the winner, so nothing is sent where a router just
// behind the winner would wait for less than safeSkew; and to a unicast winner
// it is sent alone. (A router of ours also listens to priority 0 only from the
// master that it follows.) With higher_prio_send_advert the winner has been sent
// our advert just now.
func (m *Machine) tellWinner(i *instance, a *packet.Advert) {
	if !i.source.IsValid() || SkewTime(i.p.Version, a.Priority-1, i.activeInt) < safeSkew {
		return
	}
	if !i.p.HigherPrioSendAdvert {
		m.goodbye(i, a.Src)
	}
	m.expectAnswer(i)
}

func (m *Machine) goodbye(i *instance, to netip.Addr) {
	i.counters.PriorityZeroSent++
	i.counters.AdvertsSent++
	m.emit(i, Effect{Kind: SendAdvert, Priority: packet.PriorityStop, To: to})
}
