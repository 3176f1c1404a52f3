package checkmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
)

var groups = snmp.Table[*State, *config.VirtualServerGroup]{
	OID: OID.With(1, 1),
	Rows: func(s *State) (out []*config.VirtualServerGroup) {
		for i := range s.Conf.LVS.Groups {
			out = append(out, &s.Conf.LVS.Groups[i])
		}
		return out
	},
	Columns: []snmp.Column[*config.VirtualServerGroup]{
		{Number: 2, Get: func(g *config.VirtualServerGroup) snmp.Value { return snmp.Text(g.Name) }},
	},
}

// member is a row of virtualServerGroupMemberTable.
type member struct {
	config.GroupEntry
	group, place int // from 1
}

func (m member) isRange() bool { return !m.IsFwmark && m.First != m.Last }

// memberRows has marks before addresses.
func memberRows(s *State) (out []member) {
	for i := range s.Conf.LVS.Groups {
		place := 0
		for _, marks := range []bool{true, false} {
			for _, e := range s.Conf.LVS.Groups[i].Entries {
				if e.IsFwmark == marks {
					place++
					out = append(out, member{e, i + 1, place})
				}
			}
		}
	}
	return out
}

var members = snmp.Table[*State, member]{
	OID: OID.With(2, 1), Rows: memberRows,
	Index: func(_ *State, m member) snmp.OID { return snmp.OID{uint32(m.group), uint32(m.place)} },
	Columns: []snmp.Column[member]{
		{Number: 2, Get: memberType},
		{Number: 3, Get: func(m member) snmp.Value {
			return snmp.Optional(m.IsFwmark, func() snmp.Value { return snmp.Gauge(m.Fwmark) })
		}},
		{Number: 4, Get: func(m member) snmp.Value {
			return snmp.Optional(!m.IsFwmark, func() snmp.Value { return snmp.InetAddressType(m.First) })
		}},
		{Number: 5, Get: func(m member) snmp.Value {
			return snmp.Optional(!m.IsFwmark && !m.isRange(), func() snmp.Value { return snmp.InetAddress(m.First) })
		}},
		{Number: 6, Get: func(m member) snmp.Value {
			return snmp.Optional(m.isRange(), func() snmp.Value { return snmp.InetAddress(m.First) })
		}},
		{Number: 7, Get: func(m member) snmp.Value {
			return snmp.Optional(m.isRange(), func() snmp.Value { return snmp.InetAddress(m.Last) })
		}},
		{Number: 8, Get: func(m member) snmp.Value {
			return snmp.Optional(!m.IsFwmark, func() snmp.Value { return snmp.Gauge(m.Port) })
		}},
	},
}

// memberType is fwmark(1), ip(2), iprange(3).
func memberType(m member) snmp.Value {
	switch {
	case m.IsFwmark:
		return snmp.Int(1)
	case m.isRange():
		return snmp.Int(3)
	}
	return snmp.Int(2)
}
