package vrrp

import (
	"bytes"
	"cmp"
	"net"

	"keepalived/internal/netif"
)

// logLink tells what has become of an interface, before the table knows.
func (l *loop) logLink(ev netif.Event) {
	switch ev := ev.(type) {
	case netif.LinkChanged:
		l.logChangedLink(ev.Link)
	case netif.LinkRemoved:
		old, known := l.links.byIndex[ev.Link.Index]
		switch {
		case !known:
			l.log.Detailf("Unknown interface %s deleted", ev.Link.Name)
		case l.stopping:
		case l.watched[old.Name] || l.log.Detail() > 0:
			l.log.Infof("Interface %s deleted", old.Name)
		}
	}
}

func (l *loop) logChangedLink(link netif.Link) {
	old, known := l.links.byIndex[link.Index]
	if known {
		l.logHardware(old, "Address", old.HardwareAddr, link.HardwareAddr)
		l.logHardware(old, "Broadcast", old.Broadcast, link.Broadcast)
	}
	if known && old.Name != link.Name {
		l.log.Infof("Interface name has changed from %s to %s", old.Name, link.Name)
	}
	if (!known || old.Name != link.Name) && !hasDevice(l.devices.wanted, link.Name) && !l.devices.pending[link.Name] {
		l.log.Detailf("Interface %s added", link.Name)
	}
}

func (l *loop) logHardware(of netif.Link, what string, old, now net.HardwareAddr) {
	if !bytes.Equal(old, now) {
		l.log.Detailf("(%s) MAC %s changed from %s to %s", of.Name, what, cmp.Or(old.String(), "none"), now)
	}
}
