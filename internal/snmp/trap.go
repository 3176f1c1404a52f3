package snmp

import "keepalived/internal/agentx/pdu"

// snmpTrapOID is the object of SNMPv2-MIB that names a notification.
var snmpTrapOID = pdu.MustOID("1.3.6.1.6.3.1.1.4.1.0")

// Trap is the variables of a notification, its name first (RFC 3416, 4.2.6); the
// master agent adds sysUpTime. Variables without a value are left out.
func Trap(name OID, vars ...VarBind) []VarBind {
	out := []VarBind{{Name: snmpTrapOID, Value: pdu.Object(name)}}
	for _, v := range vars {
		if v.Value.Exists() {
			out = append(out, v)
		}
	}
	return out
}
