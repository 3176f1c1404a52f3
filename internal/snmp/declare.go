package snmp

import (
	"slices"
)

// MIB is the objects of a part of the tree, in any order.
type MIB[S any] []Declaration[S]

// Declaration is a Scalar, a Table or another MIB.
type Declaration[S any] interface {
	bind(s S) []column
}

// Scalar is an object that exists once; its instance is OID.0.
type Scalar[S any] struct {
	OID   OID
	Get   func(S) Value
	Write *Write[S]
}

// Table is a conceptual table.
type Table[S, R any] struct {
	OID  OID // of the entry
	Rows func(S) []R
	// Index is what follows the column's number in the name of a row's
	// objects. Nil: the place of the row, from 1.
	Index   func(S, R) OID
	Columns []Column[R]
}

// Column is an object that every row has, unless Get says otherwise.
type Column[R any] struct {
	Number uint32
	Get    func(R) Value
	Write  *Write[R] // nil: read only
}

// Write is what may be written to an object.
type Write[R any] struct {
	Type Type
	// Prepare judges a value of Type for the object.
	Prepare func(R, Value) (Action, Status)
}

// Action carries out what was prepared. A nil Undo has nothing to take back.
type Action struct {
	Commit func() error
	Undo   func() error
}

// column is an object type with its instances in order.
type column struct {
	oid  OID
	rows *rows
	get  func(row int) Value
	// prepare is nil for what is read only.
	prepare  func(row int, v Value) (Action, Status)
	writable Type
}

// rows is the indexes of a table in ascending order, shared by its columns.
type rows struct{ index []OID }

var scalarRow = &rows{[]OID{{0}}}

func (m MIB[S]) bind(s S) (out []column) {
	for _, d := range m {
		out = append(out, d.bind(s)...)
	}
	return out
}

func (d Scalar[S]) bind(s S) []column {
	c := column{oid: d.OID, rows: scalarRow, get: func(int) Value { return d.Get(s) }}
	if w := d.Write; w != nil {
		c.writable = w.Type
		c.prepare = func(_ int, v Value) (Action, Status) { return w.Prepare(s, v) }
	}
	return []column{c}
}

func (d Table[S, R]) bind(s S) (out []column) {
	list := d.Rows(s)
	index := d.indexes(s, list)
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	ascending := func(a, b int) int { return index[a].Compare(index[b]) }
	if !slices.IsSortedFunc(order, ascending) {
		slices.SortStableFunc(order, ascending)
	}
	order = slices.CompactFunc(order, func(a, b int) bool { return ascending(a, b) == 0 })
	shared := &rows{index: make([]OID, len(order))}
	for i, k := range order {
		shared.index[i] = index[k]
	}
	for _, c := range d.Columns {
		out = append(out, c.bind(d.OID, shared, list, order))
	}
	return out
}

func (d Table[S, R]) indexes(s S, list []R) []OID {
	out := make([]OID, len(list))
	for i, r := range list {
		if d.Index == nil {
			out[i] = OID{uint32(i + 1)}
		} else {
			out[i] = d.Index(s, r)
		}
	}
	return out
}

func (c Column[R]) bind(entry OID, shared *rows, list []R, order []int) column {
	out := column{
		oid: entry.With(c.Number), rows: shared,
		get: func(row int) Value { return c.Get(list[order[row]]) },
	}
	if w := c.Write; w != nil {
		out.writable = w.Type
		out.prepare = func(row int, v Value) (Action, Status) { return w.Prepare(list[order[row]], v) }
	}
	return out
}
