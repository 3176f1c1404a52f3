package config

import (
	"strconv"
	"time"

	"keepalived/internal/config/lang"
)

func openGarp(d *decoder, s stmt) bool {
	d.garp = &garpDraft{GarpGroup: GarpGroup{Origin: s.origin()}}
	d.garps = append(d.garps, d.garp)
	d.name = strconv.Itoa(len(d.garps))
	return true
}

func endGarp(d *decoder) {
	if d.garp.GarpInterval == 0 && d.garp.GnaInterval == 0 {
		d.atEnd(d.garp.Origin, "add garp_interval or gna_interval", "garp group %d does not have any delay set - removing", d.garp.number)
		d.garp.names = nil
	}
}

func garpInterval(name string, p func(g *garpDraft) *time.Duration) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, decimals{lo: 0, hi: 4294967295, places: 6})
		if !ok {
			d.refuse(s, 1, "garp_group "+name+" '{v}' invalid")
			return
		}
		if v >= time.Second {
			d.info(s.at(1), "The %s is very large - %s seconds", name, s.arg(1))
		}
		*p(d.garp) = v
	}
}

func garpInterface(d *decoder, s stmt) {
	d.garp.names = append(d.garp.names, nameAt{s.arg(1), s.at(1)})
}

// openGarpInterfaces numbers the groups that have a list, as the C daemon does.
func openGarpInterfaces(d *decoder, _ stmt) bool {
	d.garpLists++
	d.garp.number = d.garpLists
	return true
}

func garpInterfaces(d *decoder, s stmt) {
	for i := range s.Words {
		d.garp.names = append(d.garp.names, nameAt{s.arg(i), s.at(i)})
	}
}

func garpInterfacesDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - empty garp_group interfaces block")
	}
}

// upDownDelay reads IFNAME DOWN [UP].
func upDownDelay(d *decoder, s stmt) {
	delay := InterfaceDelay{Origin: s.origin(), Interface: s.arg(0)}
	name := nameAt{s.arg(0), s.at(0)}
	lim := decimals{lo: 0, hi: 255e6, places: 6}
	switch {
	case s.n() < 2:
		d.info(s.at(0), "No timeouts specified for %s up/down delays", s.arg(0))
	case s.n() > 3:
		d.info(s.at(3), "Too many parameters for %s up/down delays", s.arg(0))
	}
	var ok bool
	if s.n() > 1 {
		if delay.Down, ok = d.decimal(s, 1, lim); !ok {
			d.info(s.at(1), "Invalid down delay %s for %s", s.arg(1), s.arg(0))
			return
		}
	}
	if s.n() > 2 {
		if delay.Up, ok = d.decimal(s, 2, lim); !ok {
			d.info(s.at(2), "Invalid up delay %s for %s", s.arg(2), s.arg(0))
			return
		}
	}
	d.later(func() {
		if d.interfaceExists(name, "unknown interface %s specified for up/down delay") {
			d.cfg.VRRP.InterfaceDelays = append(d.cfg.VRRP.InterfaceDelays, delay)
		}
	})
}

// linkbeat reads IFNAME [MII|ETHTOOL|IOCTL].
func linkbeat(d *decoder, s stmt) {
	l := LinkbeatInterface{Origin: s.origin(), Interface: s.arg(0), Type: s.arg(1)}
	switch l.Type {
	case "", "MII", "ETHTOOL", "IOCTL":
	default:
		d.errorf(s, 1, "extra characters %s in linkbeat interface", l.Type)
		l.Type = ""
	}
	name := nameAt{s.arg(0), s.at(0)}
	d.later(func() {
		if d.interfaceExists(name, "unknown interface %s specified for linkbeat interface") {
			d.cfg.VRRP.LinkbeatInterfaces = append(d.cfg.VRRP.LinkbeatInterfaces, l)
		}
	})
}

// interfaceExists reports an interface that is not there. With
// dynamic_interfaces it need not be.
func (d *decoder) interfaceExists(n nameAt, format string) bool {
	if _, ok := d.env.Interface(n.name); ok || d.cfg.Global.DynamicInterfaces {
		return true
	}
	d.help(n.at, lang.ClassFatal, noInterfaceHelp, format, n.name)
	return false
}

// noInterface notes that a configured interface does not exist.
func (d *decoder) noInterface(at lang.Pos) {
	if !d.badIf {
		d.badIf, d.badIfAt = true, at
	}
}
