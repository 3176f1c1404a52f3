package ipvs

import (
	"encoding/binary"
	"fmt"
)

// Netlink attributes: a length and a type of two bytes each, in the byte order
// of the machine, then the value, padded to four bytes.

const (
	attrHeader   = 4
	attrTypeMask = 0x3fff // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
	attrNested   = 0x8000
)

// appendAttr appends one attribute.
func appendAttr(b []byte, typ uint16, value []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(attrHeader+len(value)))
	b = binary.NativeEndian.AppendUint16(b, typ)
	b = append(b, value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func appendUint8(b []byte, typ uint16, v uint8) []byte { return appendAttr(b, typ, []byte{v}) }

func appendUint16(b []byte, typ uint16, v uint16) []byte {
	var value [2]byte
	binary.NativeEndian.PutUint16(value[:], v)
	return appendAttr(b, typ, value[:])
}

func appendUint32(b []byte, typ uint16, v uint32) []byte {
	var value [4]byte
	binary.NativeEndian.PutUint32(value[:], v)
	return appendAttr(b, typ, value[:])
}

// appendPort appends a port, which is in network byte order.
func appendPort(b []byte, typ uint16, v uint16) []byte {
	return appendAttr(b, typ, []byte{byte(v >> 8), byte(v)})
}

func appendString(b []byte, typ uint16, s string) []byte {
	return appendAttr(b, typ, append([]byte(s), 0))
}

// openNested begins a nested attribute and returns where; closeNested ends it.
func openNested(b []byte, typ uint16) ([]byte, int) {
	at := len(b)
	return appendAttr(b, typ|attrNested, nil), at
}

func closeNested(b []byte, at int) []byte {
	binary.NativeEndian.PutUint16(b[at:], uint16(len(b)-at))
	return b
}

// eachAttr calls f for the attributes of b, until it returns an error. Values
// are slices of b.
func eachAttr(b []byte, f func(typ uint16, value []byte) error) error {
	for len(b) > 0 {
		if len(b) < attrHeader {
			return fmt.Errorf("%d bytes left, too few for an attribute", len(b))
		}
		n := int(binary.NativeEndian.Uint16(b))
		typ := binary.NativeEndian.Uint16(b[2:]) & attrTypeMask
		if n < attrHeader || n > len(b) {
			return fmt.Errorf("attribute %d is %d bytes long, %d are left", typ, n, len(b))
		}
		if err := f(typ, b[attrHeader:n]); err != nil {
			return fmt.Errorf("attribute %d: %w", typ, err)
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return nil
}

// reader reads the values of attributes and keeps the first error.
type reader struct{ err error }

func (r *reader) take(v []byte, n int) bool {
	if len(v) < n && r.err == nil {
		r.err = fmt.Errorf("value of %d bytes, want %d", len(v), n)
	}
	return len(v) >= n
}

func (r *reader) uint8(v []byte) uint8 {
	if !r.take(v, 1) {
		return 0
	}
	return v[0]
}

func (r *reader) uint16(v []byte) uint16 {
	if !r.take(v, 2) {
		return 0
	}
	return binary.NativeEndian.Uint16(v)
}

func (r *reader) uint32(v []byte) uint32 {
	if !r.take(v, 4) {
		return 0
	}
	return binary.NativeEndian.Uint32(v)
}

func (r *reader) uint64(v []byte) uint64 {
	if !r.take(v, 8) {
		return 0
	}
	return binary.NativeEndian.Uint64(v)
}

// uint32or64 reads a counter of either size.
func (r *reader) uint32or64(v []byte) uint64 {
	if len(v) == 8 {
		return r.uint64(v)
	}
	return uint64(r.uint32(v))
}

func (r *reader) port(v []byte) uint16 {
	if !r.take(v, 2) {
		return 0
	}
	return binary.BigEndian.Uint16(v)
}

// text reads a string that ends with a zero byte or with the value.
func (r *reader) text(v []byte) string {
	for i, c := range v {
		if c == 0 {
			return string(v[:i])
		}
	}
	return string(v)
}
