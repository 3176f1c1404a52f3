package config

import "time"

// routeOptions are the words of a ROUTE_LINE apart from types and destination.
var routeOptions map[string]func(r *routeReader)

func init() {
	routeOptions = map[string]func(r *routeReader){
		"inet":  func(r *routeReader) { r.tellFamily(IPv4, "inet specified for IPv6 route") },
		"inet6": func(r *routeReader) { r.tellFamily(IPv6, "inet6 specified for IPv4 route") },
		"src":   routeSrc,
		"via":   func(r *routeReader) { r.r.Via = r.via() },
		"gw": func(r *routeReader) {
			r.complain(`"gw" for routes is deprecated. Please use "via"`)
			r.r.Via = r.via()
		},
		"or":      routeOr,
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
		"dev":        routeDev,
		"oif":        routeDev,
		"onlink":     func(r *routeReader) { r.r.OnLink = true },
		"encap":      func(r *routeReader) { r.r.Encap = r.encap() },
		"expires":    routeExpires,
		"mtu":        func(r *routeReader) { r.r.Metrics.MTU = r.metric("Invalid MTU %s specified for route") },
		"hoplimit":   routeHopLimit,
		"advmss":     func(r *routeReader) { r.r.Metrics.AdvMSS = r.metric("Invalid advmss %s specified for route") },
		"rtt": func(r *routeReader) {
			r.r.Metrics.RTT = r.timeMetric(time.Millisecond/8, "rtt", "Invalid rtt %s for route")
		},
		"rttvar": func(r *routeReader) {
			r.r.Metrics.RTTVar = r.timeMetric(time.Millisecond/4, "rtt", "Invalid rttvar %s for route")
		},
		"rto_min": func(r *routeReader) {
			r.r.Metrics.RTOMin = r.timeMetric(time.Millisecond, "rto", "Invalid rto_min value %s specified for route")
		},
		"reordering": func(r *routeReader) {
			r.r.Metrics.Reordering = r.metric("Invalid reordering value %s specified for route")
		},
		"window": func(r *routeReader) {
			r.r.Metrics.Window = r.plainMetric("Invalid window value %s specified for route")
		},
		"cwnd":     func(r *routeReader) { r.r.Metrics.Cwnd = r.metric("Invalid cwnd value %s specified for route") },
		"ssthresh": func(r *routeReader) { r.r.Metrics.SSThresh = r.metric("Invalid ssthresh value %s specified for route") },
		"realms":   routeRealms,
		"initcwnd": func(r *routeReader) {
			r.r.Metrics.InitCwnd = r.plainMetric("Invalid initcwnd value %s specified for route")
		},
		"initrwnd": func(r *routeReader) {
			r.r.Metrics.InitRwnd = r.plainMetric("Invalid initrwnd value %s specified for route")
		},
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
		"track_group": func(r *routeReader) { r.ended = r.trackGroup(&r.r.TrackGroup) },
	}
}

// tellFamily is the family in words.
func (r *routeReader) tellFamily(f Family, mixed string) {
	if r.told = true; !r.family(f) {
		r.fail("%s", mixed)
	}
}

func routeSrc(r *routeReader) {
	r.r.PrefSrc = r.address("invalid route src address %s")
	r.sameFamily(r.r.PrefSrc)
}

// routeOr is the old way to name a second gateway.
func routeOr(r *routeReader) {
	r.complain(`"or" for routes is deprecated. Please use "nexthop"`)
	if r.or != nil {
		r.complain(`"or" route already specified - ignoring subsequent`)
		r.i++
		return
	}
	if r.r.Via.IsValid() {
		r.or = append(r.or, r.r.Via)
	}
	r.or = append(r.or, r.address(`Invalid "or" address %s`))
}

func routeFrom(r *routeReader) {
	word := r.value()
	switch {
	case r.bad:
		return
	case word == "default6":
		r.default6()
	case anyNetwork(word):
		r.fail("route from address only supported with IPv6 (%s)", word)
	default:
		p := r.network("invalid route from address %s")
		if !r.bad && !p.Addr().Is6() {
			r.fail("route from address only supported with IPv6 (%s)", word)
		}
		r.r.Src = p
	}
	if !r.bad && !r.family(IPv6) {
		r.fail("Cannot mix IPv4 and IPv6 addresses for route")
	}
}

func routeVRF(r *routeReader) {
	name := r.value()
	if r.bad {
		return
	}
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

func routeDev(r *routeReader) {
	r.r.Dev = r.interfaceName("WARNING - interface %s for VROUTE nexthop doesn't exist")
}

func routeMetric(r *routeReader) {
	r.r.Metric = Some(r.number(1<<32-1, "Invalid metric %s specified for route"))
}

func routeExpires(r *routeReader) {
	if r.r.Family == IPv4 {
		r.fail("expires is only valid for IPv6")
		return
	}
	r.r.Family = IPv6
	r.r.Expires = Some(r.number(1<<32-1, "Invalid expires time %s specified for route"))
}

func routeHopLimit(r *routeReader) {
	r.r.Metrics.HopLimit = Metric{Set: true, V: r.number(255, "Invalid hoplimit %s specified for route")}
}

func routeRealms(r *routeReader) {
	r.r.Realms = r.realms("Invalid realms %s for route")
	if !r.bad && !r.family(IPv4) {
		r.fail("realms are only valid for IPv4")
	}
}

func routeFeatures(r *routeReader) {
	if word := r.value(); word != "ecn" {
		r.complain("feature %s not supported", word)
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

// routerPreferences are the words for the values of RFC 4191.
var routerPreferences = map[string]uint8{"low": 3, "medium": 0, "high": 1}

func routePref(r *routeReader) {
	if r.r.Family == IPv4 {
		r.fail("pref is only valid for IPv6")
		return
	}
	r.r.Family = IPv6
	if v, ok := routerPreferences[r.s.arg(r.i+1)]; ok {
		r.i++
		r.r.Pref = Some(v)
		return
	}
	r.r.Pref = Some(uint8(r.number(255, "Invalid pref value %s specified for route")))
}

func routeTTLPropagate(r *routeReader) {
	switch word := r.value(); word {
	case "enabled", "disabled":
		r.r.TTLPropagate = Some(word == "enabled")
	default:
		r.complain("%s value %s not recognised", "ttl-propagate", word)
	}
}

func routeAs(r *routeReader) {
	if r.value() == "to" {
		r.i++
	}
	r.complain(`"as to" for MPLS only - ignoring`)
}
