package pack

import (
	"encoding/binary"
	"io"
	"net/netip"
	"reflect"
	"unsafe"
)

// pieceSize is how much is collected before it is written.
const pieceSize = 64 << 10

// section is a field in the table of contents.
type section struct {
	name      string
	signature uint64
	size      uint64
}

// Write writes v, a struct or any other value of a plain type: numbers,
// booleans, strings, addresses of net/netip, and structs, slices, arrays and
// pointers of them. An error of w is returned as it is.
func Write(w io.Writer, v any) error {
	t := reflect.TypeOf(v)
	parts, err := partsOf(t)
	if err != nil {
		return err
	}
	// A copy that can be addressed.
	value := reflect.New(t)
	value.Elem().Set(reflect.ValueOf(v))
	e := &writer{w: w}
	var contents []section
	for _, f := range parts {
		before := e.written + uint64(len(e.buf))
		e.forget()
		e.value(f.plan, unsafe.Add(value.UnsafePointer(), f.at))
		contents = append(contents, section{f.name, signature(f.typ), e.written + uint64(len(e.buf)) - before})
	}
	e.contents(contents)
	e.flush()
	return e.err
}

// writer collects octets and keeps the first error.
type writer struct {
	w       io.Writer
	err     error
	buf     []byte
	written uint64

	numbers map[string]uint64 // of the strings of this section
	recent  [recentStrings]recentString
}

// recentStrings is how many strings are recognised by where they are in memory.
const recentStrings = 64

// recentString is a string that was written.
type recentString struct {
	data   *byte
	size   int
	number uint64
}

// forget begins a section: its strings are numbered anew.
func (e *writer) forget() {
	e.numbers, e.recent = map[string]uint64{}, [recentStrings]recentString{}
}

func (e *writer) flush() {
	if e.err == nil && len(e.buf) > 0 {
		_, e.err = e.w.Write(e.buf)
	}
	e.written += uint64(len(e.buf))
	e.buf = e.buf[:0]
}

// value writes what is at an address.
func (e *writer) value(p *plan, at unsafe.Pointer) {
	for i := range p.ops {
		o := &p.ops[i]
		x := unsafe.Add(at, o.at)
		switch o.kind {
		case opRaw1:
			e.buf = append(e.buf, *(*byte)(x))
		case opRaw2:
			e.buf = append(e.buf, (*(*[2]byte)(x))[:]...)
		case opRaw4:
			e.buf = append(e.buf, (*(*[4]byte)(x))[:]...)
		case opRaw8:
			e.buf = append(e.buf, (*(*[8]byte)(x))[:]...)
		case opRaw, opBools:
			e.buf = append(e.buf, unsafe.Slice((*byte)(x), o.size)...)
		case opString:
			e.text(*(*string)(x))
		case opAddr:
			e.addr(*(*netip.Addr)(x))
		case opAddrPort:
			a := *(*netip.AddrPort)(x)
			e.addr(a.Addr())
			e.buf = binary.NativeEndian.AppendUint16(e.buf, a.Port())
		case opPrefix:
			a := *(*netip.Prefix)(x)
			e.addr(a.Addr())
			e.buf = binary.NativeEndian.AppendUint16(e.buf, uint16(a.Bits()))
		case opSlice:
			e.slice(o, x)
		case opPointer:
			e.pointer(o, *(*unsafe.Pointer)(x))
		}
	}
}

// slice writes 0 for nil, else one more than the length, then the elements.
func (e *writer) slice(o *op, at unsafe.Pointer) {
	// The beginning of a slice of anything is the same.
	s := *(*[]byte)(at)
	if s == nil {
		e.buf = append(e.buf, 0)
		return
	}
	e.buf = binary.AppendUvarint(e.buf, uint64(len(s))+1)
	first := unsafe.Pointer(unsafe.SliceData(s))
	if o.of.plain {
		e.buf = append(e.buf, unsafe.Slice((*byte)(first), uintptr(len(s))*o.of.size)...)
		return
	}
	for i := range uintptr(len(s)) {
		e.value(o.of, unsafe.Add(first, i*o.of.size))
		if len(e.buf) >= pieceSize {
			e.flush()
		}
	}
}

func (e *writer) pointer(o *op, to unsafe.Pointer) {
	if to == nil {
		e.buf = append(e.buf, 0)
		return
	}
	e.buf = append(e.buf, 1)
	e.value(o.of, to)
}

// The numbers of strings: 0 announces one that is new, 1 is the empty one.
const (
	newString   = 0
	emptyString = 1
	firstString = 2
)

// text writes the number of a string; one that is new follows, and gets the
// next number.
func (e *writer) text(s string) {
	if s == "" {
		e.buf = append(e.buf, emptyString)
		return
	}
	data := unsafe.StringData(s)
	r := &e.recent[uintptr(unsafe.Pointer(data))>>4%recentStrings]
	if r.data == data && r.size == len(s) {
		e.buf = binary.AppendUvarint(e.buf, r.number)
		return
	}
	n, known := e.numbers[s]
	if known {
		e.buf = binary.AppendUvarint(e.buf, n)
	} else {
		n = firstString + uint64(len(e.numbers))
		e.numbers[s] = n
		e.buf = append(binary.AppendUvarint(append(e.buf, newString), uint64(len(s))), s...)
	}
	*r = recentString{data, len(s), n}
}

// The forms of an address.
const (
	noAddr = iota
	addr4
	addr6
	addrZone // an addr6 whose zone follows
)

func (e *writer) addr(a netip.Addr) {
	switch {
	case !a.IsValid():
		e.buf = append(e.buf, noAddr)
	case a.Is4():
		b := a.As4()
		e.buf = append(append(e.buf, addr4), b[:]...)
	case a.Zone() == "":
		b := a.As16()
		e.buf = append(append(e.buf, addr6), b[:]...)
	default:
		b := a.As16()
		e.buf = append(append(e.buf, addrZone), b[:]...)
		e.text(a.Zone())
	}
}

// contents writes the table of contents, and in four octets how long it is.
func (e *writer) contents(list []section) {
	at := len(e.buf)
	for _, s := range list {
		e.buf = append(binary.AppendUvarint(e.buf, uint64(len(s.name))), s.name...)
		e.buf = binary.NativeEndian.AppendUint64(e.buf, s.signature)
		e.buf = binary.AppendUvarint(e.buf, s.size)
	}
	e.buf = binary.NativeEndian.AppendUint32(e.buf, uint32(len(e.buf)-at))
}
