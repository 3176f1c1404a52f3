package config

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"keepalived/internal/config/lang"
)

func openServerGroup(d *decoder, s stmt) bool {
	if s.n() > 2 {
		d.namelessLine(s.at(2), "a group has one name")
	}
	d.lvs.group = VirtualServerGroup{Origin: s.origin(), Name: strings.Clone(s.arg(1))}
	d.name = d.lvs.group.Name
	return true
}

// namelessLine is where the C daemon takes something for a line without words, and
// ends.
func (d *decoder) namelessLine(at lang.Pos, help string) {
	d.diags.Abort(lang.StageChecker, 2)
	d.help(at, lang.ClassMissingParameter, help, "*** Configuration line starting `***MISSING ***` is missing a parameter at word position 1")
	d.endsHere()
}

// groupEntry reads a line of a virtual_server_group.
func groupEntry(d *decoder, s stmt) {
	var e GroupEntry
	var ok bool
	switch {
	case s.arg(0) != "fwmark":
		e, ok = d.groupAddress(s)
	case s.n() < 2:
		d.missing(blocks[inServerGroup].keywords["fwmark"], s)
	default:
		e, ok = d.groupMark(s)
	}
	if ok {
		d.lvs.group.Entries = append(d.lvs.group.Entries, e)
	}
}

func (d *decoder) groupMark(s stmt) (GroupEntry, bool) {
	n, ok := d.number(s, 1, anyUint)
	if !ok {
		d.refuse(s, 1, "({name}): fwmark '{v}' must be in [0, 4294967295] - ignoring")
		return GroupEntry{}, false
	}
	e := GroupEntry{IsFwmark: true, Fwmark: uint32(n)}
	switch word := s.arg(2); {
	case s.n() < 3:
	case word == "inet":
		e.Family = IPv4
	case word == "inet6":
		e.Family = IPv6
	default:
		d.valueError(s, 2, "(%s): fwmark '%s' family %s unknown - ignoring", d.name, s.arg(1), s.arg(2))
		return e, false
	}
	return e, true
}

// groupAddress reads ADDR[/LEN] [PORT], ADDR-ADDR [PORT] or ADDR-LAST [PORT].
func (d *decoder) groupAddress(s stmt) (GroupEntry, bool) {
	word := s.arg(0)
	first, port, ok := d.serverAddress(s, 0)
	if !ok {
		return d.badGroupAddress(s)
	}
	e := GroupEntry{First: first, Last: first, Port: port, Family: FamilyOf(first)}
	if _, mask, found := strings.Cut(word, "/"); found {
		return d.groupNetwork(e, s, mask)
	}
	if _, last, found := strings.Cut(word, "-"); found {
		return d.groupRange(e, s, last)
	}
	return e, true
}

func (d *decoder) badGroupAddress(s stmt) (GroupEntry, bool) {
	d.valueError(s, 0, "Invalid virtual server group IP address %s%s%s - skipping", s.arg(0), portLabel(s), s.arg(1))
	return GroupEntry{}, false
}

func portLabel(s stmt) string {
	if s.n() > 1 {
		return " /port/"
	}
	return " "
}

func (d *decoder) groupNetwork(e GroupEntry, s stmt, mask string) (GroupEntry, bool) {
	if strings.Contains(mask, "-") {
		return d.badGroupAddress(s)
	}
	bits, err := strconv.ParseUint(mask, 10, 8)
	if err != nil || bits < 1 || int(bits) > e.First.BitLen() {
		d.valueError(s, 0, "Invalid netmask - %s - skipping", s.arg(0))
		return e, false
	}
	prefix := netip.PrefixFrom(e.First, int(bits))
	if prefix.Masked().Addr() != e.First {
		d.help(s.at(0), classGeneral, "write "+prefix.Masked().String(), "Address mask bits not empty - %s - skipping", s.arg(0))
		return e, false
	}
	e.Last = lastOf(prefix)
	return e, true
}

// lastOf returns the highest address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

func (d *decoder) groupRange(e GroupEntry, s stmt, last string) (GroupEntry, bool) {
	if strings.ContainsAny(last, ".:") {
		addr, ok := parseAddr(last)
		if !ok || FamilyOf(addr) != e.Family {
			return d.badGroupAddress(s)
		}
		if addr.Less(e.First) {
			d.valueError(s, 0, "Address range end is less than address range start - %s - skipping", s.arg(0))
			return e, false
		}
		e.Last = addr
		return e, true
	}
	end, ok := d.rangeEnd(e, s, last)
	if !ok {
		return e, false
	}
	e.Last = end
	if !e.First.Less(end) {
		d.valueError(s, 0, "Address range end is not greater than address range start - %s - skipping", s.arg(0))
		return e, false
	}
	return e, true
}

// rangeEnd replaces the last octet, or the last 16 bits of an IPv6 address.
func (d *decoder) rangeEnd(e GroupEntry, s stmt, last string) (netip.Addr, bool) {
	base, limit, digits := 10, uint64(255), "0123456789"
	if e.Family == IPv6 {
		base, limit, digits = 16, 0xffff, "0123456789abcdefABCDEF"
	}
	rest := strings.TrimLeft(last, digits)
	n, err := strconv.ParseUint(last[:len(last)-len(rest)], base, 64)
	switch {
	case rest != "" || last == "":
		d.valueError(s, 0, "Virtual server group range '%s' has extra characters at end '%s'", s.arg(0), rest)
		return netip.Addr{}, false
	case err != nil || n > limit:
		d.valueError(s, 0, "Virtual server group range '%s' end '%s' too large", s.arg(0), last)
		return netip.Addr{}, false
	}
	b := e.First.AsSlice()
	if e.Family == IPv6 {
		binary.BigEndian.PutUint16(b[14:], uint16(n))
	} else {
		b[3] = byte(n)
	}
	end, _ := netip.AddrFromSlice(b)
	return end, true
}

// endServerGroup stores a group that has entries whose families go together.
func endServerGroup(d *decoder, _ stmt, _ int) {
	g := &d.lvs.group
	if len(g.Entries) == 0 {
		d.atEnd(g.Origin, "add an address, or delete the block", "virtual server group %s has no entries - removing", g.Name)
		return
	}
	bare := g.has(func(e GroupEntry) bool { return e.IsFwmark && e.Family == FamilyUnset })
	if bare && g.HasFamily(IPv4) && g.HasFamily(IPv6) {
		d.atEnd(g.Origin, "write fwmark N inet or fwmark N inet6",
			"virtual server group %s cannot have IPv4, IPv6 and fwmark without family - removing", g.Name)
		return
	}
	if d.lvs.groups == nil {
		d.lvs.groups = map[string]int{}
	}
	if _, dup := d.lvs.groups[g.Name]; !dup {
		d.lvs.groups[g.Name] = len(d.cfg.LVS.Groups)
	}
	d.cfg.LVS.Groups = append(d.cfg.LVS.Groups, *g)
}
