package rfc6527

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/snmp/vrrprouter"
	"keepalived/internal/vrrp/fsm"
)

// NewMasterTrap is vrrpv3NewMaster: a router has become master with an address
// of its own.
func NewMasterTrap(ifIndex uint32, c *config.Instance, own netip.Addr, why fsm.Cause) []snmp.VarBind {
	row := Index(ifIndex, c)
	return snmp.Trap(OID.With(0, 1),
		snmp.VarBind{Name: OID.With(1, 1, 1, 1, 3).With(row...), Value: snmp.InetAddress(own)},
		snmp.VarBind{Name: OID.With(1, 2, 5, 1, 2).With(row...), Value: snmp.Int(Reason(why))})
}

// ProtoErrorTrap is vrrpv3ProtoError about an advert.
func ProtoErrorTrap(ifIndex uint32, c *config.Instance, e vrrprouter.ProtoError) []snmp.VarBind {
	return snmp.Trap(OID.With(0, 2),
		snmp.VarBind{Name: OID.With(1, 2, 5, 1, 6).With(Index(ifIndex, c)...), Value: snmp.Int(e)})
}
