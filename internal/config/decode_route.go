package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

// The kernel's numbers that routes and rules default to.
const (
	tableMain       = 254
	protoKeepalived = 18
	typeUnicast     = 1
)

// routeTypes are the kernel's names of route types.
var routeTypes = map[string]uint8{"unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5, "blackhole": 6,
	"unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10}

// lineMissing reports an option at the end of a line that needs a value: the C
// daemon stops at once.
func (d *decoder) lineMissing(s stmt, i int) {
	d.diags.Abort(lang.StageVRRP, 2)
	d.help(s.at(i), lang.ClassMissingParameter, "give a value after "+s.arg(i),
		"*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position %d", s.arg(0), s.arg(i), i+2)
}

// routeReader decodes one ROUTE_LINE.
type routeReader struct {
	d      *decoder
	s      stmt
	i      int // word being read
	r      Route
	dst    string
	bad    bool
	static bool
	proto  Opt[uint8]
	or     netip.Addr // old second gateway
}

// routeLine keeps a route for the end, when the tables of names are known.
func routeLine(list func(d *decoder) *[]netDraft) handler {
	return func(d *decoder, s stmt) {
		l := list(d)
		*l = append(*l, netDraft{*s.Clone()})
	}
}

// route decodes a line; false drops it, which was reported.
func (d *decoder) route(n *netDraft, static bool) (Route, bool) {
	r := routeReader{d: d, s: stmt{&n.line}, static: static}
	r.r = Route{Origin: r.s.origin(), Type: typeUnicast, Table: tableMain, Protocol: protoKeepalived}
	for r.i < r.s.n() && !r.bad {
		r.word()
		r.i++
	}
	if !r.bad {
		r.finish()
	}
	return r.r, !r.bad
}

// fail drops the route.
func (r *routeReader) fail(format string, args ...any) {
	r.d.diags.Add(lang.Diagnostic{Pos: r.s.at(r.i), Class: classGeneral, Text: fmt.Sprintf(format, args...), Help: valueAdvice(r.s.arg(r.i))})
	r.bad = true
}

// failHelp is fail with advice.
func (r *routeReader) failHelp(help, format string, args ...any) {
	r.d.help(r.s.at(r.i), classGeneral, help, format, args...)
	r.bad = true
}

// follow drops the route with a message that repeats the one before.
func (r *routeReader) follow(format string, args ...any) {
	r.d.followf(r.s.at(r.i), false, classGeneral, format, args...)
	r.bad = true
}

// value is the word after the current one.
func (r *routeReader) value() string {
	r.i++
	return r.s.arg(r.i)
}

// family notes a family; false when the route already has the other one.
func (r *routeReader) family(a netip.Addr) bool {
	if r.r.Family == FamilyUnset {
		r.r.Family = FamilyOf(a)
	}
	return r.r.Family == FamilyOf(a)
}

func (r *routeReader) word() {
	word := r.s.arg(r.i)
	if option, ok := routeOptions[word]; ok {
		if r.i+1 >= r.s.n() && !bareRouteOptions[word] {
			r.d.lineMissing(r.s, r.i)
			r.bad = true
			return
		}
		option(r)
		return
	}
	if t, ok := routeTypes[word]; ok {
		r.r.Type = t
		return
	}
	r.destination(word)
}

func (r *routeReader) destination(word string) {
	r.dst = word // the last one counts
	r.r.Dst = netip.Prefix{}
	switch word {
	case "default6":
		if r.r.Family == IPv4 {
			r.fail("Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
			return
		}
		r.r.Family = IPv6
		return
	case "default", "any", "all":
		if r.r.Family != FamilyUnset {
			r.failHelp("write "+word+" first: what follows it tells the family", "Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
		}
		return
	}
	p, ok := r.d.prefix(r.s, r.i)
	if !ok {
		r.follow("unknown route keyword %s", word)
		return
	}
	if !r.family(p.Addr()) {
		r.fail("Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
		return
	}
	r.r.Dst = p.Masked()
}

// address reads the next word as an address of the route's family.
func (r *routeReader) address(format string) netip.Addr {
	word := r.value()
	a, ok := parseAddr(word)
	switch {
	case !ok:
		r.fail(format, word)
	case !r.family(a):
		r.fail("Cannot mix IPv4 and IPv6 addresses for route (%s)", word)
	}
	return a
}

// via reads [inet|inet6] ADDR; the gateway may be of the other family.
func (r *routeReader) via() netip.Addr {
	word := r.value()
	if word == "inet" || word == "inet6" {
		word = r.value()
	}
	a, ok := parseAddr(word)
	if !ok {
		r.fail("invalid route via address %s", word)
	}
	if r.r.Family == FamilyUnset && r.dst != "" {
		r.r.Family = FamilyOf(a)
	}
	return a
}

func (r *routeReader) number(limit uint64, format string) uint64 {
	word := r.value()
	v, err := strconv.ParseUint(word, 0, 64)
	if err != nil || v > limit {
		r.fail(format, word)
	}
	return v
}

func (r *routeReader) named(t iprouteTable, limit uint64, format string) uint32 {
	word := r.value()
	v, ok := r.d.table(t, word, limit)
	if !ok {
		r.fail(format, word)
	}
	return v
}

// metric reads [lock] N.
func (r *routeReader) metric(format string) Metric {
	m := Metric{Set: true, Lock: r.lock()}
	m.V = uint32(r.number(1<<32-1, format))
	return m
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

// timeMetric reads [lock] TIME: a bare number is in units of unit.
func (r *routeReader) timeMetric(unit time.Duration, format string) Metric {
	m := Metric{Set: true, Lock: r.lock()}
	word := r.value()
	digits := leadingDigits(word)
	scale := unit
	switch word[len(digits):] {
	case "":
	case "s", "sec", "secs":
		scale = time.Second
	case "ms", "msec", "msecs":
		scale = time.Millisecond
	default:
		digits = ""
	}
	v, err := strconv.ParseUint(digits, 10, 32)
	t := time.Duration(v) * scale
	switch {
	case err != nil:
		r.fail(format, word)
		return m
	case t > maxRouteTime:
		r.d.valueError(r.s, r.i, "number '%s' outside range [0., %d.]", word, maxRouteTime/unit)
		r.follow(format, word)
		return m
	}
	m.V = uint32(max(t, minRouteTime) / unit)
	return m
}

// interfaceName reads a device; one that is not there drops the route.
func (r *routeReader) interfaceName(format string) string {
	name := r.value()
	if _, ok := r.d.env.Interface(name); !ok && !r.d.cfg.Global.DynamicInterfaces {
		r.d.noInterface(r.s.at(r.i))
		r.fail(format, name)
	}
	return name
}

// finish checks the route as a whole.
func (r *routeReader) finish() {
	switch {
	case r.dst == "":
		r.i = 0
		r.fail("Route must have a destination")
		return
	case r.or.IsValid() && len(r.r.NextHops) > 0:
		r.fail(`Cannot specify nexthops with "or" route`)
		return
	case r.or.IsValid():
		r.r.NextHops = []NextHop{{Via: r.r.Via, Dev: r.r.Dev, Weight: 1}, {Via: r.or, Dev: r.r.Dev, Weight: 1}}
		r.r.Via, r.r.Dev = netip.Addr{}, ""
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

func (r *routeReader) finishTracking() {
	if r.proto.Set {
		if r.r.NoTrack {
			r.r.Protocol = r.proto.V
		} else if r.proto.V != protoKeepalived {
			r.d.errorf(r.s, 0, "Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
		}
	}
	if r.r.TrackGroup == "" {
		return
	}
	switch {
	case !r.static:
		r.r.TrackGroup = ""
	case r.r.NoTrack:
		r.d.errorf(r.s, 0, "Static route has both track_group and no_track set - not tracking")
		r.r.TrackGroup = ""
	case r.r.Dev == "":
		r.d.errorf(r.s, 0, "Static route cannot have track group if no oif specified")
		r.r.TrackGroup = ""
	}
}

// realms reads [SRC/]DST.
func (r *routeReader) realms(format string) Opt[uint32] {
	word := r.value()
	return r.realmsOf(word, format)
}

func (r *routeReader) realmsOf(word, format string) Opt[uint32] {
	src, dst, found := strings.Cut(word, "/")
	if !found {
		src, dst = "0", word
	}
	from, ok1 := r.d.table(tableRealms, src, 65535)
	to, ok2 := r.d.table(tableRealms, dst, 65535)
	if !ok1 || !ok2 {
		r.fail(format, word)
		return Opt[uint32]{}
	}
	return Some(from<<16 | to)
}

// anyAddress reads the next word as an address of either family.
func (r *routeReader) anyAddress(format string) (netip.Addr, bool) {
	word := r.value()
	a, ok := parseAddr(word)
	if !ok {
		r.fail(format, word)
	}
	return a, ok
}
