package vrrpmib

import (
	"net/netip"
	"strconv"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

// rule is a row of vrrpRuleTable. Static rules belong to the owner 0.
type rule struct {
	owned[config.Rule]
	set bool
}

func ruleRows(s *State) (out []rule) {
	for _, r := range number(nil, 0, s.Conf.VRRP.StaticRules) {
		out = append(out, rule{r, true})
	}
	for i := range s.Instances {
		in := instance{&s.Instances[i], s}
		for j, r := range number(nil, i+1, in.Conf.VirtualRules) {
			out = append(out, rule{r, in.master() && !unset(in.UnsetRules, j)})
		}
	}
	return out
}

var rules = snmp.Table[*State, rule]{
	OID: OID.With(8, 1), Rows: ruleRows,
	Index: func(s *State, r rule) snmp.OID { return byOwner(s, r.owned) },
	Columns: append(append(append(append([]snmp.Column[rule]{
		{Number: 2, Get: direction},
		{Number: 6, Get: func(r rule) snmp.Value { return table(r.what) }},
		{Number: 7, Get: func(r rule) snmp.Value { return snmp.Truth(r.set) }},
		{Number: 8, Get: func(r rule) snmp.Value { return snmp.Truth(r.what.Not) }},
		{Number: 15, Get: func(r rule) snmp.Value { return snmp.Gauge(r.what.TOS) }},
		{Number: 16, Get: func(r rule) snmp.Value { return gauge(r.what.Fwmark) }},
		{Number: 17, Get: func(r rule) snmp.Value { return gauge(r.what.FwmarkMask) }},
		{Number: 18, Get: func(r rule) snmp.Value { return realmTo(r.what.Realms) }},
		{Number: 19, Get: func(r rule) snmp.Value { return realmFrom(r.what.Realms) }},
		{Number: 20, Get: func(r rule) snmp.Value { return snmp.TextOr(r.what.IIF) }},
		{Number: 21, Get: func(r rule) snmp.Value { return snmp.TextOr(r.what.OIF) }},
		{Number: 22, Get: func(r rule) snmp.Value {
			return snmp.Optional(r.what.Action == config.RuleGoto, func() snmp.Value { return snmp.Gauge(r.what.Goto) })
		}},
		{Number: 23, Get: func(r rule) snmp.Value { return snmp.Int(ruleActions[r.what.Action]) }},
		{Number: 24, Get: func(r rule) snmp.Value { return table(r.what) }},
		{Number: 25, Get: func(r rule) snmp.Value {
			return snmp.Optional(r.what.Preference != 0, func() snmp.Value { return snmp.Gauge(r.what.Preference) })
		}},
		{Number: 26, Get: func(r rule) snmp.Value { return gauge(r.what.SuppressPrefixLength) }},
		{Number: 27, Get: func(r rule) snmp.Value {
			o := r.what.SuppressIfGroup
			return snmp.Optional(o.Set, func() snmp.Value { return snmp.Text(strconv.FormatUint(uint64(o.V), 10)) })
		}},
		{Number: 28, Get: func(r rule) snmp.Value { return tunnel(r.what, 32) }},
		{Number: 29, Get: func(r rule) snmp.Value { return tunnel(r.what, 0) }},
		{Number: 32, Get: func(r rule) snmp.Value {
			return snmp.Optional(r.what.L3MDev, func() snmp.Value { return snmp.Truth(true) })
		}},
		{Number: 33, Get: func(r rule) snmp.Value {
			return snmp.Optional(r.what.Protocol != 0, func() snmp.Value { return snmp.Int(int(r.what.Protocol) + 1) })
		}},
		{Number: 34, Get: func(r rule) snmp.Value {
			return snmp.Optional(r.what.IPProto.Set, func() snmp.Value { return snmp.Gauge(r.what.IPProto.V) })
		}},
	},
		// The address of a rule before it could have two.
		prefixColumns(3, func(r *config.Rule) netip.Prefix {
			if r.To.IsValid() {
				return r.To
			}
			return r.From
		})...),
		prefixColumns(9, func(r *config.Rule) netip.Prefix { return r.To })...),
		prefixColumns(12, func(r *config.Rule) netip.Prefix { return r.From })...),
		append(append(rangeColumns(30, func(r *config.Rule) config.Opt[config.Range] { return r.UIDRange }),
			rangeColumns(35, func(r *config.Rule) config.Opt[config.Range] { return r.SPort })...),
			rangeColumns(37, func(r *config.Rule) config.Opt[config.Range] { return r.DPort })...)...),
}

// ruleActions are RuleAction, the kernel's numbers.
var ruleActions = map[config.RuleAction]int{
	config.RuleTable: 1, config.RuleGoto: 2, config.RuleNop: 3,
	config.RuleBlackhole: 6, config.RuleUnreachable: 7, config.RuleProhibit: 8,
}

// prefixColumns are type, address and length of a prefix.
func prefixColumns(first uint32, of func(*config.Rule) netip.Prefix) []snmp.Column[rule] {
	return []snmp.Column[rule]{
		{Number: first, Get: func(r rule) snmp.Value {
			p := of(r.what)
			return snmp.Optional(p.IsValid(), func() snmp.Value { return snmp.InetAddressType(p.Addr()) })
		}},
		{Number: first + 1, Get: func(r rule) snmp.Value { return snmp.InetAddress(of(r.what).Addr()) }},
		{Number: first + 2, Get: func(r rule) snmp.Value { return prefixLength(of(r.what)) }},
	}
}

// rangeColumns are the ends of a range.
func rangeColumns(first uint32, of func(*config.Rule) config.Opt[config.Range]) []snmp.Column[rule] {
	end := func(number uint32, part func(config.Range) uint32) snmp.Column[rule] {
		return snmp.Column[rule]{Number: number, Get: func(r rule) snmp.Value {
			o := of(r.what)
			return snmp.Optional(o.Set, func() snmp.Value { return snmp.Gauge(part(o.V)) })
		}}
	}
	return []snmp.Column[rule]{
		end(first, func(r config.Range) uint32 { return r.From }),
		end(first+1, func(r config.Range) uint32 { return r.To }),
	}
}

// direction is which addresses are compared.
func direction(r rule) snmp.Value {
	switch from, to := r.what.From.IsValid(), r.what.To.IsValid(); {
	case from && to:
		return snmp.Text("both")
	case to:
		return snmp.Text("to")
	case from:
		return snmp.Text("from")
	}
	return snmp.Text("")
}

func table(r *config.Rule) snmp.Value {
	return snmp.Optional(r.Action == config.RuleTable, func() snmp.Value {
		if r.L3MDev {
			return snmp.Gauge(0) // that of the device
		}
		return snmp.Gauge(r.Table)
	})
}

// tunnel is one half of the tunnel's number.
func tunnel(r *config.Rule, shift uint) snmp.Value {
	return snmp.Optional(r.TunnelID.V != 0, func() snmp.Value { return snmp.Gauge(uint32(r.TunnelID.V >> shift)) })
}

func gauge(o config.Opt[uint32]) snmp.Value {
	return snmp.Optional(o.Set, func() snmp.Value { return snmp.Gauge(o.V) })
}
