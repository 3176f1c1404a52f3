package vrrpmib

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// route is a row of vrrpRouteTable. Static routes belong to the owner 0.
type route struct {
	owned[config.Route]
	s   *State
	set bool
}

func routeRows(s *State) (out []route) {
	for _, r := range number(nil, 0, s.Conf.VRRP.StaticRoutes) {
		out = append(out, route{r, s, true})
	}
	for i := range s.Instances {
		in := instance{&s.Instances[i], s}
		for j, r := range number(nil, i+1, in.Conf.VirtualRoutes) {
			out = append(out, route{r, s, in.master() && !unset(in.UnsetRoutes, j)})
		}
	}
	return out
}

// unset tells whether the kernel refused the i-th one.
func unset(list []bool, i int) bool { return i < len(list) && list[i] }

var routes = snmp.Table[*State, route]{
	OID: OID.With(7, 1), Rows: routeRows,
	Index: func(s *State, r route) snmp.OID { return byOwner(s, r.owned) },
	Columns: append(append([]snmp.Column[route]{
		{Number: 2, Get: func(r route) snmp.Value { return snmp.InetAddressType(r.what.Dst.Addr()) }},
		{Number: 3, Get: func(r route) snmp.Value { return snmp.InetAddress(r.what.Dst.Addr()) }},
		{Number: 4, Get: func(r route) snmp.Value { return snmp.Gauge(r.what.Dst.Bits()) }},
		{Number: 5, Get: func(r route) snmp.Value { return snmp.InetAddress(r.what.Via) }},
		{Number: 6, Get: secondGateway},
		{Number: 7, Get: func(r route) snmp.Value { return snmp.InetAddress(r.what.PrefSrc) }},
		{Number: 8, Get: func(r route) snmp.Value { return snmp.Gauge(r.what.Metric.Or(0)) }},
		{Number: 9, Get: func(r route) snmp.Value { return snmp.InetScope(r.what.Scope.Or(0)) }},
		{Number: 10, Get: routeType},
		{Number: 11, Get: func(r route) snmp.Value { return r.s.ifIndex(r.what.Dev) }},
		{Number: 12, Get: func(r route) snmp.Value { return snmp.TextOr(r.what.Dev) }},
		{Number: 13, Get: func(r route) snmp.Value { return snmp.Gauge(r.what.Table) }},
		{Number: 14, Get: func(r route) snmp.Value { return snmp.Truth(r.set) }},
		{Number: 15, Get: func(r route) snmp.Value { return snmp.InetAddress(r.what.Src.Addr()) }},
		{Number: 16, Get: func(r route) snmp.Value { return prefixLength(r.what.Src) }},
		{Number: 17, Get: func(r route) snmp.Value {
			return snmp.Optional(r.what.TOS != 0, func() snmp.Value { return snmp.Gauge(r.what.TOS) })
		}},
		{Number: 18, Get: func(r route) snmp.Value {
			// Values of the kernel, counted from 1.
			return snmp.Optional(!r.what.NoTrack || r.what.Protocol != protocolOurs, func() snmp.Value { return snmp.Int(int(r.what.Protocol) + 1) })
		}},
		{Number: 19, Get: func(r route) snmp.Value { return snmp.Truth(r.what.Metrics.FeaturesECN) }},
		{Number: 20, Get: func(r route) snmp.Value { return snmp.Truth(r.what.Metrics.QuickAck.Set) }},
		{Number: 21, Get: func(r route) snmp.Value {
			return snmp.Optional(r.what.Expires.Set, func() snmp.Value { return snmp.Int(r.what.Expires.V) })
		}},
		{Number: 42, Get: func(r route) snmp.Value { return snmp.TextOr(r.what.Metrics.CongCtl) }},
		{Number: 43, Get: preference},
		{Number: 44, Get: func(r route) snmp.Value { return realmTo(r.what.Realms) }},
		{Number: 45, Get: func(r route) snmp.Value { return realmFrom(r.what.Realms) }},
		{Number: 55, Get: func(r route) snmp.Value {
			o := r.what.Metrics.FastOpenNoCookie
			return snmp.Optional(o.Set, func() snmp.Value { return snmp.Truth(o.V) })
		}},
	}, metrics...), encapColumns(46, func(r route) *config.Encap { return &r.what.Encap })...),
}

// protocolOurs marks what the daemon sets; it is not shown where it was not
// asked for.
const protocolOurs = 18

// ifIndex is that of an interface, 0 while it does not exist; there is none for
// no name.
func (s *State) ifIndex(name string) snmp.Value {
	return snmp.Optional(name != "", func() snmp.Value { return snmp.Int(s.index[name]) })
}

func prefixLength(p netip.Prefix) snmp.Value {
	return snmp.Optional(p.IsValid(), func() snmp.Value { return snmp.Gauge(p.Bits()) })
}

// secondGateway is the only next hop, if it is a plain one.
func secondGateway(r route) snmp.Value {
	if h := r.what.NextHops; len(h) == 1 && h[0].Encap.Type == config.EncapNone {
		return snmp.InetAddress(h[0].Via)
	}
	return snmp.Value{}
}

// routeTypes are RouteType by the kernel's type; others are unicast(1).
var routeTypes = map[uint8]int{3: 6, 4: 4, 5: 5, 6: 3, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11}

// routeType is ecmp(2) for what has next hops.
func routeType(r route) snmp.Value {
	if len(r.what.NextHops) > 0 {
		return snmp.Int(2)
	}
	return snmp.Int(max(routeTypes[r.what.Type], 1))
}

// preferences are low(1), medium(2), high(3) by the values of RFC 4191, 2.1.
var preferences = map[uint8]int{3: 1, 0: 2, 1: 3}

func preference(r route) snmp.Value {
	return snmp.Optional(r.what.Pref.Set, func() snmp.Value { return snmp.Int(preferences[r.what.Pref.V]) })
}

func realmTo(o config.Opt[uint32]) snmp.Value {
	return snmp.Optional(o.V != 0, func() snmp.Value { return snmp.Gauge(o.V & 0xffff) })
}

func realmFrom(o config.Opt[uint32]) snmp.Value {
	return snmp.Optional(o.V>>16 != 0, func() snmp.Value { return snmp.Gauge(o.V >> 16) })
}

// metrics are the columns of kernel metrics, with the locks of those that have
// one.
var metrics = func() (out []snmp.Column[route]) {
	for _, m := range []struct {
		number uint32
		lock   bool // the next column is its lock
		div    uint32
		of     func(*config.RouteMetrics) config.Metric
	}{
		{22, true, 1, func(m *config.RouteMetrics) config.Metric { return m.MTU }},
		{24, false, 1, func(m *config.RouteMetrics) config.Metric { return m.HopLimit }},
		{25, true, 1, func(m *config.RouteMetrics) config.Metric { return m.AdvMSS }},
		{27, true, 8, func(m *config.RouteMetrics) config.Metric { return m.RTT }},
		{29, true, 4, func(m *config.RouteMetrics) config.Metric { return m.RTTVar }},
		{31, true, 1, func(m *config.RouteMetrics) config.Metric { return m.Reordering }},
		{33, false, 1, func(m *config.RouteMetrics) config.Metric { return m.Window }},
		{34, true, 1, func(m *config.RouteMetrics) config.Metric { return m.Cwnd }},
		{36, true, 1, func(m *config.RouteMetrics) config.Metric { return m.SSThresh }},
		{38, true, 1, func(m *config.RouteMetrics) config.Metric { return m.RTOMin }},
		{40, false, 1, func(m *config.RouteMetrics) config.Metric { return m.InitCwnd }},
		{41, false, 1, func(m *config.RouteMetrics) config.Metric { return m.InitRwnd }},
	} {
		out = append(out, snmp.Column[route]{Number: m.number, Get: func(r route) snmp.Value {
			x := m.of(&r.what.Metrics)
			return snmp.Optional(x.Set, func() snmp.Value { return snmp.Gauge(x.V / m.div) })
		}})
		if m.lock {
			out = append(out, snmp.Column[route]{Number: m.number + 1, Get: func(r route) snmp.Value {
				x := m.of(&r.what.Metrics)
				return snmp.Optional(x.Set, func() snmp.Value { return snmp.Truth(x.Lock) })
			}})
		}
	}
	return out
}()
