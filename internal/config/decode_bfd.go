package config

import (
	"net/netip"
	"time"
)

// maxBFDName is the longest name that fits the message to the other children.
const maxBFDName = 31

func openBFD(d *decoder, s stmt) bool {
	name := s.arg(1)
	if len(name) > maxBFDName {
		d.errorf(s, 1, "Configuration error: BFD instance %s name too long (maximum length is %d characters) - ignoring", name, maxBFDName)
		return false
	}
	if d.bfdSeen[name] != nil {
		d.errorf(s, 1, "Configuration error: BFD instance %s already configured - ignoring", name)
		return false
	}
	ms := time.Millisecond
	d.bfd = &bfdDraft{seq: d.declare()}
	d.bfd.BFDInstance = BFDInstance{Origin: s.origin(), Name: name, MinRx: 10 * ms, MinTx: 10 * ms, IdleTx: 1000 * ms, Multiplier: 5}
	d.name = name
	return true
}

func endBFD(d *decoder) {
	b := d.bfd
	d.bfdNames = append(d.bfdNames, b)
	if !b.VRRP && !b.Checker {
		b.VRRP, b.Checker = true, true
	}
	// A check may name one that cannot be used: nothing is ever heard of it.
	if d.bfdNamed[b.Name] == nil {
		remember(&d.bfdNamed, b.Name, b)
	}
	if b.bad {
		return
	}
	if !b.NeighborIP.IsValid() {
		d.atEnd(b.Origin, "", "Configuration error: BFD instance %s has no neighbor address set, disabling instance", b.Name)
		return
	}
	if b.SourceIP.IsValid() && b.SourceIP.Is4() != b.NeighborIP.Is4() {
		d.atEnd(b.Origin, "", "Configuration error: BFD instance %s source address %s and neighbor address %s are not of the same family, disabling instance",
			b.Name, b.SourceIP, b.NeighborIP)
		return
	}
	if d.duplicateBFD(b) {
		return
	}
	b.TTL = 64
	if b.NeighborIP.Is4() {
		b.TTL = 255
	}
	b.TTL = b.ttl.Or(b.TTL)
	if b.MaxHops > int(b.TTL) {
		d.atEnd(b.Origin, "", "BFD instance %s: max_hops exceeds ttl/hoplimit - setting to ttl/hoplimit", b.Name)
		b.MaxHops = int(b.TTL)
	}
	d.bfds = append(d.bfds, b)
}

func (d *decoder) duplicateBFD(b *bfdDraft) bool {
	key := bfdKey{b.NeighborIP, b.SourceIP, b.Multihop}
	switch {
	case !d.bfdPeers[key]:
		remember(&d.bfdPeers, key, true)
		remember(&d.bfdSeen, b.Name, b)
		return false
	case b.SourceIP.IsValid():
		d.atEnd(b.Origin, "", "Configuration error: BFD instance %s has duplicate source/neighbor address %s/%s, ignoring instance",
			b.Name, b.SourceIP, b.NeighborIP)
	default:
		d.atEnd(b.Origin, "", "Configuration error: BFD instance %s has duplicate neighbor address %s, ignoring instance", b.Name, b.NeighborIP)
	}
	return true
}

// bfdKey is what makes two sessions the same.
type bfdKey struct {
	neighbor netip.Addr
	source   netip.Addr
	multihop bool
}

func neighborIP(d *decoder, s stmt) {
	addr, ok := parseAddr(addrPrefix(s.arg(1)))
	if !ok {
		d.refuse(s, 1, "Configuration error: BFD instance {name} has malformed neighbor address {v}, ignoring instance")
		d.bfd.bad = true
		return
	}
	d.bfd.NeighborIP = addr
}

func bfdSource(d *decoder, s stmt) {
	addr, ok := parseAddr(addrPrefix(s.arg(1)))
	if !ok {
		d.refuse(s, 1, "Configuration error: BFD instance {name} has malformed source address {v}, ignoring")
		addr = netip.Addr{}
	}
	d.bfd.SourceIP = addr
}

// bfdInterval is a time in milliseconds; above ten seconds it is questioned.
func bfdInterval(lo int64, format string, p func(b *bfdDraft) *time.Duration) handler {
	return func(d *decoder, s stmt) {
		lim := decimals{lo: lo * 1000, hi: 4294967000, places: 3, strict: true}
		v, ok := d.decimal(s, 1, lim)
		if !ok {
			d.refuse(s, 1, format)
			return
		}
		v /= 1000
		if v > 10*time.Second {
			d.info(s.at(1), "Configuration warning: BFD instance %s %s value %s is larger than max sensible (%d)", d.name, s.arg(0), s.arg(1), 10000)
		}
		*p(d.bfd) = v
	}
}

func bfdByte(format string, set func(b *bfdDraft, v uint8)) handler {
	return whole(limits{lo: 1, hi: 255, strict: true}, format, func(d *decoder, v int64) { set(d.bfd, uint8(v)) })
}

func bfdMaxHops(d *decoder, s stmt) {
	v, ok := d.number(s, 1, limits{lo: -1, hi: 255, signed: true, strict: true})
	if !ok {
		d.refuse(s, 1, "Configuration error: BFD instance {name} max_hops value {v} not valid (must be in range [-1-255]), ignoring")
		return
	}
	d.bfd.MaxHops = int(v)
}

func bfdWeight(d *decoder, s stmt) {
	w, reverse, ok := d.objectWeight(s, 253, "Configuration error: BFD instance {name} unknown weight option {w}")
	if !ok {
		d.refuse(s, 1, "Configuration error: BFD instance {name} weight value {v} not valid (must be in range [-253-253]), ignoring")
		return
	}
	d.bfd.Weight, d.bfd.Reverse = w, reverse
}
