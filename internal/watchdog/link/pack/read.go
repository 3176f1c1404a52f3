package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"unsafe"
)

// Read sets what into points to from octets of Write. Into a struct it reads
// the fields that the struct has, of those that were written. Nothing of data
// is kept.
func Read(data []byte, into any) error {
	v := reflect.ValueOf(into)
	contents, body, err := readContents(data)
	if err != nil {
		return err
	}
	parts, err := partsOf(v.Type().Elem())
	if err != nil {
		return err
	}
	for _, f := range parts {
		b, err := find(f, contents, body)
		if err != nil {
			return err
		}
		r := &reader{b: b, texts: []string{newString: "", emptyString: ""}}
		r.value(f.plan, unsafe.Add(v.UnsafePointer(), f.at))
		if r.err == nil && len(r.b) > 0 {
			r.err = fmt.Errorf("%d octets too many", len(r.b))
		}
		if r.err != nil {
			return fmt.Errorf("%s: %w", f.name, r.err)
		}
	}
	return nil
}

var errShort = errors.New("the octets end too early")

// readContents takes the table of contents off the end.
func readContents(data []byte) (list []section, body []byte, err error) {
	const tail = 4
	if len(data) < tail {
		return nil, nil, errShort
	}
	size := uint64(binary.NativeEndian.Uint32(data[len(data)-tail:]))
	data = data[:len(data)-tail]
	if size > uint64(len(data)) {
		return nil, nil, errShort
	}
	body = data[:uint64(len(data))-size]
	r := &reader{b: data[len(body):]}
	total := uint64(0)
	for len(r.b) > 0 && r.err == nil {
		s := section{name: string(r.take(r.number()))}
		if b := r.take(8); b != nil {
			s.signature = binary.NativeEndian.Uint64(b)
		}
		s.size = r.number()
		if total += s.size; s.size > uint64(len(body)) || total > uint64(len(body)) {
			return nil, nil, errShort
		}
		list = append(list, s)
	}
	return list, body, r.err
}

// find returns the octets of a section.
func find(f part, contents []section, body []byte) ([]byte, error) {
	at := uint64(0)
	for _, s := range contents {
		if s.name == f.name {
			if s.signature != signature(f.typ) {
				return nil, fmt.Errorf("%q is not a %v", f.name, f.typ)
			}
			return body[at : at+s.size], nil
		}
		at += s.size
	}
	return nil, fmt.Errorf("there is no %q", f.name)
}

// reader takes octets off the beginning and keeps the first error, after which
// there is nothing left to take.
type reader struct {
	b     []byte
	err   error
	texts []string
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

// take returns the next n octets; nil when there are fewer, or none wanted.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail(errShort)
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) number() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // mostly
		n := r.b[0]
		r.b = r.b[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail(errShort)
		return 0
	}
	r.b = r.b[size:]
	return n
}

// value sets what is at an address.
func (r *reader) value(p *plan, at unsafe.Pointer) {
	for i := range p.ops {
		o := &p.ops[i]
		x := unsafe.Add(at, o.at)
		switch o.kind {
		case opRaw1, opRaw2, opRaw4, opRaw8:
			if uintptr(len(r.b)) < o.size {
				r.fail(errShort)
				return
			}
			switch o.kind {
			case opRaw1:
				*(*byte)(x) = r.b[0]
			case opRaw2:
				*(*[2]byte)(x) = [2]byte(r.b)
			case opRaw4:
				*(*[4]byte)(x) = [4]byte(r.b)
			default:
				*(*[8]byte)(x) = [8]byte(r.b)
			}
			r.b = r.b[o.size:]
		case opRaw:
			copy(unsafe.Slice((*byte)(x), o.size), r.take(uint64(o.size)))
		case opBools:
			r.bools(unsafe.Slice((*byte)(x), o.size))
		case opString:
			*(*string)(x) = r.text()
		case opAddr:
			*(*netip.Addr)(x) = r.addr()
		case opAddrPort:
			a := r.addr()
			*(*netip.AddrPort)(x) = netip.AddrPortFrom(a, r.short())
		case opPrefix:
			a := r.addr()
			*(*netip.Prefix)(x) = netip.PrefixFrom(a, int(int16(r.short())))
		case opSlice:
			r.slice(o, x)
		case opPointer:
			r.pointer(o, x)
		}
	}
}

func (r *reader) bools(to []byte) {
	for i, b := range r.take(uint64(len(to))) {
		if b > 1 {
			r.fail(fmt.Errorf("%d as a boolean", b))
			return
		}
		to[i] = b
	}
}

func (r *reader) short() uint16 {
	if b := r.take(2); b != nil {
		return binary.NativeEndian.Uint16(b)
	}
	return 0
}

func (r *reader) slice(o *op, at unsafe.Pointer) {
	n := r.number()
	if n == 0 {
		return
	}
	n--
	if n > uint64(len(r.b))/uint64(max(o.of.least, 1)) {
		r.fail(errShort)
		return
	}
	s := reflect.NewAt(o.typ, at).Elem()
	if n == 0 {
		s.Set(reflect.MakeSlice(o.typ, 0, 0))
		return
	}
	s.Grow(int(n))
	s.SetLen(int(n))
	first := s.UnsafePointer()
	if o.of.plain {
		size := uintptr(n) * o.of.size
		copy(unsafe.Slice((*byte)(first), size), r.take(uint64(size)))
		return
	}
	for i := range uintptr(n) {
		if r.err != nil {
			return
		}
		r.value(o.of, unsafe.Add(first, i*o.of.size))
	}
}

func (r *reader) pointer(o *op, at unsafe.Pointer) {
	b := r.take(1)
	if b == nil || b[0] == 0 {
		return
	}
	to := reflect.New(o.typ).UnsafePointer()
	*(*unsafe.Pointer)(at) = to
	r.value(o.of, to)
}

func (r *reader) text() string {
	n := r.number()
	if n == newString {
		s := string(r.take(r.number()))
		r.texts = append(r.texts, s)
		return s
	}
	if n >= uint64(len(r.texts)) {
		r.fail(errors.New("a string that is not there"))
		return ""
	}
	return r.texts[n]
}

func (r *reader) addr() netip.Addr {
	form := r.take(1)
	if form == nil {
		return netip.Addr{}
	}
	switch form[0] {
	case noAddr:
	case addr4:
		if b := r.take(4); b != nil {
			return netip.AddrFrom4([4]byte(b))
		}
	case addr6, addrZone:
		b := r.take(16)
		if b == nil {
			return netip.Addr{}
		}
		a := netip.AddrFrom16([16]byte(b))
		if form[0] == addrZone {
			a = a.WithZone(r.text())
		}
		return a
	default:
		r.fail(fmt.Errorf("address of form %d", form[0]))
	}
	return netip.Addr{}
}
