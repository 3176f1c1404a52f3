package pdu

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"strconv"
)

// Type is the type of a value (RFC 2741, 5.4).
type Type uint16

// The types. Zero is no type: a Value without one does not exist.
const (
	TypeInteger        Type = 2
	TypeOctetString    Type = 4
	TypeNull           Type = 5
	TypeObjectID       Type = 6
	TypeIPAddress      Type = 64
	TypeCounter32      Type = 65
	TypeGauge32        Type = 66 // also Unsigned32
	TypeTimeTicks      Type = 67
	TypeOpaque         Type = 68
	TypeCounter64      Type = 70
	TypeNoSuchObject   Type = 128
	TypeNoSuchInstance Type = 129
	TypeEndOfMIBView   Type = 130
)

// Value is the value of an object. The zero Value says that there is none.
type Value struct {
	Type  Type
	num   uint64
	bytes []byte
	oid   OID
}

// Exists tells whether there is a value.
func (v Value) Exists() bool { return v.Type != 0 }

// Int is an INTEGER; what does not fit into 32 bits becomes the nearest that
// does.
func Int[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](n N) Value {
	return Value{Type: TypeInteger, num: uint64(min(max(int64(n), math.MinInt32), math.MaxInt32))}
}

// Gauge is a Gauge32 or Unsigned32; what does not fit becomes the largest.
func Gauge[N ~int | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](n N) Value {
	if n < 0 {
		n = 0
	}
	return Value{Type: TypeGauge32, num: min(uint64(n), math.MaxUint32)}
}

// Counter is a Counter32, which wraps.
func Counter[N ~int | ~int64 | ~uint32 | ~uint64](n N) Value {
	return Value{Type: TypeCounter32, num: uint64(uint32(n))}
}

// BigCounter is a Counter64.
func BigCounter(n uint64) Value { return Value{Type: TypeCounter64, num: n} }

// Ticks is a TimeTicks in hundredths of a second, which wraps.
func Ticks[N ~int64 | ~uint32 | ~uint64](n N) Value {
	return Value{Type: TypeTimeTicks, num: uint64(uint32(n))}
}

// Text is an OCTET STRING.
func Text(s string) Value { return Value{Type: TypeOctetString, bytes: []byte(s)} }

// Octets is an OCTET STRING.
func Octets(b []byte) Value { return Value{Type: TypeOctetString, bytes: b} }

// Object is an OBJECT IDENTIFIER.
func Object(o OID) Value { return Value{Type: TypeObjectID, oid: o} }

// IPAddress is an IpAddress; anything but IPv4 is 0.0.0.0.
func IPAddress(a netip.Addr) Value {
	b := [4]byte{}
	if a = a.Unmap(); a.Is4() {
		b = a.As4()
	}
	return Value{Type: TypeIPAddress, bytes: b[:]}
}

// Truth is a TruthValue (RFC 2579): true(1), false(2).
func Truth(b bool) Value {
	if b {
		return Int(1)
	}
	return Int(2)
}

// Null, and the exceptions of RFC 1905.
var (
	Null           = Value{Type: TypeNull}
	NoSuchObject   = Value{Type: TypeNoSuchObject}
	NoSuchInstance = Value{Type: TypeNoSuchInstance}
	EndOfMIBView   = Value{Type: TypeEndOfMIBView}
)

// Int64 is the number of a numeric value.
func (v Value) Int64() int64 { return int64(v.num) }

// Uint64 is the number of a Counter64, Gauge32, Counter32 or TimeTicks.
func (v Value) Uint64() uint64 { return v.num }

// Bytes is the content of an OCTET STRING, Opaque or IpAddress.
func (v Value) Bytes() []byte { return v.bytes }

// OID is the content of an OBJECT IDENTIFIER.
func (v Value) OID() OID { return v.oid }

// Equal compares type and content.
func (v Value) Equal(w Value) bool {
	return v.Type == w.Type && v.num == w.num && bytes.Equal(v.bytes, w.bytes) && v.oid.Compare(w.oid) == 0
}

// String is for messages and tests.
func (v Value) String() string {
	switch v.Type {
	case 0:
		return "none"
	case TypeInteger:
		return strconv.FormatInt(int64(v.num), 10)
	case TypeCounter32, TypeGauge32, TypeTimeTicks, TypeCounter64:
		return strconv.FormatUint(v.num, 10)
	case TypeOctetString, TypeOpaque:
		return strconv.Quote(string(v.bytes))
	case TypeIPAddress:
		a, _ := netip.AddrFromSlice(v.bytes)
		return a.String()
	case TypeObjectID:
		return v.oid.String()
	case TypeNull:
		return "null"
	case TypeNoSuchObject:
		return "noSuchObject"
	case TypeNoSuchInstance:
		return "noSuchInstance"
	case TypeEndOfMIBView:
		return "endOfMibView"
	}
	return fmt.Sprintf("type %d", v.Type)
}

// VarBind is an object with its value.
type VarBind struct {
	Name  OID
	Value Value
}
