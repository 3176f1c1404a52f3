package vrrp

import (
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dbus"
	"keepalived/internal/logging"
	"keepalived/internal/netif"
	"keepalived/internal/poller"
	"keepalived/internal/proctrack"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
	"keepalived/internal/watchdog/link"
)

// loop owns the state of the VRRP child. It is one goroutine and never
// waits for anything but its poller.
type loop struct {
	log      *logging.Logger
	poll     *poller.Poller
	inbox    *inbox
	worker   *worker
	kernel   kernelSide
	parent   parent
	reporter *reporter
	notify   *notifier
	surface  *surface
	bus      *dbus.Service
	subagent *subagent // SNMP
	machine  *fsm.Machine
	conf     *config.Config
	vips     map[netip.Addr]bool // of all instances
	flags    Flags

	links      *linkTable
	delays     *delays
	beats      *beats // nil: no driver is asked for its link
	assigned   assigned
	channels   channels
	missing    map[string]bool // interfaces that the log has said are
	deletions  deletions
	bare       bare
	sockets    *socketSet
	instances  map[fsm.InstanceID]*instance
	groups     map[fsm.GroupID]group
	statics    *statics
	lifetimes  lifetimes
	lvsSync    *lvsSync       // nil: no instance has had one
	syncOwner  fsm.InstanceID // the last one that had
	devices    *deviceTable
	trackers   *trackerSet
	trackerIDs map[trackerKey]fsm.TrackerID
	scripts    map[string]*tracking
	sessions   map[string]bool                     // BFD: which of those that were heard of are up
	heard      map[string]link.SessionState        // the newest of each, as it was told
	files      *fileWatch                          // nil: none
	processes  *proctrack.Watcher                  // nil: none
	processUp  map[string]bool                     // as last told, by name
	tracked    map[fsm.TrackerID]fsm.TrackerStatus // of interfaces, as last told to the state machine
	watched    map[string]bool                     // interfaces that matter to an instance
	used       map[string]bool                     // interfaces that objects of instances are on
	dirty      bool                                // interfaces or addresses changed since the last reassessment
	back       bool                                // an interface that matters came up since then
	gone       map[netif.AddressKey]bool           // removed by somebody else since the last wake-up
	losses     []loss
	holders    holders

	begun     time.Duration // the system's uptime when the child began
	now       time.Time
	rehearsed time.Time // the deadline for which a takeover was rehearsed
	buf       [maxPacket]byte
	datagram  packet.Datagram // being judged
	ready     []poller.Ready
	reloads   int // that have begun
	stopping  bool
	done      bool
}

// maxPacket is the largest advert: 255 IPv6 addresses, headers and trailer.
const maxPacket = 8192

// maxReads is how many packets are read from a socket before timers are looked
// at again: a flood holds nothing up.
const maxReads = 64

// run serves events until the child has stopped.
func (l *loop) run() error {
	for !l.done {
		deadline, _ := l.machine.NextDeadline()
		deadline, exact := l.approach(deadline)
		ready, err := l.poll.Wait(l.lifetimes.before(deadline), exact, l.ready)
		if err != nil {
			return err
		}
		l.ready = ready
		l.now = time.Now()
		for _, r := range ready {
			l.readable(r)
		}
		l.inbox.drain(l)
		if l.dirty {
			l.reassess()
			l.addressesGone()
			l.restore()
		}
		l.carryOut(l.machine.Advance(time.Now()))
		l.renew()
		l.parent.hello(l.now)
	}
	return nil
}

func (l *loop) readable(r poller.Ready) {
	switch r.FD {
	case l.parent.fd():
		l.fromParent()
		return
	case l.parent.child.ExpressFD():
		l.fromBFD()
		return
	}
	if p, ok := l.sockets.byFD[r.FD]; ok {
		l.receive(p)
	}
}

// receive reads adverts and feeds them to the state machine.
func (l *loop) receive(p *socketPair) {
	for range maxReads {
		n, meta, err := p.recv.Recv(l.buf[:])
		if err == wire.ErrWouldBlock {
			return
		}
		if err != nil {
			// The interface went away or down; the monitor tells which.
			l.log.Detailf("VRRP socket on %s: %v", p.endpoint, err)
			return
		}
		l.advert(p, l.buf[:n], meta)
	}
}

// step gives the state machine an event and does what it asks for.
func (l *loop) step(e fsm.Event) {
	l.carryOut(l.machine.Step(l.now, e))
}
