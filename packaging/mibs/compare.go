package mibs

import (
	"fmt"

	"keepalived/internal/agentx/pdu"
	"keepalived/internal/snmp"
)

// standard are the types of other modules, by what they are on the wire.
var standard = map[string]snmp.Type{
	"INTEGER": pdu.TypeInteger, "Integer32": pdu.TypeInteger, "TruthValue": pdu.TypeInteger, "RowStatus": pdu.TypeInteger,
	"InetAddressType": pdu.TypeInteger, "InetScopeType": pdu.TypeInteger, "InterfaceIndex": pdu.TypeInteger, "TimeInterval": pdu.TypeInteger,
	"Unsigned32": pdu.TypeGauge32, "Gauge32": pdu.TypeGauge32, "InetPortNumber": pdu.TypeGauge32, "InetAddressPrefixLength": pdu.TypeGauge32,
	"Counter32": pdu.TypeCounter32, "Counter64": pdu.TypeCounter64, "TimeTicks": pdu.TypeTimeTicks, "TimeStamp": pdu.TypeTimeTicks,
	"DisplayString": pdu.TypeOctetString, "InetAddress": pdu.TypeOctetString, "MacAddress": pdu.TypeOctetString, "OCTET STRING": pdu.TypeOctetString,
	"IpAddress": pdu.TypeIPAddress,
}

var standardValues = map[string]map[int64]string{
	"TruthValue":      {1: "true", 2: "false"},
	"RowStatus":       {1: "active", 2: "notInService", 3: "notReady"},
	"InetAddressType": {0: "unknown", 1: "ipv4", 2: "ipv6"},
	"InetScopeType":   {0: "-", 1: "interfaceLocal", 2: "linkLocal", 5: "siteLocal", 14: "global"},
}

// readable says whether an agent has values of the object.
func (o *Object) readable() bool {
	return o.Macro == "OBJECT-TYPE" && o.Access != "not-accessible" && o.Access != "accessible-for-notify"
}

func (o *Object) writable() bool { return o.Access == "read-write" || o.Access == "read-create" }

// Served says which objects below root are in the file and not in the view, or
// the other way round, or which may be written in one of them only.
// Absent names objects that are rightly not served.
func (m *Module) Served(v *snmp.View, root snmp.OID, absent ...string) (faults []string) {
	defined := map[string]*Object{}
	for i := range m.Objects {
		if o := &m.Objects[i]; o.readable() && o.OID.HasPrefix(root) {
			defined[o.OID.String()] = o
		}
	}
	without := map[string]bool{}
	for _, name := range absent {
		without[name] = true
	}
	for _, t := range v.Objects() {
		if !t.OID.HasPrefix(root) {
			continue
		}
		o := defined[t.OID.String()]
		switch {
		case o == nil:
			faults = append(faults, fmt.Sprintf("%v is served, and is no object", t.OID))
		case without[o.Name]:
			faults = append(faults, fmt.Sprintf("%s is served after all", o.Name))
		case t.Writable && !o.writable():
			faults = append(faults, fmt.Sprintf("%s can be written, and is %s", o.Name, o.Access))
		case t.Writable && t.Type != m.wire(o):
			faults = append(faults, fmt.Sprintf("%s can be written as type %d, and is %s", o.Name, t.Type, o.Syntax))
		}
		delete(defined, t.OID.String())
	}
	for _, o := range defined {
		if !without[o.Name] {
			faults = append(faults, fmt.Sprintf("%s (%v) is not served", o.Name, o.OID))
		}
	}
	return faults
}

// wire is the type of an object's values, 0 if it is not known.
func (m *Module) wire(o *Object) snmp.Type {
	if t, ok := m.types[o.Syntax]; ok {
		return standard[t.Syntax]
	}
	return standard[o.Syntax]
}

// Values says which values of a view are not as the file has it. It returns the
// number of object types that had a value.
func (m *Module) Values(v *snmp.View, root snmp.OID) (faults []string, seen int) {
	types := map[string]bool{}
	for at := (pdu.Range{Start: root}); ; {
		x := v.Next(at)
		if x.Value.Type == pdu.TypeEndOfMIBView || !x.Name.HasPrefix(root) {
			return faults, len(types)
		}
		at.Start, at.Include = x.Name, false
		if o := m.of(x.Name); o == nil {
			faults = append(faults, fmt.Sprintf("%v is no object", x.Name))
		} else {
			types[o.Name] = true
			if why := m.fault(o, x.Value); why != "" {
				faults = append(faults, fmt.Sprintf("%s (%v): %s", o.Name, x.Name, why))
			}
		}
	}
}

// of is the object type of an instance.
func (m *Module) of(name snmp.OID) *Object {
	for i := range m.Objects {
		if o := &m.Objects[i]; o.readable() && name.HasPrefix(o.OID) {
			return o
		}
	}
	return nil
}

func (m *Module) fault(o *Object, v snmp.Value) string {
	if want := m.wire(o); v.Type != want {
		return fmt.Sprintf("type %d, want %s", v.Type, o.Syntax)
	}
	if v.Type != pdu.TypeInteger && v.Type != pdu.TypeGauge32 {
		return ""
	}
	values, bounds := o.Values, o.Range
	if t, ok := m.types[o.Syntax]; ok {
		values, bounds = t.Values, t.Range
	}
	if values == nil {
		values = standardValues[o.Syntax]
	}
	n := v.Int64()
	if _, ok := values[n]; !ok && values != nil {
		return fmt.Sprintf("%d is none of %v", n, values)
	}
	if bounds != nil && (n < bounds[0] || n > bounds[1]) {
		return fmt.Sprintf("%d is not within %d and %d", n, bounds[0], bounds[1])
	}
	return ""
}
