package checkmib

import (
	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// virtual is a row of virtualServerTable.
type virtual struct {
	*dump.Virtual
	s      *State
	place  int // from 0
	timing config.Timing
}

func virtualRows(s *State) []virtual {
	out := make([]virtual, 0, len(s.Virtuals))
	for i := range s.Virtuals {
		v := &s.Virtuals[i]
		out = append(out, virtual{v, s, i, s.Conf.LVS.Timing(v.Conf.Timing)})
	}
	return out
}

var virtuals = snmp.Table[*State, virtual]{
	OID: OID.With(3, 1), Rows: virtualRows,
	Columns: append([]snmp.Column[virtual]{
		{Number: 2, Get: func(v virtual) snmp.Value { return virtualType(v.Conf) }},
		{Number: 3, Get: func(v virtual) snmp.Value { return snmp.TextOr(v.Conf.Group) }},
		{Number: 4, Get: func(v virtual) snmp.Value {
			return snmp.Optional(v.Conf.IsFwmark, func() snmp.Value { return snmp.Gauge(v.Conf.Fwmark) })
		}},
		// A group with addresses of both families has ipv6(2).
		{Number: 5, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.Family == config.IPv4) }},
		{Number: 6, Get: func(v virtual) snmp.Value { return snmp.InetAddress(v.Conf.Addr) }},
		{Number: 7, Get: func(v virtual) snmp.Value {
			return snmp.Optional(v.Conf.Addr.IsValid(), func() snmp.Value { return snmp.Gauge(v.Conf.Port) })
		}},
		{Number: 8, Get: func(v virtual) snmp.Value {
			return snmp.Optional(!v.Conf.IsFwmark, func() snmp.Value { return protocol(v.Conf.Protocol) })
		}},
		{Number: 9, Get: func(v virtual) snmp.Value { return scheduler(v.Conf.Scheduler) }},
		{Number: 10, Get: func(v virtual) snmp.Value { return method(v.Conf.Forwarding) }},
		// A virtual server that is configured is in use.
		{Number: 11, Get: func(virtual) snmp.Value { return snmp.Truth(true) }},
		{Number: 12, Get: func(v virtual) snmp.Value { return snmp.TextOr(v.Conf.Rare().VirtualHost) }},
		{Number: 13, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.Persistence.Timeout > 0) }},
		{Number: 14, Get: func(v virtual) snmp.Value {
			t := v.Conf.Persistence.Timeout
			return snmp.Optional(t > 0, func() snmp.Value { return snmp.Gauge(t) })
		}},
		{Number: 15, Get: func(v virtual) snmp.Value {
			return snmp.Optional(!v.Conf.Addr.Is6(), func() snmp.Value { return snmp.Octets(v.Conf.Persistence.Mask[:]) })
		}},
		{Number: 16, Get: func(v virtual) snmp.Value { return seconds(v.timing.DelayLoop) }},
		{Number: 17, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.HASuspend) }},
		{Number: 18, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.Alpha) }},
		{Number: 19, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.Omega) }},
		{Number: 20, Get: func(v virtual) snmp.Value { return snmp.Gauge(len(v.Reals)) }},
		{Number: 21, Get: func(v virtual) snmp.Value { return snmp.Gauge(v.Alive()) }},
		{Number: 22, Get: func(v virtual) snmp.Value { return snmp.Gauge(v.Conf.Quorum) }},
		{Number: 23, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Up) }},
		{Number: 24, Get: func(v virtual) snmp.Value { return command(v.Conf.Rare().QuorumUp) }},
		{Number: 25, Get: func(v virtual) snmp.Value { return command(v.Conf.Rare().QuorumDown) }},
		{Number: 26, Get: func(v virtual) snmp.Value { return snmp.Gauge(v.Conf.Hysteresis) }},
		{Number: 37, Get: flag(config.FlagOnePacket)},
		{Number: 51, Get: func(v virtual) snmp.Value {
			return snmp.Optional(!v.Conf.Addr.Is4(), func() snmp.Value { return snmp.Gauge(v.Conf.Persistence.PrefixLen) })
		}},
		{Number: 52, Get: func(virtual) snmp.Value { return snmp.Truth(false) }}, // nothing configures it
		{Number: 53, Get: flag(config.FlagSched1)},
		{Number: 54, Get: flag(config.FlagSched2)},
		{Number: 55, Get: flag(config.FlagSched3)},
		{Number: 56, Get: func(v virtual) snmp.Value { return snmp.Truth(!v.Conf.InhibitOnFailure) }},
		{Number: 57, Get: func(v virtual) snmp.Value { return snmp.Gauge(v.timing.Retry.V) }},
		{Number: 58, Get: func(v virtual) snmp.Value { return seconds(v.timing.DelayBeforeRetry.V) }},
		{Number: 59, Get: func(v virtual) snmp.Value { return seconds(v.timing.Warmup.V) }},
		{Number: 60, Get: func(v virtual) snmp.Value { return snmp.Int(v.Conf.Rare().Weight.Or(1)) }},
		{Number: 61, Get: func(v virtual) snmp.Value { return snmp.Truth(v.Conf.SMTPAlert) }},
		{Number: 62, Get: flag(config.FlagSched1)},
		{Number: 63, Get: flag(config.FlagSched2)},
		{Number: 64, Get: func(v virtual) snmp.Value { return micros(v.timing.DelayLoop) }},
		{Number: 65, Get: func(v virtual) snmp.Value { return micros(v.timing.DelayBeforeRetry.V) }},
		{Number: 66, Get: func(v virtual) snmp.Value { return micros(v.timing.Warmup.V) }},
		{Number: 67, Get: func(v virtual) snmp.Value { return micros(v.timing.ConnectTimeout) }},
		{Number: 68, Get: func(v virtual) snmp.Value { return tunnelType(v.Conf.Forwarding) }},
		{Number: 69, Get: func(v virtual) snmp.Value { return tunnelPort(v.Conf.Forwarding) }},
		{Number: 70, Get: func(v virtual) snmp.Value { return tunnelChecksum(v.Conf.Forwarding) }},
		{Number: 71, Get: func(v virtual) snmp.Value { return snmp.TextOr(v.Conf.Rare().SNMPName) }},
		{Number: 72, Get: func(v virtual) snmp.Value { return path(v.Conf.Rare().QuorumUp) }},
		{Number: 73, Get: func(v virtual) snmp.Value { return path(v.Conf.Rare().QuorumDown) }},
	}, trafficColumns(27, 28, 38, 74, func(v virtual) Counters { return v.s.Traffic.Virtual(v.place) })...),
}

// virtualType is fwmark(1), ip(2), group(3).
func virtualType(v *config.VirtualServer) snmp.Value {
	switch {
	case v.Group != "":
		return snmp.Int(3)
	case v.IsFwmark:
		return snmp.Int(1)
	}
	return snmp.Int(2)
}

// protocol is tcp(1), udp(2), sctp(3), none(4).
func protocol(p config.Protocol) snmp.Value {
	switch p {
	case config.TCP:
		return snmp.Int(1)
	case config.UDP:
		return snmp.Int(2)
	case config.SCTP:
		return snmp.Int(3)
	}
	return snmp.Int(4)
}

// schedulers are the values of virtualServerLoadBalancingAlgo, from 1.
var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"}

// otherScheduler is the value of schedulers without one.
const otherScheduler = 99

func scheduler(name string) snmp.Value {
	for i, s := range schedulers {
		if s == name {
			return snmp.Int(i + 1)
		}
	}
	return snmp.Int(otherScheduler)
}

func flag(f config.ServiceFlags) func(virtual) snmp.Value {
	return func(v virtual) snmp.Value { return snmp.Truth(v.Conf.Flags&f != 0) }
}
