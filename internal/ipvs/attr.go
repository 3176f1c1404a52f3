package ipvs

import (
	"bytes"
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

// appendHeader appends the header of an attribute with a value of n bytes.
func appendHeader(b []byte, typ uint16, n int) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(attrHeader+n))
	return binary.NativeEndian.AppendUint16(b, typ)
}

// appendAttr appends one attribute.
func appendAttr(b []byte, typ uint16, value []byte) []byte {
	b = append(appendHeader(b, typ, len(value)), value...)
	for len(b)&3 != 0 {
		b = append(b, 0)
	}
	return b
}

// small is an attribute with a value of at most four bytes, of which there are
// many.
type small [8]byte

func smallAttr(typ uint16, n int) (a small) {
	binary.NativeEndian.PutUint16(a[:], uint16(attrHeader+n))
	binary.NativeEndian.PutUint16(a[2:], typ)
	return a
}

func appendUint8(b []byte, typ uint16, v uint8) []byte {
	a := smallAttr(typ, 1)
	a[4] = v
	return append(b, a[:]...)
}

func appendUint16(b []byte, typ uint16, v uint16) []byte {
	a := smallAttr(typ, 2)
	binary.NativeEndian.PutUint16(a[4:], v)
	return append(b, a[:]...)
}

func appendUint32(b []byte, typ uint16, v uint32) []byte {
	a := smallAttr(typ, 4)
	binary.NativeEndian.PutUint32(a[4:], v)
	return append(b, a[:]...)
}

// appendPort appends a port, which is in network byte order.
func appendPort(b []byte, typ uint16, v uint16) []byte {
	a := smallAttr(typ, 2)
	a[4], a[5] = byte(v>>8), byte(v)
	return append(b, a[:]...)
}

// appendString appends a string, which ends with a zero byte.
func appendString(b []byte, typ uint16, s string) []byte {
	b = append(append(appendHeader(b, typ, len(s)+1), s...), 0)
	for len(b)&3 != 0 {
		b = append(b, 0)
	}
	return b
}

// openNested begins a nested attribute and returns where; closeNested ends it.
func openNested(b []byte, typ uint16) ([]byte, int) {
	return appendHeader(b, typ|attrNested, 0), len(b)
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
	if i := bytes.IndexByte(v, 0); i >= 0 {
		v = v[:i]
	}
	for _, s := range usual {
		if s == string(v) {
			return s
		}
	}
	return string(v)
}

// usual are the names of schedulers: there can be thousands of services.
var usual = [...]string{"", "rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "lblc", "lblcr", "sed", "nq", "fo", "ovf", "twos"}
