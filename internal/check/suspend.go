package check

import (
	"net/netip"

	"keepalived/internal/netif"
)

// suspender follows the addresses of this machine for ha_suspend. Its counts
// belong to the loop.
type suspender struct {
	monitor *netif.Monitor
	count   map[netif.AddressKey]netip.Addr
}

func (s *suspender) end() {
	if s != nil {
		go s.monitor.Close() // its callback may be waiting for the loop
	}
}

// watchAddresses begins to follow addresses when a virtual server needs it, and
// works out which are suspended.
func (l *loop) watchAddresses() {
	needed := false
	for _, v := range l.topology.virtuals {
		needed = needed || v.conf.HASuspend
	}
	if needed && l.suspend == nil {
		l.openMonitor()
	}
	if l.suspend != nil {
		for _, v := range l.topology.virtuals {
			v.suspended = v.conf.HASuspend && !l.anyLocal(v)
		}
	}
}

func (l *loop) openMonitor() {
	l.log.Detailf("Registering Kernel netlink reflector")
	l.log.Detailf("Registering Kernel netlink command channel")
	b := l.conf.Global.Buffers.LVSNetlinkMonitor
	m, snapshot, err := netif.Open(netif.Options{ReceiveBuffer: int(b.Size), Force: b.Force})
	if err != nil {
		l.log.Errf("Watching addresses for ha_suspend: %v", err)
		return
	}
	l.suspend = &suspender{monitor: m}
	l.suspend.fill(snapshot)
	go func() {
		if err := m.Run(func(ev netif.Event) { l.inbox <- func() { l.addressEvent(ev) } }); err != nil {
			l.log.Errf("Watching addresses for ha_suspend: %v", err)
		}
	}()
}

func (s *suspender) fill(snapshot netif.Snapshot) {
	s.count = map[netif.AddressKey]netip.Addr{}
	for _, a := range snapshot.Addresses {
		s.count[a.Key()] = a.Prefix.Addr()
	}
}

func (l *loop) anyLocal(v *virtual) bool {
	for _, a := range l.suspend.count {
		if v.addressed(a) {
			return true
		}
	}
	return false
}

func (l *loop) addressEvent(ev netif.Event) {
	switch ev := ev.(type) {
	case netif.AddressAdded:
		l.suspend.count[ev.Address.Key()] = ev.Address.Prefix.Addr()
		l.reportAddress(ev.Address.Prefix.Addr(), "added")
	case netif.AddressRemoved:
		delete(l.suspend.count, ev.Address.Key())
		l.reportAddress(ev.Address.Prefix.Addr(), "removed")
	case netif.Resync:
		l.suspend.fill(ev.Snapshot)
	default:
		return
	}
	l.reconsider()
}

func (l *loop) reportAddress(a netip.Addr, what string) {
	if l.flags.AddressMonitoring {
		l.log.Infof("Netlink reflector reports IP %s %s", a, what)
		return
	}
	for _, v := range l.topology.virtuals {
		if v.conf.HASuspend && v.addressed(a) {
			l.log.Detailf("Netlink reflector reports IP %s %s", a, what)
			return
		}
	}
}

// reconsider suspends and resumes the checkers of virtual servers.
func (l *loop) reconsider() {
	for _, v := range l.topology.virtuals {
		suspended := v.conf.HASuspend && !l.anyLocal(v)
		if suspended == v.suspended {
			continue
		}
		v.suspended = suspended
		for _, r := range v.reals {
			for range r.checks {
				l.log.Infof("%s healthchecker for service %s for VS %s", inhibitWord(suspended, "Suspending", "Activating"), r.name(), v.name())
			}
		}
	}
}
