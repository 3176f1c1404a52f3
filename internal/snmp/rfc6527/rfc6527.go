// Package rfc6527 is VRRPv3-MIB (RFC 6527), which shows virtual routers of
// version 2 as well. Nothing can be written.
package rfc6527

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
)

// OID is VRRPv3-MIB.
var OID = snmp.MustOID("1.3.6.1.2.1.207")

type router = vrrprouter.Router

// Suits tells whether the MIB can show an instance.
func Suits(c *config.Instance) bool { return len(c.VIPs) > 0 }

type state struct {
	*vrrprouter.State
	routers []router
}

// View is the objects of a snapshot.
func View(s *vrrprouter.State) *snmp.View { return mib.View(&state{s, s.Routers(Suits)}) }

var mib = snmp.MIB[*state]{
	operations, addresses,
	sum(1, packet.ReasonChecksum), sum(2, packet.ReasonVersion),
	snmp.Scalar[*state]{OID: OID.With(1, 2, 3), Get: func(*state) snmp.Value { return snmp.BigCounter(0) }},
	snmp.Scalar[*state]{OID: OID.With(1, 2, 4), Get: func(s *state) snmp.Value { return s.UpTime(s.Cleared) }},
	statistics,
}

func sum(number uint32, reason packet.Reason) snmp.Scalar[*state] {
	return snmp.Scalar[*state]{OID: OID.With(1, 2, number), Get: func(s *state) snmp.Value {
		return snmp.BigCounter(vrrprouter.Sum(s.routers, reason))
	}}
}

func rows(s *state) []router { return s.routers }

func index(_ *state, r router) snmp.OID { return Index(r.Index, &r.Conf) }

// Index names the row of an instance on an interface.
func Index(ifIndex uint32, c *config.Instance) snmp.OID {
	family := uint32(1)
	if c.Family == config.IPv6 {
		family = 2
	}
	return snmp.OID{ifIndex, uint32(c.VRID), family}
}

// centisecond is what VRRPv3 counts advert intervals in.
const centisecond = 10 * time.Millisecond

var operations = snmp.Table[*state, router]{
	OID: OID.With(1, 1, 1, 1), Rows: rows, Index: index,
	Columns: []snmp.Column[router]{
		{Number: 3, Get: masterAddr},
		{Number: 4, Get: func(r router) snmp.Value { return snmp.InetAddress(r.Primary()) }},
		{Number: 5, Get: router.MAC},
		{Number: 6, Get: router.State},
		{Number: 7, Get: func(r router) snmp.Value { return snmp.Gauge(r.Status.BasePriority) }},
		{Number: 8, Get: func(r router) snmp.Value { return snmp.Int(len(r.Conf.VIPs)) }},
		{Number: 9, Get: func(r router) snmp.Value { return snmp.Int(int64(r.Conf.AdvertInt / centisecond)) }},
		{Number: 10, Get: func(r router) snmp.Value { return snmp.Truth(r.Status.Preempt) }},
		{Number: 11, Get: func(r router) snmp.Value { return snmp.Truth(r.Conf.Accept) }},
		{Number: 12, Get: upTime},
		{Number: 13, Get: func(router) snmp.Value { return snmp.Int(1) }}, // active
	},
}

// masterAddr is the router's own primary address while it is master.
func masterAddr(r router) snmp.Value {
	if r.Master() {
		return snmp.InetAddress(r.Primary())
	}
	return snmp.InetAddress(r.MasterAddr())
}

// upTime is for how long the router has been out of initialize.
func upTime(r router) snmp.Value {
	up, ok := r.Up()
	if !ok {
		return snmp.Ticks(int64(0))
	}
	return vrrprouter.Hundredths(max(r.S.Time.Sub(up), 0))
}

// held is a row of vrrpv3AssociatedIpAddrTable.
type held struct {
	router
	addr config.Address
}

var addresses = snmp.Table[*state, held]{
	OID: OID.With(1, 1, 2, 1),
	Rows: func(s *state) (out []held) {
		for _, r := range s.routers {
			for _, a := range r.Conf.VIPs {
				out = append(out, held{r, a})
			}
		}
		return out
	},
	// An address of variable length goes with its length (RFC 2578, 7.7).
	Index: func(s *state, h held) snmp.OID {
		a := snmp.AddressIndex(h.addr.Addr())
		return append(append(index(s, h.router), uint32(len(a))), a...)
	},
	Columns: []snmp.Column[held]{{Number: 2, Get: func(held) snmp.Value { return snmp.Int(1) }}}, // active
}

var statistics = snmp.Table[*state, router]{
	OID: OID.With(1, 2, 5, 1), Rows: rows, Index: index,
	Columns: []snmp.Column[router]{
		{Number: 1, Get: func(r router) snmp.Value { return snmp.Counter(r.Count("become_master")) }},
		{Number: 2, Get: func(r router) snmp.Value { return snmp.Int(Reason(r.Status.MasterCause)) }},
		counter(3, "advert_rcvd"), counter(4, "advert_interval_err"), counter(5, "ip_ttl_err"),
		{Number: 6, Get: func(r router) snmp.Value { return snmp.Int(r.S.Extra[r.Status.ID].Error) }},
		counter(7, "pri_zero_rcvd"), counter(8, "pri_zero_sent"), counter(9, "invalid_type_rcvd"),
		counter(10, "addr_list_err"), counter(11, "packet_len_err"),
		{Number: 12, Get: func(r router) snmp.Value { return r.S.UpTime(r.S.Cleared) }},
		{Number: 13, Get: func(r router) snmp.Value { return snmp.Gauge(r.Conf.AdvertInt.Milliseconds()) }},
	},
}

func counter(number uint32, name string) snmp.Column[router] {
	return snmp.Column[router]{Number: number, Get: func(r router) snmp.Value { return snmp.BigCounter(r.Count(name)) }}
}

// Reason is vrrpv3StatisticsNewMasterReason: notMaster(0) until a router has
// become master, then priority(1), preempted(2), masterNoResponse(3).
func Reason(c fsm.Cause) int {
	switch c {
	case fsm.CauseNone:
		return 0
	case fsm.CausePriority:
		return 1
	case fsm.CausePreempted:
		return 2
	}
	return 3
}
