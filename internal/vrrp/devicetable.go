package vrrp

import (
	"errors"
	"net/netip"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/netif"
)

// deviceTable is what the loop knows of the interfaces that are ours.
type deviceTable struct {
	wanted  []device
	ready   map[string]made   // as it was made last, by name
	pending map[string]bool   // being made
	trouble map[string]string // what was last logged as wrong
	said    map[string]string // of new ones, to be logged with the instance
	pool    bool              // said takes what is to be logged
	kept    map[string]bool   // new names that the kernel does not give
	missed  bool              // something has changed since one that is pending was ordered
}

func newDeviceTable() *deviceTable {
	return &deviceTable{
		ready: map[string]made{}, pending: map[string]bool{}, trouble: map[string]string{}, said: map[string]string{}, kept: map[string]bool{},
	}
}

// devicesAtStart makes the devices before anything looks at the interfaces, so
// that an instance need not begin with a fault.
func (l *loop) devicesAtStart(devices []device) error {
	l.devices.wanted = devices
	if len(devices) == 0 {
		return nil
	}
	s, err := netif.List(netif.Options{})
	if err != nil {
		return err
	}
	links := newLinkTable()
	links.fill(s)
	l.devices.pool = true
	defer func() { l.devices.pool = false }()
	for _, d := range devices {
		m, err := l.kernel.devices.ensure(d, links.linkLocal(d.base))
		deviceDone{d, m, err}.handle(l)
	}
	return nil
}

// takeSaid is what is to be logged of the device of an instance.
func (t *deviceTable) takeSaid(name string) string {
	said := t.said[name]
	delete(t.said, name)
	return said
}

// tellRest logs what is to be logged of the other devices.
func (t *deviceTable) tellRest(log *logging.Logger) {
	for _, d := range t.wanted {
		if said := t.takeSaid(d.name); said != "" {
			log.Infof("%s", said)
		}
	}
}

// wantDevices removes the devices that a reload no longer asks for and makes
// new ones.
func (l *loop) wantDevices(devices []device) {
	var gone []string
	maker := l.kernel.devices
	for _, old := range l.devices.wanted {
		if !hasDevice(devices, old.name) {
			gone = append(gone, old.name)
			delete(l.devices.ready, old.name)
		}
	}
	l.devices.wanted = devices
	if len(gone) > 0 {
		l.updateFirewallVMACs()
		for _, name := range gone { // the kernel takes its time for each
			l.worker.add(devicesKey, taskFunc(func() { maker.remove(name) }))
		}
	}
	l.worker.add(devicesKey, taskFunc(func() { maker.reassign(devices) }))
	l.repairDevices()
}

func hasDevice(devices []device, name string) bool {
	for _, d := range devices {
		if d.name == name {
			return true
		}
	}
	return false
}

// repairDevices orders what is missing, or not as it should be, to be made. It
// is made again when its base comes back.
func (l *loop) repairDevices() {
	if l.stopping {
		return
	}
	for _, d := range l.devices.wanted {
		if l.devices.pending[d.name] {
			l.devices.missed = true // perhaps what is being done is too late already
			continue
		}
		if l.deviceGood(d) {
			continue
		}
		if _, ok := l.links.lookup(d.base); ok {
			l.orderDevice(d)
		} else {
			l.dropDevice(d)
		}
	}
}

// dropDevice removes a device whose base has gone by another name, or was a
// macvlan itself: the kernel leaves it there then.
func (l *loop) dropDevice(d device) {
	link, ok := l.links.lookup(d.name)
	if !ok || l.devices.ready[d.name].index != link.Index {
		return
	}
	delete(l.devices.ready, d.name)
	maker := l.kernel.devices
	l.worker.add(devicesKey, taskFunc(func() { maker.drop(d, link.Index) }))
}

// orderDevice has a device made or repaired.
func (l *loop) orderDevice(d device) {
	l.devices.pending[d.name] = true
	maker, address := l.kernel.devices, l.links.linkLocal(d.base)
	l.worker.add(devicesKey, taskFunc(func() {
		m, err := maker.ensure(d, address)
		l.inbox.post(deviceDone{d, m, err})
	}))
}

// deviceGood tells whether nothing needs to be done for a device. One that was
// switched on once and is down now was switched off by somebody.
func (l *loop) deviceGood(d device) bool {
	link, ok := l.links.lookup(d.name)
	base, known := l.links.lookup(d.base)
	switch {
	case !ok || !known:
		return false
	case link.ParentIndex != parentIndex(d.kind, base) || link.Kind != d.kind:
		return false
	case d.kind == "macvlan" && link.HardwareAddr.String() != d.mac.String():
		return false
	}
	now := l.devices.ready[d.name]
	if now.index != link.Index || base.Up() && !link.Up() && !now.up {
		return false
	}
	for _, a := range d.addresses(link.Index, l.links.linkLocal(d.base)) {
		if !l.links.has(a.Key()) {
			return false
		}
	}
	return true
}

// deviceRetry is how long it takes until a device that could not be made is
// tried again.
const deviceRetry = time.Second

// deviceDone is the outcome of making or repairing a device.
type deviceDone struct {
	device
	made
	err error
}

func (m deviceDone) handle(l *loop) {
	t := l.devices
	if t.missed {
		t.missed, l.dirty = false, true
	}
	if m.err == nil {
		t.ready[m.name] = m.made
		switch {
		case m.said == "":
		case t.pool || !hasDevice(t.wanted, m.name):
			t.said[m.name] = m.said
		default:
			l.log.Infof("%s", m.said)
		}
		l.updateFirewallVMACs()
		delete(t.pending, m.name)
		delete(t.trouble, m.name)
		return
	}
	if errors.Is(m.err, errNoBase) {
		delete(t.pending, m.name) // tried again when the base comes
		return
	}
	delete(t.ready, m.name)
	if text := m.err.Error(); t.trouble[m.name] != text {
		t.trouble[m.name] = text
		l.log.Infof("(%s): Unable to create %s interface %s: %v", m.owner, m.title(), m.name, m.err)
	}
	t.pending[m.name] = true
	time.AfterFunc(deviceRetry, func() { l.inbox.post(deviceAgain{m.name}) })
}

// deviceAgain ends the wait after a failure.
type deviceAgain struct{ name string }

func (m deviceAgain) handle(l *loop) {
	delete(l.devices.pending, m.name)
	l.dirty = true
}

// linkLocal is the link-local address of an interface, which its VMACs share.
func (t *linkTable) linkLocal(name string) netip.Addr {
	l, ok := t.lookup(name)
	if !ok {
		return netip.Addr{}
	}
	return linkLocalOf(t.addrs[l.Index], l.HardwareAddr)
}

// has reports whether an address is there.
func (t *linkTable) has(k netif.AddressKey) bool {
	for _, a := range t.addrs[k.Index] {
		if a.Key() == k {
			return true
		}
	}
	return false
}
