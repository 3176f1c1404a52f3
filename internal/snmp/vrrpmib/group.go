package vrrpmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/vrrp/fsm"
)

// group is a row of vrrpSyncGroupTable.
type group struct {
	*config.SyncGroup
	state fsm.State
}

func groupRows(s *State) (out []group) {
	states := map[string]fsm.State{}
	for _, g := range s.Groups {
		states[g.Name] = g.State
	}
	for i := range s.Conf.VRRP.SyncGroups {
		g := &s.Conf.VRRP.SyncGroups[i]
		out = append(out, group{g, states[g.Name]})
	}
	return out
}

var groups = snmp.Table[*State, group]{
	OID: OID.With(1, 1), Rows: groupRows,
	Columns: []snmp.Column[group]{
		{Number: 2, Get: func(g group) snmp.Value { return snmp.Text(g.Name) }},
		{Number: 3, Get: func(g group) snmp.Value { return state(g.state) }},
		{Number: 4, Get: func(g group) snmp.Value { return snmp.Truth(g.SMTPAlert) }},
		{Number: 5, Get: func(g group) snmp.Value { return snmp.Truth(anyScript(&g.Notify)) }},
		{Number: 6, Get: func(g group) snmp.Value { return command(g.Notify.Master) }},
		{Number: 7, Get: func(g group) snmp.Value { return command(g.Notify.Backup) }},
		{Number: 8, Get: func(g group) snmp.Value { return command(g.Notify.Fault) }},
		{Number: 9, Get: func(g group) snmp.Value { return command(g.Notify.Any) }},
		{Number: 10, Get: func(g group) snmp.Value { return snmp.Truth(g.SyncGroupTrackingWeight) }},
		{Number: 11, Get: func(g group) snmp.Value { return command(g.Notify.Stop) }},
	},
}

var members = snmp.Table[*State, owned[string]]{
	OID: OID.With(2, 1),
	Rows: func(s *State) (out []owned[string]) {
		for i := range s.Conf.VRRP.SyncGroups {
			out = number(out, i+1, s.Conf.VRRP.SyncGroups[i].Members)
		}
		return out
	},
	Index:   byOwner[string],
	Columns: []snmp.Column[owned[string]]{{Number: 2, Get: func(r owned[string]) snmp.Value { return snmp.Text(*r.what) }}},
}

func anyScript(n *config.NotifyScripts) bool {
	return n.Backup.IsSet() || n.Master.IsSet() || n.Fault.IsSet() || n.Stop.IsSet() || n.Any.IsSet()
}
