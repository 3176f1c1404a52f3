package rfc2787

import (
	"net/netip"

	"keepalived/internal/snmp"
	"keepalived/internal/snmp/vrrprouter"
)

// NewMasterTrap is vrrpTrapNewMaster: a router has become master with an
// address of its own.
func NewMasterTrap(ifIndex uint32, vrid uint8, own netip.Addr) []snmp.VarBind {
	return snmp.Trap(OID.With(0, 1),
		snmp.VarBind{Name: OID.With(1, 3, 1, 7, ifIndex, uint32(vrid)), Value: snmp.IPAddress(own)})
}

// AuthTrap is vrrpTrapAuthFailure about an advert.
func AuthTrap(ifIndex uint32, vrid uint8, from netip.Addr, e vrrprouter.AuthError) []snmp.VarBind {
	return snmp.Trap(OID.With(0, 2),
		snmp.VarBind{Name: OID.With(1, 5, ifIndex, uint32(vrid)), Value: snmp.IPAddress(from)},
		snmp.VarBind{Name: OID.With(1, 6, ifIndex, uint32(vrid)), Value: snmp.Int(e)})
}
