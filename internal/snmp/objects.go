package snmp

// ObjectType is a scalar or column that is declared.
type ObjectType struct {
	OID      OID
	Writable bool
	Type     Type // of what may be written
}

// Objects is what is declared, in order, with or without values.
func (v *View) Objects() []ObjectType {
	out := make([]ObjectType, 0, len(v.columns))
	for i := range v.columns {
		c := &v.columns[i]
		out = append(out, ObjectType{OID: c.oid, Writable: c.prepare != nil, Type: c.writable})
	}
	return out
}
