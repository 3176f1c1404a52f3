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
	if !d.garp.delays {
		d.atEnd(d.garp.Origin, "add garp_interval or gna_interval", "garp group %d does not have any delay set - removing", d.garpLists)
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
		*p(d.garp), d.garp.delays = v, true
	}
}

func garpInterface(d *decoder, s stmt) {
	d.garp.names = append(d.garp.names, nameAt{s.arg(1), s.at(1)})
}

func garpInterfaces(d *decoder, s stmt) {
	for i := range s.Words {
		d.garp.listed = append(d.garp.listed, nameAt{s.arg(i), s.at(i)})
	}
}

// garpInterfacesDone counts the groups that have a list, as the C daemon does,
// which says at the end of the list what is wrong with it.
func garpInterfacesDone(d *decoder, s stmt, n int) {
	if n == 0 {
		d.atEnd(s.origin(), "", "Warning - empty garp_group interfaces block")
		return
	}
	d.garpLists++
	for _, n := range d.garp.listed {
		d.garp.names = append(d.garp.names, nameAt{n.name, d.closing})
	}
	d.garp.listed = nil
}

// upDownDelay reads IFNAME DOWN [UP], once it is known whether the interface may
// be missing.
func upDownDelay(d *decoder, s stmt) {
	line := stmt{s.Clone()}
	name := nameAt{line.arg(0), line.at(0)}
	d.later(func() {
		if !d.interfaceExists(name, "unknown interface %s specified for up/down delay") {
			return
		}
		if delay, ok := d.interfaceDelay(line); ok {
			d.cfg.VRRP.InterfaceDelays = append(d.cfg.VRRP.InterfaceDelays, delay)
		}
	})
}

func (d *decoder) interfaceDelay(s stmt) (delay InterfaceDelay, ok bool) {
	delay = InterfaceDelay{Origin: s.origin(), Interface: s.arg(0)}
	lim := decimals{lo: 0, hi: 255e6, places: 6}
	switch {
	case s.n() < 2:
		d.info(s.at(0), "No timeouts specified for %s up/down delays", s.arg(0))
	case s.n() > 3:
		d.info(s.at(3), "Too many parameters for %s up/down delays", s.arg(0))
	}
	if s.n() > 1 {
		if delay.Down, ok = d.decimal(s, 1, lim); !ok {
			d.info(s.at(1), "Invalid down delay %s for %s", s.arg(1), s.arg(0))
			return delay, false
		}
	}
	if s.n() > 2 {
		if delay.Up, ok = d.decimal(s, 2, lim); !ok {
			d.info(s.at(2), "Invalid up delay %s for %s", s.arg(2), s.arg(0))
			return delay, false
		}
	}
	return delay, true
}

// linkbeat reads IFNAME [MII|ETHTOOL|IOCTL].
func linkbeat(d *decoder, s stmt) {
	l := LinkbeatInterface{Origin: s.origin(), Interface: s.arg(0), Type: s.arg(1)}
	name, typed, at := nameAt{s.arg(0), s.at(0)}, s.n() > 1, s.at(1)
	d.later(func() {
		if !d.interfaceExists(name, "unknown interface %s specified for linkbeat interface") {
			return
		}
		if typed && l.Type != "MII" && l.Type != "ETHTOOL" && l.Type != "IOCTL" {
			d.report(at, classGeneral, "extra characters %s in linkbeat interface", l.Type)
			l.Type = ""
		}
		d.cfg.VRRP.LinkbeatInterfaces = append(d.cfg.VRRP.LinkbeatInterfaces, l)
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
