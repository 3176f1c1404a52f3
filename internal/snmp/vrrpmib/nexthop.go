package vrrpmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// nextHop is a row of vrrpRouteNextHopTable.
type nextHop struct {
	*config.NextHop
	route route
	place uint32
}

func nextHopRows(s *State) (out []nextHop) {
	for _, r := range routeRows(s) {
		for i := range r.what.NextHops {
			out = append(out, nextHop{&r.what.NextHops[i], r, uint32(i + 1)})
		}
	}
	return out
}

var nextHops = snmp.Table[*State, nextHop]{
	OID: OID.With(11, 1), Rows: nextHopRows,
	Index: func(s *State, h nextHop) snmp.OID { return byOwner(s, h.route.owned).With(h.place) },
	Columns: append([]snmp.Column[nextHop]{
		{Number: 2, Get: func(h nextHop) snmp.Value {
			return snmp.Optional(h.Via.IsValid(), func() snmp.Value { return snmp.InetAddressType(h.Via) })
		}},
		{Number: 3, Get: func(h nextHop) snmp.Value { return snmp.InetAddress(h.Via) }},
		{Number: 4, Get: func(h nextHop) snmp.Value { return h.route.s.ifIndex(h.Dev) }},
		{Number: 5, Get: func(h nextHop) snmp.Value { return snmp.TextOr(h.Dev) }},
		{Number: 6, Get: func(h nextHop) snmp.Value {
			return snmp.Optional(h.Weight > 1, func() snmp.Value { return snmp.Gauge(h.Weight) })
		}},
		{Number: 7, Get: func(h nextHop) snmp.Value { return snmp.Truth(h.OnLink) }},
		{Number: 8, Get: func(h nextHop) snmp.Value { return realmTo(h.Realms) }},
		{Number: 9, Get: func(h nextHop) snmp.Value { return realmFrom(h.Realms) }},
	}, encapColumns(10, func(h nextHop) *config.Encap { return &h.Encap })...),
}
