package vrrpmib

import (
	"keepalived/internal/agentx/pdu"
	"keepalived/internal/snmp"
)

// owner is the priority of the router that has the addresses anyway
// (RFC 5798, 5.2.4): it is configured, never set.
const owner = 255

var writePriority = &snmp.Write[instance]{Type: snmp.TypeInteger, Prepare: func(in instance, v snmp.Value) (snmp.Action, snmp.Status) {
	n := v.Int64()
	switch {
	case n < 1 || n >= owner:
		return snmp.Action{}, pdu.WrongValue
	case in.Status.BasePriority == owner:
		return snmp.Action{}, pdu.InconsistentValue
	}
	id, set, old := in.Status.ID, in.s.Set, in.Status.BasePriority
	return snmp.Action{
		Commit: func() error { return set.SetPriority(id, uint8(n)) },
		Undo:   func() error { return set.SetPriority(id, old) },
	}, pdu.NoError
}}

var writePreempt = &snmp.Write[instance]{Type: snmp.TypeInteger, Prepare: func(in instance, v snmp.Value) (snmp.Action, snmp.Status) {
	n := v.Int64()
	if n != 1 && n != 2 {
		return snmp.Action{}, pdu.WrongValue
	}
	id, set, old := in.Status.ID, in.s.Set, in.Status.Preempt
	return snmp.Action{
		Commit: func() error { return set.SetPreempt(id, n == 1) },
		Undo:   func() error { return set.SetPreempt(id, old) },
	}, pdu.NoError
}}

// writeAccept refuses: the rules that drop packets belong to the configuration.
var writeAccept = &snmp.Write[instance]{Type: snmp.TypeInteger, Prepare: func(in instance, _ snmp.Value) (snmp.Action, snmp.Status) {
	if in.Conf.Version != 3 {
		return snmp.Action{}, pdu.NotWritable
	}
	return snmp.Action{}, pdu.NoAccess
}}
