package netif

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

var (
	host = binary.NativeEndian
	wire = binary.BigEndian
)

// encoder appends the fields of a netlink message. Attributes are padded to
// four bytes as netlink(7) wants them.
type encoder struct{ b []byte }

func (e *encoder) u8(typ uint16, v uint8)        { e.bytes(typ, []byte{v}) }
func (e *encoder) u16(typ uint16, v uint16)      { e.bytes(typ, host.AppendUint16(nil, v)) }
func (e *encoder) u32(typ uint16, v uint32)      { e.bytes(typ, host.AppendUint32(nil, v)) }
func (e *encoder) be16(typ uint16, v uint16)     { e.bytes(typ, wire.AppendUint16(nil, v)) }
func (e *encoder) be64(typ uint16, v uint64)     { e.bytes(typ, wire.AppendUint64(nil, v)) }
func (e *encoder) addr(typ uint16, a netip.Addr) { e.bytes(typ, a.AsSlice()) }

// text writes a string with its terminating zero byte.
func (e *encoder) text(typ uint16, s string) { e.bytes(typ, append([]byte(s), 0)) }

func (e *encoder) bytes(typ uint16, v []byte) {
	at := e.begin(typ)
	e.b = append(e.b, v...)
	e.end(at)
}

// begin starts an attribute whose content is appended until end, which may be
// other attributes.
func (e *encoder) begin(typ uint16) (at int) {
	at = len(e.b)
	e.b = append(e.b, 0, 0)
	e.b = host.AppendUint16(e.b, typ)
	return at
}

func (e *encoder) end(at int) {
	host.PutUint16(e.b[at:], uint16(len(e.b)-at))
	for len(e.b)%unix.NLA_ALIGNTO != 0 {
		e.b = append(e.b, 0)
	}
}

// attr is one attribute of a message; data is a part of the message's buffer.
type attr struct {
	typ  uint16
	data []byte
}

func (a attr) u8() uint8 {
	if len(a.data) < 1 {
		return 0
	}
	return a.data[0]
}

func (a attr) u16() uint16 {
	if len(a.data) < 2 {
		return 0
	}
	return host.Uint16(a.data)
}

func (a attr) u32() uint32 {
	if len(a.data) < 4 {
		return 0
	}
	return host.Uint32(a.data)
}

// addr is the zero Addr when the attribute is no address.
func (a attr) addr() netip.Addr {
	ip, _ := netip.AddrFromSlice(a.data)
	return ip
}

func (a attr) text() string {
	for i, c := range a.data {
		if c == 0 {
			return string(a.data[:i])
		}
	}
	return string(a.data)
}

// attrs calls f for each attribute in b, without the flag bits of its type. What
// is cut off at the end is left out.
func attrs(b []byte, f func(attr)) {
	for len(b) >= unix.NLA_HDRLEN {
		n := int(host.Uint16(b))
		if n < unix.NLA_HDRLEN || n > len(b) {
			return
		}
		typ := host.Uint16(b[2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
		f(attr{typ: typ, data: b[unix.NLA_HDRLEN:n]})
		n = (n + unix.NLA_ALIGNTO - 1) &^ (unix.NLA_ALIGNTO - 1)
		if n > len(b) {
			return
		}
		b = b[n:]
	}
}
