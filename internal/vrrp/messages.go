package vrrp

import (
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/fsm"
)

// kernelEvent is what the interface monitor reports.
type kernelEvent struct{ netif.Event }

func (m kernelEvent) handle(l *loop) {
	l.logAddressEvent(m.Event)
	l.logLink(m.Event)
	l.kernelEvent(m.Event)
}

// addressesSet is IPv4 addresses that the worker has added, of which the monitor
// says nothing.
type addressesSet struct{ added []netif.Address }

func (m addressesSet) handle(l *loop) {
	for _, a := range m.added {
		l.links.addAddress(a)
		clothed := l.bare.clothed(a)
		l.back = l.back || clothed
		l.dirty = l.dirty || clothed || !l.vips[a.Prefix.Addr()]
	}
}

// undeleted says that the kernel had nothing to delete where a deletion was
// expected.
type undeleted struct {
	key  netif.AddressKey
	gone bool // the kernel says that there is no such address
}

func (m undeleted) handle(l *loop) {
	l.deletions.settle(m.key)
	if m.gone {
		l.links.removeAddress(m.key)
	}
}

// acquireFailed says that something could not be set.
type acquireFailed struct {
	instance fsm.InstanceID
	key      string // of the object
	what     string
}

// handle logs each failure once for as long as the instance is master: it is
// tried again and again.
func (m acquireFailed) handle(l *loop) {
	if in, ok := l.instances[m.instance]; ok && l.isMaster(in) {
		if in.failed == nil || in.refused == nil {
			in.failed, in.refused = map[string]bool{}, map[string]bool{}
		}
		if !in.failed[m.what] {
			in.failed[m.what] = true
			l.log.Infof("(%s) %s", in.conf.Name, m.what)
		}
		in.refused[m.key] = true
	}
	l.step(fsm.AcquireFailed{Instance: m.instance, What: m.what})
}

// trackerResult is a new result of a script, file, process or session.
type trackerResult struct {
	kind   fsm.TrackerKind
	name   string
	status fsm.TrackerStatus
}

func (m trackerResult) handle(l *loop) {
	if id, ok := l.trackerID(m.kind, m.name); ok {
		l.step(fsm.TrackerChanged{Tracker: id, TrackerStatus: m.status})
	}
}

// signalled is a signal that the process got.
type signalled struct{ os.Signal }

func (m signalled) handle(l *loop) {
	switch m.Signal {
	case unix.SIGTERM, unix.SIGINT:
		l.stop()
	case unix.SIGHUP:
		l.parent.reloadRequest()
	default:
		l.asked(m.Signal)
	}
}

// stopped says that everything ordered by stop has been carried out.
type stopped struct{}

func (stopped) handle(l *loop) { l.done = true }
