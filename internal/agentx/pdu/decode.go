package pdu

import "fmt"

// ParseHeader reads a header; b has HeaderSize bytes.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, ErrShort
	}
	o := order(b[2])
	h := Header{
		Kind: Kind(b[1]), Flags: b[2],
		SessionID: o.Uint32(b[4:]), TransactionID: o.Uint32(b[8:]), PacketID: o.Uint32(b[12:]), Length: o.Uint32(b[16:]),
	}
	switch {
	case b[0] != version:
		return h, fmt.Errorf("%w: version %d", ErrMalformed, b[0])
	case h.Length%4 != 0 || h.Length > MaxPayload:
		return h, fmt.Errorf("%w: payload of %d bytes", ErrMalformed, h.Length)
	}
	return h, nil
}

// ParseBody reads the payload that belongs to h. A body that is wrong leaves
// the next PDU readable: its end is known.
func ParseBody(h Header, b []byte) (Message, error) {
	m := Message{Header: h}
	if len(b) != int(h.Length) {
		return m, ErrShort
	}
	r := &reader{b: b, order: order(h.Flags)}
	if h.Flags&FlagNonDefaultContext != 0 {
		m.Context = string(r.octets())
	}
	m.Body = r.body(h.Kind)
	switch {
	case r.err != nil:
		return m, r.err
	case m.Body == nil:
		return m, fmt.Errorf("%w: kind %d", ErrMalformed, h.Kind)
	case len(r.b) != 0:
		return m, fmt.Errorf("%w: %d bytes too many", ErrMalformed, len(r.b))
	}
	return m, nil
}

// Parse reads a whole PDU.
func Parse(b []byte) (Message, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return Message{Header: h}, err
	}
	return ParseBody(h, b[HeaderSize:])
}

// reader takes a payload apart. After the first error everything reads as zero.
type reader struct {
	b     []byte
	order byteOrder
	err   error
}

// take returns the next n bytes, nil after an error.
func (r *reader) take(n int) []byte {
	if r.err == nil && len(r.b) < n {
		r.err = ErrShort
	}
	if r.err != nil {
		r.b = nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return r.order.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return r.order.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return r.order.Uint64(b)
	}
	return 0
}

func (r *reader) octets() []byte {
	n := r.u32()
	if n > MaxPayload {
		r.fail("string of %d bytes", n)
		return nil
	}
	out := r.take(int(n))
	r.take(padding(int(n)))
	return append([]byte(nil), out...)
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
	}
}

func (r *reader) oid() (o OID, include bool) {
	n, prefix := int(r.u8()), r.u8()
	include = r.u8() != 0
	r.u8()
	if prefix != 0 {
		o = append(append(make(OID, 0, n+5), internet...), uint32(prefix))
	}
	if len(o)+n > maxSubIDs {
		r.fail("object identifier of %d numbers", len(o)+n)
		return nil, false
	}
	for range n {
		o = append(o, r.u32())
	}
	return o, include
}

// name is an identifier whose include field means nothing.
func (r *reader) name() OID {
	o, _ := r.oid()
	return o
}

func (r *reader) ranges() (out []Range) {
	for len(r.b) > 0 {
		var x Range
		x.Start, x.Include = r.oid()
		x.End = r.name()
		out = append(out, x)
	}
	return out
}

func (r *reader) vars() (out []VarBind) {
	for len(r.b) > 0 {
		t := Type(r.u16())
		r.u16()
		name := r.name()
		out = append(out, VarBind{Name: name, Value: r.value(t)})
	}
	return out
}

func (r *reader) value(t Type) Value {
	v := Value{Type: t}
	switch t {
	case TypeInteger:
		v.num = uint64(int64(int32(r.u32())))
	case TypeCounter32, TypeGauge32, TypeTimeTicks:
		v.num = uint64(r.u32())
	case TypeCounter64:
		v.num = r.u64()
	case TypeOctetString, TypeOpaque:
		v.bytes = r.octets()
	case TypeIPAddress:
		if v.bytes = r.octets(); len(v.bytes) != 4 {
			r.fail("IpAddress of %d bytes", len(v.bytes))
		}
	case TypeObjectID:
		v.oid = r.name()
	case TypeNull, TypeNoSuchObject, TypeNoSuchInstance, TypeEndOfMIBView:
	default:
		r.fail("value of type %d", t)
	}
	return v
}
