// Package rfc2787 is VRRP-MIB (RFC 2787): virtual routers of version 2 for
// IPv4. Nothing can be written.
package rfc2787

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/packet"
)

// OID is VRRP-MIB.
var OID = snmp.MustOID("1.3.6.1.2.1.68")

type router = vrrprouter.Router

// Suits tells whether the MIB can show an instance.
func Suits(c *config.Instance) bool {
	return c.Version == 2 && c.Family == config.IPv4 && len(c.VIPs) > 0
}

type state struct {
	*vrrprouter.State
	routers []router
}

// View is the objects of a snapshot.
func View(s *vrrprouter.State) *snmp.View { return mib.View(&state{s, s.Routers(Suits)}) }

var mib = snmp.MIB[*state]{
	snmp.Scalar[*state]{OID: OID.With(1, 1), Get: func(*state) snmp.Value { return snmp.Int(2) }},
	snmp.Scalar[*state]{OID: OID.With(1, 2), Get: func(s *state) snmp.Value { return snmp.Truth(s.Conf.Global.SNMP.Traps) }},
	operations, addresses,
	sum(1, packet.ReasonChecksum), sum(2, packet.ReasonVersion),
	snmp.Scalar[*state]{OID: OID.With(2, 3), Get: func(*state) snmp.Value { return snmp.Counter(0) }},
	statistics,
}

func sum(number uint32, reason packet.Reason) snmp.Scalar[*state] {
	return snmp.Scalar[*state]{OID: OID.With(2, number), Get: func(s *state) snmp.Value {
		return snmp.Counter(vrrprouter.Sum(s.routers, reason))
	}}
}

func rows(s *state) []router { return s.routers }

func index(_ *state, r router) snmp.OID { return snmp.OID{r.Index, uint32(r.Conf.VRID)} }

var operations = snmp.Table[*state, router]{
	OID: OID.With(1, 3, 1), Rows: rows, Index: index,
	Columns: []snmp.Column[router]{
		{Number: 2, Get: router.MAC},
		{Number: 3, Get: router.State},
		{Number: 4, Get: func(router) snmp.Value { return snmp.Int(1) }}, // up: what is configured runs
		{Number: 5, Get: func(r router) snmp.Value { return snmp.Int(r.Status.BasePriority) }},
		{Number: 6, Get: func(r router) snmp.Value { return snmp.Int(len(r.Conf.VIPs)) }},
		{Number: 7, Get: func(r router) snmp.Value { return snmp.IPAddress(r.MasterAddr()) }},
		{Number: 8, Get: func(r router) snmp.Value { return snmp.IPAddress(r.Primary()) }},
		{Number: 9, Get: authType},
		{Number: 10, Get: func(router) snmp.Value { return snmp.Text("") }}, // never readable
		{Number: 11, Get: func(r router) snmp.Value { return snmp.Int(int64(r.Conf.AdvertInt / time.Second)) }},
		{Number: 12, Get: func(r router) snmp.Value { return snmp.Truth(r.Status.Preempt) }},
		{Number: 13, Get: upTime},
		{Number: 14, Get: func(router) snmp.Value { return snmp.Int(1) }}, // ip
		{Number: 15, Get: func(router) snmp.Value { return snmp.Int(1) }}, // active
	},
}

// authType is noAuthentication(1), simpleTextPassword(2),
// ipAuthenticationHeader(3).
func authType(r router) snmp.Value {
	switch r.Conf.Auth.Type {
	case config.AuthPass:
		return snmp.Int(2)
	case config.AuthAH:
		return snmp.Int(3)
	}
	return snmp.Int(1)
}

// upTime is sysUpTime when the router left initialize.
func upTime(r router) snmp.Value {
	up, ok := r.Up()
	if !ok {
		return snmp.Ticks(int64(0))
	}
	return r.S.UpTime(up)
}

// held is a row of vrrpAssoIpAddrTable.
type held struct {
	router
	addr config.Address
}

var addresses = snmp.Table[*state, held]{
	OID: OID.With(1, 4, 1),
	Rows: func(s *state) (out []held) {
		for _, r := range s.routers {
			for _, a := range r.Conf.VIPs {
				out = append(out, held{r, a})
			}
		}
		return out
	},
	Index: func(s *state, h held) snmp.OID {
		return append(index(s, h.router), snmp.AddressIndex(h.addr.Addr())...)
	},
	Columns: []snmp.Column[held]{{Number: 2, Get: func(held) snmp.Value { return snmp.Int(1) }}}, // active
}

var statistics = snmp.Table[*state, router]{
	OID: OID.With(2, 4, 1), Rows: rows, Index: index,
	Columns: []snmp.Column[router]{
		counter(1, "become_master"), counter(2, "advert_rcvd"), counter(3, "advert_interval_err"),
		counter(4, "auth_failure"), counter(5, "ip_ttl_err"), counter(6, "pri_zero_rcvd"), counter(7, "pri_zero_sent"),
		counter(8, "invalid_type_rcvd"), counter(9, "addr_list_err"), counter(10, "invalid_authtype"),
		counter(11, "authtype_mismatch"), counter(12, "packet_len_err"),
	},
}

func counter(number uint32, name string) snmp.Column[router] {
	return snmp.Column[router]{Number: number, Get: func(r router) snmp.Value { return snmp.Counter(r.Count(name)) }}
}
