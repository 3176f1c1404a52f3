package config

import (
	"strconv"
	"strings"
	"time"
)

// bareRouteOptions take no value.
var bareRouteOptions = map[string]bool{"onlink": true, "add": true, "append": true, "prepend": true, "no_track": true,
	"inet": true, "inet6": true, "to": true}

// routeOptions are the words of a ROUTE_LINE apart from types and destination.
var routeOptions map[string]func(r *routeReader)

func init() {
	routeOptions = map[string]func(r *routeReader){
		"inet":  func(r *routeReader) { r.r.Family = IPv4 },
		"inet6": func(r *routeReader) { r.r.Family = IPv6 },
		"to":    func(r *routeReader) {},
		"src":   func(r *routeReader) { r.r.PrefSrc = r.address("invalid route src address %s") },
		"via":   func(r *routeReader) { r.r.Via = r.via() },
		"gw": func(r *routeReader) {
			r.d.errorf(r.s, r.i, `"gw" for routes is deprecated. Please use "via"`)
			r.r.Via = r.via()
		},
		"or": func(r *routeReader) {
			r.d.errorf(r.s, r.i, `"or" for routes is deprecated. Please use "nexthop"`)
			r.or = r.address(`Invalid "or" address %s`)
		},
		"from":    routeFrom,
		"tos":     func(r *routeReader) { r.r.TOS = uint8(r.named(tableDSField, 255, "TOS value %s is invalid")) },
		"dsfield": func(r *routeReader) { r.r.TOS = uint8(r.named(tableDSField, 255, "TOS value %s is invalid")) },
		"table": func(r *routeReader) {
			r.r.Table = r.named(tableTables, 1<<32-1, "Routing table %s not found for route")
		},
		"vrf": routeVRF,
		"protocol": func(r *routeReader) {
			r.proto = Some(uint8(r.named(tableProtos, 255, "Protocol %s not found or invalid for route")))
		},
		"scope": func(r *routeReader) {
			r.r.Scope = Some(uint8(r.named(tableScopes, 255, "Scope %s not found or invalid for route")))
		},
		"metric":     routeMetric,
		"priority":   routeMetric,
		"preference": routeMetric,
		"dev": func(r *routeReader) {
			r.r.Dev = r.interfaceName("WARNING - interface %s for VROUTE nexthop doesn't exist")
		},
		"oif": func(r *routeReader) {
			r.r.Dev = r.interfaceName("WARNING - interface %s for VROUTE nexthop doesn't exist")
		},
		"onlink":   func(r *routeReader) { r.r.OnLink = true },
		"encap":    func(r *routeReader) { r.r.Encap = r.encap() },
		"expires":  routeExpires,
		"mtu":      func(r *routeReader) { r.r.Metrics.MTU = r.metric("Invalid MTU %s specified for route") },
		"hoplimit": routeHopLimit,
		"advmss":   func(r *routeReader) { r.r.Metrics.AdvMSS = r.metric("Invalid advmss %s specified for route") },
		"rtt":      func(r *routeReader) { r.r.Metrics.RTT = r.timeMetric(time.Millisecond/8, "Invalid rtt %s for route") },
		"rttvar": func(r *routeReader) {
			r.r.Metrics.RTTVar = r.timeMetric(time.Millisecond/4, "Invalid rttvar %s for route")
		},
		"rto_min": func(r *routeReader) {
			r.r.Metrics.RTOMin = r.timeMetric(time.Millisecond, "Invalid rto_min value %s specified for route")
		},
		"reordering": func(r *routeReader) {
			r.r.Metrics.Reordering = r.metric("Invalid reordering value %s specified for route")
		},
		"window":   func(r *routeReader) { r.r.Metrics.Window = r.metric("Invalid window value %s specified for route") },
		"cwnd":     func(r *routeReader) { r.r.Metrics.Cwnd = r.metric("Invalid cwnd value %s specified for route") },
		"ssthresh": func(r *routeReader) { r.r.Metrics.SSThresh = r.metric("Invalid ssthresh value %s specified for route") },
		"realms":   func(r *routeReader) { r.r.Realms = r.realms("Invalid realms %s for route") },
		"initcwnd": func(r *routeReader) { r.r.Metrics.InitCwnd = r.metric("Invalid initcwnd value %s specified for route") },
		"initrwnd": func(r *routeReader) { r.r.Metrics.InitRwnd = r.metric("Invalid initrwnd value %s specified for route") },
		"features": routeFeatures,
		"quickack": func(r *routeReader) {
			r.r.Metrics.QuickAck = r.zeroOne("Invalid quickack value %s specified for route")
		},
		"congctl":       routeCongCtl,
		"pref":          routePref,
		"ttl-propagate": routeTTLPropagate,
		"fastopen_no_cookie": func(r *routeReader) {
			r.r.Metrics.FastOpenNoCookie = r.zeroOne("Invalid fastopen_no_cookie value %s specified for route")
		},
		"as":          routeAs,
		"add":         func(r *routeReader) { r.r.Add = RouteExcl },
		"append":      func(r *routeReader) { r.r.Add = RouteAppend },
		"prepend":     func(r *routeReader) { r.r.Add = RoutePrepend },
		"nexthop":     routeNextHops,
		"no_track":    func(r *routeReader) { r.r.NoTrack = true },
		"track_group": func(r *routeReader) { r.r.TrackGroup = r.value() },
	}
}

func routeFrom(r *routeReader) {
	word := r.value()
	p, ok := r.d.prefix(r.s, r.i)
	switch {
	case !ok:
		r.follow("invalid route from address %s", word)
	case !p.Addr().Is6():
		r.fail("route from address only supported with IPv6 (%s)", word)
	default:
		r.r.Src = p.Masked()
		r.family(p.Addr())
	}
}

func routeVRF(r *routeReader) {
	name := r.value()
	i, ok := r.d.env.Interface(name)
	switch {
	case !ok:
		r.fail("VRF %s not found for route", name)
	case i.Kind != "vrf" && !r.d.opts.Static:
		r.fail("Route specified VRF %s is not a VRF", name)
	default:
		r.r.VRF, r.r.Table = name, i.Table
	}
}

func routeMetric(r *routeReader) {
	r.r.Metric = Some(uint32(r.number(1<<32-1, "Invalid metric %s specified for route")))
}

func routeExpires(r *routeReader) {
	if r.r.Family == IPv4 {
		r.i++
		r.d.errorf(r.s, r.i, "expires is only valid for IPv6")
		return
	}
	r.r.Expires = Some(uint32(r.number(1<<32-1, "Invalid expires time %s specified for route")))
}

func routeHopLimit(r *routeReader) {
	r.r.Metrics.HopLimit = Metric{Set: true, V: uint32(r.number(255, "Invalid hoplimit %s specified for route"))}
}

func routeFeatures(r *routeReader) {
	if word := r.value(); word != "ecn" {
		r.d.errorf(r.s, r.i, "feature %s not supported", word)
		return
	}
	r.r.Metrics.FeaturesECN = true
}

func (r *routeReader) zeroOne(format string) Opt[bool] {
	return Some(r.number(1, format) == 1)
}

func routeCongCtl(r *routeReader) {
	r.r.Metrics.CongCtlLock = r.lock()
	r.r.Metrics.CongCtl = r.value()
}

func routePref(r *routeReader) {
	word := r.value()
	values := map[string]uint8{"low": 3, "medium": 0, "high": 1}
	v, ok := values[word]
	if !ok {
		n, err := strconv.ParseUint(word, 0, 8)
		if err != nil {
			r.fail("Invalid pref value %s specified for route", word)
			return
		}
		v = uint8(n)
	}
	if r.r.Family == IPv4 {
		r.d.errorf(r.s, r.i, "pref is only valid for IPv6")
		return
	}
	r.r.Pref = Some(v)
}

func routeTTLPropagate(r *routeReader) {
	switch word := r.value(); word {
	case "enabled", "disabled":
		r.r.TTLPropagate = Some(word == "enabled")
	default:
		r.d.errorf(r.s, r.i, "%s value %s not recognised", "ttl-propagate", word)
	}
}

func routeAs(r *routeReader) {
	if r.s.arg(r.i+1) == "to" {
		r.i++
	}
	r.i++
	r.d.errorf(r.s, r.i, `"as to" for MPLS only - ignoring`)
}

// routeNextHops reads the ways of a multipath route: the rest of the line.
func routeNextHops(r *routeReader) {
	for r.i < r.s.n() && !r.bad {
		if r.s.arg(r.i) != "nexthop" {
			r.fail("Route has trailing nonsense after nexthops - %s", r.s.arg(r.i))
			return
		}
		r.i++
		r.r.NextHops = append(r.r.NextHops, r.nextHop())
	}
}

func (r *routeReader) nextHop() NextHop {
	h := NextHop{Weight: 1}
	for ; r.i < r.s.n() && !r.bad; r.i++ {
		switch r.s.arg(r.i) {
		case "via":
			h.Via = r.via()
		case "dev", "oif":
			h.Dev = r.interfaceName("WARNING - interface %s for VROUTE nexthop doesn't exist")
		case "weight":
			h.Weight = r.hopWeight()
		case "onlink":
			h.OnLink = true
		case "encap":
			h.Encap = r.encap()
		case "realms":
			h.Realms = r.realms("Invalid realms %s for route")
		default:
			return h
		}
	}
	return h
}

func (r *routeReader) hopWeight() int {
	word := r.value()
	v, err := strconv.ParseUint(word, 10, 16)
	switch {
	case err != nil || v > 256:
		r.fail("Invalid weight %s specified for route", word)
	case v == 0:
		r.d.errorf(r.s, r.i, "Invalid weight 0 specified for route")
		v = 1
	}
	return int(v)
}

// encap reads a lightweight tunnel.
func (r *routeReader) encap() Encap {
	switch word := r.value(); EncapType(word) {
	case EncapMPLS:
		return r.encapMPLS()
	case EncapIP, EncapIP6:
		return r.encapIP(EncapType(word))
	case EncapILA:
		return Encap{Type: EncapILA, Locator: Some(r.locator())}
	case "":
		r.fail("Missing encap type")
	default:
		r.fail("unknown encap type %s", word)
	}
	return Encap{}
}

func (r *routeReader) encapMPLS() Encap {
	e := Encap{Type: EncapMPLS}
	word := r.value()
	for label := range strings.SplitSeq(word, "/") {
		v, err := strconv.ParseUint(label, 0, 20)
		if err != nil {
			r.fail("invalid mpls address %s for encapsulation", word)
			return e
		}
		e.Labels = append(e.Labels, uint32(v))
	}
	return e
}

func (r *routeReader) locator() uint64 {
	word := r.value()
	parts := strings.Split(word, ":")
	var v uint64
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(parts) != 4 {
			r.fail("invalid locator %s for ila encapsulation", word)
			return 0
		}
		v = v<<16 | n
	}
	return v
}

func (r *routeReader) encapIP(t EncapType) Encap {
	e := Encap{Type: t}
	name := string(t)
	for r.i+2 < r.s.n() && !r.bad {
		switch r.s.arg(r.i + 1) {
		case "id":
			r.i++
			e.ID = Some(r.number(1<<64-1, "encap id %s value is invalid"))
		case "dst":
			r.i++
			e.Dst, _ = r.anyAddress("Invalid encap " + name + " dst %s")
		case "src":
			r.i++
			e.Src, _ = r.anyAddress("Invalid encap " + name + " src %s")
		case "tos", "tc":
			r.i++
			e.TOS = Some(uint8(r.named(tableDSField, 255, "tc value %s is invalid for "+name+" encapsulation")))
		case "ttl", "hoplimit":
			r.i++
			e.TTL = Some(uint8(r.number(255, "Invalid hoplimit %s specified for "+name+" encapsulation")))
		case "flags":
			r.i++
			e.Flags = Some(uint16(r.number(65535, "flags %s is not valid for "+name+" encapsulation")))
		default:
			return r.checkEncap(e)
		}
	}
	return r.checkEncap(e)
}

func (r *routeReader) checkEncap(e Encap) Encap {
	if !e.Dst.IsValid() && !e.ID.Set && !r.bad {
		r.fail("address or id missing for %s encapsulation", e.Type)
	}
	return e
}
