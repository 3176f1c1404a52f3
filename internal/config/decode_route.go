package config

import (
	"net/netip"
	"strings"
	"time"
)

// The kernel's numbers that routes and rules default to.
const (
	tableMain       = 254
	protoKeepalived = 18
	typeUnicast     = 1
)

// routeTypes are the kernel's names of route types.
var routeTypes = map[string]uint8{"unicast": 1, "local": 2, "broadcast": 3, "brd": 3, "anycast": 4, "multicast": 5, "blackhole": 6,
	"unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10, "xresolve": 11}

// routeType reads a name or a number of a route type.
func routeType(word string) (uint8, bool) {
	if t, ok := routeTypes[word]; ok {
		return t, true
	}
	v, overflow, rest := leadingNumber(word, 0)
	return uint8(v), rest == "" && !overflow && v >= 0 && v <= 255 && !strings.HasPrefix(word, "-")
}

// routeReader decodes one ROUTE_LINE.
type routeReader struct {
	netReader
	r     Route
	dst   string
	told  bool // inet or inet6 was given: the destination need not tell it
	lost  bool // the route cannot be used, but its line is read on
	ended bool // a second track_group: nothing may follow
	proto Opt[uint8]
	or    []netip.Addr // old gateways
}

// netLine keeps a line for the end, when the tables of names are known, which they
// are before all others in a pass for the text of the messages.
func netLine(list func(d *decoder) *[]netDraft, read func(d *decoder, n *netDraft)) handler {
	return func(d *decoder, s stmt) {
		l := list(d)
		*l = append(*l, netDraft{line: *s.Clone(), groups: len(d.tgroups)})
		if d.opts.pass != 0 {
			read(d, &(*l)[len(*l)-1])
		}
	}
}

// routeLine is a line of a block of routes.
func routeLine(list func(d *decoder) *[]netDraft, static bool) handler {
	return netLine(list, func(d *decoder, n *netDraft) { d.route(n, static) })
}

// route decodes a line, once; false drops it, which was reported.
func (d *decoder) route(n *netDraft, static bool) (Route, bool) {
	if n.route != nil {
		return *n.route, n.ok
	}
	r := routeReader{netReader: netReader{d: d, s: stmt{&n.line}, static: static, groups: d.tgroups[:n.groups]}}
	r.r = Route{Origin: r.s.origin(), Type: typeUnicast, Table: tableMain, Protocol: protoKeepalived}
	for r.more() && !r.ended {
		r.word()
		r.i++
	}
	if r.ended && !r.bad {
		r.i--
		r.fail("Route has trailing nonsense - %s", r.s.arg(r.i))
	}
	if !r.bad {
		r.finish()
	}
	n.route, n.ok = &r.r, !r.bad && !r.lost
	return r.r, n.ok
}

// family notes a family; false when the route already has the other one.
func (r *routeReader) family(f Family) bool {
	if r.r.Family == FamilyUnset {
		r.r.Family = f
	}
	return r.r.Family == f
}

func (r *routeReader) word() {
	word := r.s.arg(r.i)
	if option, ok := routeOptions[word]; ok && (r.static || word != "track_group") {
		option(r)
		return
	}
	if word == "to" {
		word = r.value()
	}
	if t, ok := routeType(word); ok {
		if word != "" {
			r.r.Type = t
		}
		if word = r.value(); word == "to" {
			word = r.value()
		}
	}
	if !r.bad {
		r.destination(word)
	}
}

func (r *routeReader) destination(word string) {
	r.dst = word // the last one counts
	r.r.Dst = netip.Prefix{}
	switch {
	case word == "default6":
		r.default6()
		if !r.family(IPv6) {
			r.fail("Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
		}
	case anyNetwork(word):
		if r.r.Family != FamilyUnset && !r.told {
			r.failHelp("write "+word+" first: what follows it tells the family", "Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
		}
	default:
		r.r.Dst = r.network("unknown route keyword %s")
		if !r.bad && !r.family(FamilyOf(r.r.Dst.Addr())) {
			r.fail("Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
		}
	}
}

// sameFamily drops a route with addresses of both families.
func (r *routeReader) sameFamily(a netip.Addr) {
	if !r.bad && !r.family(FamilyOf(a)) {
		r.fail("Cannot mix IPv4 and IPv6 addresses for route")
	}
}

// via reads [inet|inet6] ADDR; with inet6 the gateway of an IPv4 route may be an
// IPv6 address.
func (r *routeReader) via() netip.Addr {
	word := r.value()
	if word != "inet" && word != "inet6" {
		a := r.addressHere("invalid route via address %s")
		r.sameFamily(a)
		return a
	}
	r.i++
	a := r.addressHere("invalid route via address %s")
	f := IPv4
	if word == "inet6" {
		f = IPv6
	}
	switch {
	case r.bad:
	case FamilyOf(a) != f || f == IPv4 && r.r.Family == IPv6:
		r.fail("Cannot mix IPv4 and IPv6 addresses for route")
	case f == IPv4 || r.dst != "":
		r.family(f)
	}
	return a
}

// metric reads [lock] N.
func (r *routeReader) metric(format string) Metric {
	m := Metric{Set: true, Lock: r.lock()}
	m.V = r.number(1<<32-1, format)
	return m
}

// plainMetric reads N.
func (r *routeReader) plainMetric(format string) Metric {
	return Metric{Set: true, V: r.number(1<<32-1, format)}
}

func (r *routeReader) lock() bool {
	if r.s.arg(r.i+1) != "lock" {
		return false
	}
	r.i++
	return true
}

// The bounds of a time metric.
const (
	minRouteTime = 200 * time.Millisecond
	maxRouteTime = 120 * time.Second
)

// timeMetric reads [lock] TIME: a bare number is in units of unit. Of what is out
// of bounds the bound counts.
func (r *routeReader) timeMetric(unit time.Duration, name, format string) Metric {
	m := Metric{Set: true, Lock: r.lock()}
	word := r.value()
	if r.bad {
		return m
	}
	number, scale, ok := timeUnit(strings.TrimLeft(word, numberBlanks), unit)
	if ok && strings.ContainsAny(number, "eE") {
		r.complain("%s value exponential form %s no longer supported", name, word)
		ok = false
	}
	if !ok {
		r.fail(format, word)
		return m
	}
	lim := decimals{hi: int64(maxRouteTime / unit), strict: true}
	if scale == time.Second {
		lim.places = 3
	}
	v, bad := parseDecimal(number, lim)
	if !r.d.checkNumber(r.s, r.i, bad) && !bad.lenient {
		r.follow(format, word)
		return m
	}
	if scale == time.Second {
		scale = time.Millisecond
	}
	m.V = uint32(r.timeInBounds(time.Duration(v)*scale, name, word) / unit)
	return m
}

// timeUnit splits a time into number and unit.
func timeUnit(word string, unit time.Duration) (number string, scale time.Duration, ok bool) {
	i := strings.IndexAny(word, "sS")
	if i < 0 {
		return word, unit, true
	}
	switch strings.ToLower(word[i:]) {
	case "s", "sec", "secs":
	default:
		return "", 0, false
	}
	scale = time.Second
	if i > 0 && (word[i-1] == 'm' || word[i-1] == 'M') {
		i--
		scale = time.Millisecond
	}
	return word[:i], scale, i > 0
}

func (r *routeReader) timeInBounds(t time.Duration, name, word string) time.Duration {
	switch {
	case t > maxRouteTime:
		r.complain("%s value %s exceeds maximum %ds, resetting", name, word, maxRouteTime/time.Second)
		return maxRouteTime
	case t < minRouteTime:
		r.complain("%s value %s below minimum %dms, resetting", name, word, minRouteTime/time.Millisecond)
		return minRouteTime
	}
	return t
}

// finish checks the route as a whole.
func (r *routeReader) finish() {
	r.i = 0
	if r.dst == "" {
		r.fail("Route must have a destination")
		return
	}
	if r.or != nil {
		r.oldGateways()
	}
	if r.r.Family == FamilyUnset {
		r.r.Family = IPv4
	}
	if !r.r.Dst.IsValid() {
		r.r.Dst = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		if r.r.Family == IPv4 {
			r.r.Dst = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		}
	}
	r.finishTracking()
}

// oldGateways makes next hops of the gateway and the one after "or".
func (r *routeReader) oldGateways() {
	for _, via := range r.or {
		r.r.NextHops = append(r.r.NextHops, NextHop{Via: via, Dev: r.r.Dev, Weight: 1})
	}
	r.r.Via, r.r.Dev = netip.Addr{}, ""
}

func (r *routeReader) finishTracking() {
	if r.proto.Set {
		if r.r.NoTrack {
			r.r.Protocol = r.proto.V
		} else if r.proto.V != protoKeepalived {
			r.complain("Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
		}
	}
	switch {
	case r.r.TrackGroup == "":
	case r.r.Dev == "":
		r.complain("Static route cannot have track group if no oif specified")
		r.r.TrackGroup = ""
	case r.r.NoTrack:
		r.d.lateLog(r.r.Origin, "Static route has both track_group and no_track set - not tracking")
		r.r.TrackGroup = ""
	}
}
