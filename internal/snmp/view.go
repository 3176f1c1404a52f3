package snmp

import (
	"slices"

	"keepalived/internal/agentx/pdu"
)

// View is a MIB at one moment. It belongs to no goroutine in particular.
type View struct{ columns []column } // ascending; no column is below another

// View binds the MIB to a snapshot. Nothing but row indexes is worked out yet.
func (m MIB[S]) View(s S) *View {
	v := &View{columns: m.bind(s)}
	slices.SortStableFunc(v.columns, func(a, b column) int { return a.oid.Compare(b.oid) })
	return v
}

// Join is the objects of several views.
func Join(views ...*View) *View {
	out := &View{}
	for _, v := range views {
		out.columns = append(out.columns, v.columns...)
	}
	slices.SortStableFunc(out.columns, func(a, b column) int { return a.oid.Compare(b.oid) })
	return out
}

// Get is the value of an instance, or noSuchObject or noSuchInstance.
func (v *View) Get(name OID) Value {
	c, row, ok := v.find(name)
	switch {
	case c == nil:
		return pdu.NoSuchObject
	case !ok:
		return pdu.NoSuchInstance
	}
	if x := c.get(row); x.Exists() {
		return x
	}
	return pdu.NoSuchInstance
}

// find is the column that name is below, nil if none, and its row.
func (v *View) find(name OID) (c *column, row int, ok bool) {
	i := v.last(name)
	if i < 0 || !name.HasPrefix(v.columns[i].oid) {
		return nil, 0, false
	}
	c = &v.columns[i]
	row, ok = c.rows.search(name[len(c.oid):])
	return c, row, ok
}

// last is the last column whose identifier is not after name, -1 if none.
func (v *View) last(name OID) int {
	i, found := slices.BinarySearchFunc(v.columns, name, func(c column, o OID) int { return c.oid.Compare(o) })
	if found {
		return i
	}
	return i - 1
}

func (r *rows) search(index OID) (int, bool) {
	return slices.BinarySearchFunc(r.index, index, OID.Compare)
}

// Next is the first object after r.Start, or at it with Include, and before
// r.End; endOfMibView with the start's name if there is none.
func (v *View) Next(r pdu.Range) VarBind {
	for i := max(v.last(r.Start), 0); i < len(v.columns); i++ {
		c := &v.columns[i]
		for row := c.first(r); row < len(c.rows.index); row++ {
			if len(r.End) > 0 && c.beyond(row, r.End) {
				return VarBind{Name: r.Start, Value: pdu.EndOfMIBView}
			}
			if x := c.get(row); x.Exists() {
				return VarBind{Name: c.oid.With(c.rows.index[row]...), Value: x}
			}
		}
	}
	return VarBind{Name: r.Start, Value: pdu.EndOfMIBView}
}

// first is the first row of the column that lies in a range.
func (c *column) first(r pdu.Range) int {
	switch {
	case r.Start.HasPrefix(c.oid):
		row, found := c.rows.search(r.Start[len(c.oid):])
		if found && !r.Include {
			row++
		}
		return row
	case c.oid.Compare(r.Start) > 0:
		return 0
	}
	return len(c.rows.index)
}

// beyond tells whether a row is at or after end.
func (c *column) beyond(row int, end OID) bool {
	if !end.HasPrefix(c.oid) {
		return c.oid.Compare(end) > 0
	}
	return c.rows.index[row].Compare(end[len(c.oid):]) >= 0
}

// Prepare judges a write.
func (v *View) Prepare(x VarBind) (Action, Status) {
	c, row, ok := v.find(x.Name)
	switch {
	case c == nil:
		return Action{}, pdu.NoAccess
	case c.prepare == nil:
		return Action{}, pdu.NotWritable
	case !ok || !c.get(row).Exists():
		return Action{}, pdu.NoCreation
	case c.writable != x.Value.Type:
		return Action{}, pdu.WrongType
	}
	return c.prepare(row, x.Value)
}
