package vrrpmib

import (
	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/global"
	"keepalived/internal/vrrp/fsm"
)

// The variables of both notifications are named by their columns, without a row.
var (
	groupName     = OID.With(1, 1, 2)
	groupState    = OID.With(1, 1, 3)
	instanceName  = OID.With(3, 1, 2)
	instanceState = OID.With(3, 1, 4)
	instanceFirst = OID.With(3, 1, 5)
)

// InstanceTrap is vrrpInstanceStateChange.
func InstanceTrap(c *config.Instance, s fsm.State, routerID string) []snmp.VarBind {
	return snmp.Trap(OID.With(10, 0, 2),
		snmp.VarBind{Name: instanceName, Value: snmp.Text(c.Name)},
		snmp.VarBind{Name: instanceState, Value: trapState(s)},
		snmp.VarBind{Name: instanceFirst, Value: initialState(c)},
		snmp.VarBind{Name: global.RouterID, Value: snmp.Text(routerID)})
}

// GroupTrap is vrrpSyncGroupStateChange.
func GroupTrap(name string, s fsm.State, routerID string) []snmp.VarBind {
	return snmp.Trap(OID.With(10, 0, 1),
		snmp.VarBind{Name: groupName, Value: snmp.Text(name)},
		snmp.VarBind{Name: groupState, Value: trapState(s)},
		snmp.VarBind{Name: global.RouterID, Value: snmp.Text(routerID)})
}

// trapState is a VrrpState with the states that only notifications tell:
// shutdown(5), deleted(6).
func trapState(s fsm.State) snmp.Value {
	switch s {
	case fsm.StateStop:
		return snmp.Int(5)
	case fsm.StateDeleted:
		return snmp.Int(6)
	}
	return state(s)
}
