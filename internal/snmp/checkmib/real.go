package checkmib

import (
	"math"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// server is a row of realServerTable.
type server struct {
	s *State
	v *dump.Virtual
	// r is nil for a sorry server, which is real for what is known of it.
	r      *dump.Real
	conf   *config.RealServer
	timing config.Timing

	virtual, place int // from 0; Sorry
	index          snmp.OID
}

// serverRows has the sorry server before the others.
func serverRows(s *State) (out []server) {
	for i := range s.Virtuals {
		v := &s.Virtuals[i]
		n := uint32(0)
		if c := v.Conf.Sorry; c != nil {
			n++
			out = append(out, server{
				s: s, v: v, virtual: i, place: Sorry, index: snmp.OID{uint32(i + 1), n},
				conf: &config.RealServer{Addr: c.Addr, Port: c.Port, Forwarding: c.Forwarding},
			})
		}
		for j := range v.Reals {
			r := &v.Reals[j]
			n++
			out = append(out, server{
				s: s, v: v, r: r, conf: r.Conf, timing: s.Conf.LVS.Timing(r.Conf.Timing),
				virtual: i, place: j, index: snmp.OID{uint32(i + 1), n},
			})
		}
	}
	return out
}

var reals = snmp.Table[*State, server]{
	OID: OID.With(4, 1), Rows: serverRows,
	Index: func(_ *State, r server) snmp.OID { return r.index },
	Columns: append([]snmp.Column[server]{
		{Number: 2, Get: func(r server) snmp.Value { return snmp.Truth(r.r != nil) }},
		{Number: 3, Get: func(r server) snmp.Value { return snmp.InetAddressType(r.conf.Addr) }},
		{Number: 4, Get: func(r server) snmp.Value { return snmp.InetAddress(r.conf.Addr) }},
		{Number: 5, Get: func(r server) snmp.Value { return snmp.Gauge(r.conf.Port) }},
		regular(6, func(r server) snmp.Value { return snmp.Truth(r.r.Alive) }),
		weight,
		regular(8, func(r server) snmp.Value { return limit(r.conf.UThreshold) }),
		regular(9, func(r server) snmp.Value { return limit(r.conf.LThreshold) }),
		regular(10, func(r server) snmp.Value { return snmp.Truth(!r.conf.InhibitOnFailure) }),
		regular(11, func(r server) snmp.Value { return command(r.conf.Rare().NotifyUp) }),
		regular(12, func(r server) snmp.Value { return command(r.conf.Rare().NotifyDown) }),
		regular(13, func(r server) snmp.Value { return snmp.Gauge(r.r.Failed) }),
		{Number: 15, Get: func(r server) snmp.Value { return snmp.Gauge(r.traffic().Active) }},
		{Number: 16, Get: func(r server) snmp.Value { return snmp.Gauge(r.traffic().Inactive) }},
		{Number: 17, Get: func(r server) snmp.Value { return snmp.Gauge(r.traffic().Persistent) }},
		{Number: 40, Get: func(r server) snmp.Value { return method(r.conf.Forwarding) }},
		{Number: 41, Get: func(r server) snmp.Value { return snmp.TextOr(r.conf.Rare().VirtualHost) }},
		{Number: 42, Get: func(r server) snmp.Value { return snmp.Truth(r.conf.Alpha) }},
		{Number: 43, Get: func(r server) snmp.Value { return snmp.Gauge(r.timing.Retry.V) }},
		{Number: 44, Get: func(r server) snmp.Value { return seconds(r.timing.DelayBeforeRetry.V) }},
		{Number: 45, Get: func(r server) snmp.Value { return seconds(r.timing.Warmup.V) }},
		{Number: 46, Get: func(r server) snmp.Value { return seconds(r.timing.DelayLoop) }},
		{Number: 47, Get: func(r server) snmp.Value { return snmp.Truth(r.conf.SMTPAlert) }},
		{Number: 48, Get: func(r server) snmp.Value { return micros(r.timing.DelayBeforeRetry.V) }},
		{Number: 49, Get: func(r server) snmp.Value { return micros(r.timing.Warmup.V) }},
		{Number: 50, Get: func(r server) snmp.Value { return micros(r.timing.DelayLoop) }},
		{Number: 51, Get: func(r server) snmp.Value { return micros(r.timing.ConnectTimeout) }},
		{Number: 52, Get: func(r server) snmp.Value { return tunnelType(r.conf.Forwarding) }},
		{Number: 53, Get: func(r server) snmp.Value { return tunnelPort(r.conf.Forwarding) }},
		{Number: 54, Get: func(r server) snmp.Value { return tunnelChecksum(r.conf.Forwarding) }},
		{Number: 55, Get: func(r server) snmp.Value { return snmp.TextOr(r.conf.Rare().SNMPName) }},
		regular(56, func(r server) snmp.Value { return path(r.conf.Rare().NotifyUp) }),
		regular(57, func(r server) snmp.Value { return path(r.conf.Rare().NotifyDown) }),
		{Number: 63, Get: func(r server) snmp.Value { return snmp.Gauge(r.notRun()) }},
	}, trafficColumns(14, 18, 27, 58, func(r server) Counters { return r.traffic().Counters })...),
}

// regular is a column that sorry servers do not have.
func regular(number uint32, get func(server) snmp.Value) snmp.Column[server] {
	return snmp.Column[server]{Number: number, Get: func(r server) snmp.Value {
		return snmp.Optional(r.r != nil, func() snmp.Value { return get(r) })
	}}
}

func (r server) traffic() ServerCounters { return r.s.Traffic.Real(r.virtual, r.place) }

func (r server) notRun() int {
	if r.r == nil {
		return 0
	}
	return r.r.NotRun()
}

func limit(n uint32) snmp.Value {
	return snmp.Optional(n > 0, func() snmp.Value { return snmp.Gauge(n) })
}

// weight can be set: it then counts until the next reload, and what checkers
// add changes it further.
var weight = func() snmp.Column[server] {
	c := regular(7, func(r server) snmp.Value { return snmp.Int(inForce(r.r)) })
	c.Write = &snmp.Write[server]{Type: snmp.TypeInteger, Prepare: func(r server, v snmp.Value) (snmp.Action, snmp.Status) {
		if v.Int64() < 0 {
			return snmp.Action{}, pdu.WrongValue
		}
		set, virtual, real, old := r.s.Set, r.v.Conf, r.conf, uint32(inForce(r.r))
		return snmp.Action{
			Commit: func() error { return set.SetWeight(virtual, real, uint32(v.Int64())) },
			Undo:   func() error { return set.SetWeight(virtual, real, old) },
		}, pdu.NoError
	}}
	return c
}()

// inForce is the weight that the kernel has.
func inForce(r *dump.Real) int64 { return min(max(r.Weight, 0), math.MaxInt32) }
