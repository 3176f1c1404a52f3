// Package snmp declares MIB objects as data and answers requests about them.
//
// A MIB is a list of declarations over a snapshot S, a value that nobody changes
// any more. Scalars and columns say how their value is got from it:
//
//	type server struct{ name string; up bool; weight int }
//	type state struct{ version string; servers []server }
//
//	var mib = snmp.MIB[*state]{
//		snmp.Scalar[*state]{OID: root.With(1), Get: func(s *state) snmp.Value { return snmp.Text(s.version) }},
//		snmp.Table[*state, *server]{
//			OID:  root.With(2, 1), // of the entry: columns are below it
//			Rows: func(s *state) []*server { return pointers(s.servers) },
//			// Index is left out: rows are numbered from 1.
//			Columns: []snmp.Column[*server]{
//				{Number: 2, Get: func(r *server) snmp.Value { return snmp.Text(r.name) }},
//				{Number: 3, Get: func(r *server) snmp.Value { return snmp.Truth(r.up) }},
//				{Number: 4, Get: func(r *server) snmp.Value { return snmp.Int(r.weight) },
//					Write: &snmp.Write[*server]{Type: snmp.TypeInteger, Prepare: setWeight}},
//			},
//		},
//	}
//
// A getter that returns the zero Value says that there is no such object: a walk
// passes it by. Rows need not be sorted; two with the same index are a mistake,
// of which the first one is shown.
//
// Write.Prepare judges a value (TestSet) and returns what carries it out
// (CommitSet) and takes it back (UndoSet). It gets the row of a snapshot, so
// Commit posts an event to the owner of the state and waits for its answer for a
// bounded time.
//
// MIB.View binds a MIB to a snapshot; a Cache keeps a view for a while, and a
// Responder answers the PDUs of a session (package agentx) out of it:
//
//	cache := snmp.NewCache(time.Second, time.Now, func() (*snmp.View, error) {
//		s, err := askTheLoop()
//		return mib.View(s), err
//	})
//	session := agentx.Start(agentx.Options{Handler: snmp.NewResponder(cache), ...})
//	session.Notify(snmp.Trap(trapOID, snmp.VarBind{...})) // never waits
package snmp

import "keepalived/internal/agentx/pdu"

// What declarations are made of.
type (
	OID     = pdu.OID
	Value   = pdu.Value
	VarBind = pdu.VarBind
	Type    = pdu.Type
	Status  = pdu.Status
)

// Types of values that can be written.
const (
	TypeInteger     = pdu.TypeInteger
	TypeOctetString = pdu.TypeOctetString
	TypeGauge32     = pdu.TypeGauge32
)

// Constructors of values that need no type parameter.
var (
	MustOID    = pdu.MustOID
	Text       = pdu.Text
	Octets     = pdu.Octets
	Object     = pdu.Object
	IPAddress  = pdu.IPAddress
	Truth      = pdu.Truth
	BigCounter = pdu.BigCounter
)

// Int is pdu.Int.
func Int[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](n N) Value {
	return pdu.Int(n)
}

// Gauge is pdu.Gauge.
func Gauge[N ~int | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](n N) Value { return pdu.Gauge(n) }

// Counter is pdu.Counter.
func Counter[N ~int | ~int64 | ~uint32 | ~uint64](n N) Value { return pdu.Counter(n) }

// Ticks is pdu.Ticks.
func Ticks[N ~int64 | ~uint32 | ~uint64](n N) Value { return pdu.Ticks(n) }
