package pack

import (
	"fmt"
	"net/netip"
	"reflect"
	"sync"
)

// plan is how values of a type are written and read.
type plan struct {
	ops   []op
	size  uintptr // of a value in memory
	least int     // octets that a value takes at least
	plain bool    // the value as it is in memory, nothing else
}

// opKind is what is at a place.
type opKind uint8

const (
	opRaw  opKind = iota // numbers: octets without a meaning here
	opRaw1               // that many of them
	opRaw2
	opRaw4
	opRaw8
	opBools // likewise, each 0 or 1
	opString
	opAddr
	opAddrPort
	opPrefix
	opSlice
	opPointer
)

// op is one thing to write or read.
type op struct {
	kind opKind
	at   uintptr      // offset in the value
	size uintptr      // of opRaw to opBools
	of   *plan        // of what a slice or pointer leads to
	typ  reflect.Type // of the slice; of what the pointer leads to
}

var special = map[reflect.Type]opKind{
	reflect.TypeFor[netip.Addr](): opAddr, reflect.TypeFor[netip.AddrPort](): opAddrPort, reflect.TypeFor[netip.Prefix](): opPrefix,
}

// plans are those made so far, by type.
var plans = struct {
	sync.Mutex
	of map[reflect.Type]*plan // nil: being made
}{of: map[reflect.Type]*plan{}}

// planOf returns the plan for a type. The error names what cannot be handed over.
func planOf(t reflect.Type) (*plan, error) {
	plans.Lock()
	defer plans.Unlock()
	return planFor(t)
}

func planFor(t reflect.Type) (*plan, error) {
	if p, begun := plans.of[t]; p != nil {
		return p, nil
	} else if begun {
		return nil, fmt.Errorf("%v cannot be handed over: it leads to itself", t)
	}
	p := &plan{size: t.Size()}
	plans.of[t] = nil
	if err := p.add(t, 0); err != nil {
		delete(plans.of, t)
		return nil, err
	}
	plans.of[t] = p
	for _, o := range p.ops {
		p.least += o.least()
	}
	p.plain = len(p.ops) == 1 && p.ops[0].kind == opRaw && p.ops[0].size == p.size
	for i := range p.ops {
		p.ops[i].specialise()
	}
	return p, nil
}

// specialise makes the usual sizes a kind of their own.
func (o *op) specialise() {
	if o.kind != opRaw {
		return
	}
	switch o.size {
	case 1:
		o.kind = opRaw1
	case 2:
		o.kind = opRaw2
	case 4:
		o.kind = opRaw4
	case 8:
		o.kind = opRaw8
	}
}

func (o op) least() int {
	if o.kind <= opBools {
		return int(o.size)
	}
	return 1
}

// part is a section: a field of a struct, or a value that is none, without a name.
type part struct {
	name string
	typ  reflect.Type
	at   uintptr
	plan *plan
}

// partsOf is what a type is written and read in.
func partsOf(t reflect.Type) ([]part, error) {
	list := []part{{typ: t}}
	if _, known := special[t]; !known && t.Kind() == reflect.Struct {
		list = list[:0]
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				return nil, hidden(t, f)
			}
			list = append(list, part{name: f.Name, typ: f.Type, at: f.Offset})
		}
	}
	for i := range list {
		var err error
		if list[i].plan, err = planOf(list[i].typ); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func hidden(t reflect.Type, f reflect.StructField) error {
	return fmt.Errorf("%v.%s cannot be handed over: it is not exported", t, f.Name)
}

// add lays out a value of type t at an offset.
func (p *plan) add(t reflect.Type, at uintptr) error {
	if kind, ok := special[t]; ok {
		p.ops = append(p.ops, op{kind: kind, at: at})
		return nil
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		p.numbers(opRaw, at, t.Size())
	case reflect.Bool:
		p.numbers(opBools, at, 1)
	case reflect.String:
		p.ops = append(p.ops, op{kind: opString, at: at})
	case reflect.Array:
		for i := range uintptr(t.Len()) {
			if err := p.add(t.Elem(), at+i*t.Elem().Size()); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return p.fields(t, at)
	case reflect.Slice, reflect.Pointer:
		return p.follow(t, at)
	default:
		return fmt.Errorf("%v cannot be handed over", t)
	}
	return nil
}

// numbers adds octets, to the ones before if they are next to each other.
func (p *plan) numbers(kind opKind, at, size uintptr) {
	if n := len(p.ops); n > 0 {
		if last := &p.ops[n-1]; last.kind == kind && last.at+last.size == at {
			last.size += size
			return
		}
	}
	p.ops = append(p.ops, op{kind: kind, at: at, size: size})
}

func (p *plan) fields(t reflect.Type, at uintptr) error {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			return hidden(t, f)
		}
		if err := p.add(f.Type, at+f.Offset); err != nil {
			return fmt.Errorf("%v.%s: %w", t, f.Name, err)
		}
	}
	return nil
}

func (p *plan) follow(t reflect.Type, at uintptr) error {
	of, err := planFor(t.Elem())
	if err != nil {
		return err
	}
	if t.Kind() == reflect.Pointer {
		p.ops = append(p.ops, op{kind: opPointer, at: at, of: of, typ: t.Elem()})
		return nil
	}
	if t.Elem().Size() == 0 {
		return fmt.Errorf("%v cannot be handed over: its elements take no room", t)
	}
	p.ops = append(p.ops, op{kind: opSlice, at: at, of: of, typ: t})
	return nil
}

// signature tells types apart: names, kinds and places of all that they hold.
func signature(t reflect.Type) uint64 {
	s := signer{sum: fnvBasis, seen: map[reflect.Type]bool{}}
	s.walk(t)
	return s.sum
}

// signer adds up a signature, as FNV-1a.
type signer struct {
	sum  uint64
	seen map[reflect.Type]bool
}

const fnvBasis, fnvPrime = 0xcbf29ce484222325, 0x100000001b3

func (s *signer) text(t string) {
	for i := range len(t) {
		s.sum = (s.sum ^ uint64(t[i])) * fnvPrime
	}
	s.number(uint64(len(t)))
}

func (s *signer) number(n uint64) { s.sum = (s.sum ^ n) * fnvPrime }

func (s *signer) walk(t reflect.Type) {
	s.text(t.String())
	s.number(uint64(t.Kind()))
	s.number(uint64(t.Size()))
	if _, known := special[t]; known || s.seen[t] {
		return
	}
	s.seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			s.text(f.Name)
			s.number(uint64(f.Offset))
			s.walk(f.Type)
		}
	case reflect.Slice, reflect.Pointer, reflect.Array:
		s.walk(t.Elem())
	}
}
