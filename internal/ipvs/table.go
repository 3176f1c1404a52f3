package ipvs

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"strings"
	"unsafe"
)

// Table is a list of entries that takes little memory: each is kept in as few
// octets as it needs, a tenth of what an Entry takes. No two have the same key.
// It is for one goroutine.
type Table struct {
	list  []string // see appendTableEntry
	seed  maphash.Seed
	slots []int32 // a hash table: 1 more than the position; 0: free

	piece   []byte // where the next ones are kept
	scratch []byte
}

// NewTable returns an empty table with room for so many entries.
func NewTable(room int) *Table {
	t := &Table{list: make([]string, 0, room), seed: maphash.MakeSeed(), piece: make([]byte, 0, min(max(32*room, 256), maxPiece))}
	t.allocate(room)
	return t
}

// maxPiece is how much memory for entries is taken at once.
const maxPiece = 64 << 10

// Len is how many entries there are.
func (t *Table) Len() int { return len(t.list) }

// Find returns the position of a service, or -1.
func (t *Table) Find(k ServiceKey) int {
	t.scratch = appendTableKey(t.scratch[:0], k)
	return int(*t.slot(t.scratch)) - 1
}

// Get sets e to the entry at a position. What e points to is used again.
func (t *Table) Get(i int, e *Entry) {
	r := octets(t.list[i])
	r.entry(e)
}

// Same says whether an entry is that at a position of another table.
func (t *Table) Same(i int, other *Table, j int) bool { return t.list[i] == other.list[j] }

// Add puts an entry at the end, unless there is one with the same key.
func (t *Table) Add(e *Entry) bool {
	t.scratch = appendTableEntry(t.scratch[:0], e)
	s := t.slot(t.scratch[:keyLength(t.scratch)])
	if *s != 0 {
		return false
	}
	t.append(t.keep(t.scratch), s)
	return true
}

// Put puts an entry in the place of the one with the same key, or at the end.
func (t *Table) Put(e *Entry) {
	if t.Add(e) {
		return
	}
	s := t.slot(t.scratch[:keyLength(t.scratch)])
	if at := &t.list[*s-1]; *at != string(t.scratch) {
		*at = string(t.scratch)
	}
}

// Take adds an entry of another table.
func (t *Table) Take(from *Table, i int) bool {
	packed := from.list[i]
	s := t.slot(unsafe.Slice(unsafe.StringData(packed), keyLength(packed)))
	if *s != 0 {
		return false
	}
	t.append(packed, s)
	return true
}

// FindIn is the position in another table of the entry with the key of that at
// a position, or -1.
func (t *Table) FindIn(other *Table, i int) int {
	packed := t.list[i]
	return int(*other.slot(unsafe.Slice(unsafe.StringData(packed), keyLength(packed)))) - 1
}

// Entries is all entries.
func (t *Table) Entries() []Entry {
	out := make([]Entry, len(t.list))
	for i := range out {
		t.Get(i, &out[i])
	}
	return out
}

// Differences returns the entries that are not the same in both tables, each in
// the order of its table: what Diff has to look at.
func Differences(present, wanted *Table) (p, w []Entry) {
	same := make([]bool, len(present.list))
	for i := range wanted.list {
		j := wanted.FindIn(present, i)
		if j >= 0 && wanted.Same(i, present, j) {
			same[j] = true
			continue
		}
		var e Entry
		wanted.Get(i, &e)
		w = append(w, e)
	}
	for i := range present.list {
		if !same[i] {
			var e Entry
			present.Get(i, &e)
			p = append(p, e)
		}
	}
	return p, w
}

// keep copies octets to where they stay.
func (t *Table) keep(b []byte) string {
	if len(b) > cap(t.piece)-len(t.piece) {
		t.piece = make([]byte, 0, max(len(b), maxPiece))
	}
	at := len(t.piece)
	t.piece = append(t.piece, b...)
	return unsafe.String(&t.piece[at], len(b))
}

func (t *Table) append(packed string, slot *int32) {
	t.list = append(t.list, packed)
	*slot = int32(len(t.list))
	if 2*len(t.list) <= len(t.slots) {
		return
	}
	t.allocate(2 * len(t.list))
	for i, p := range t.list {
		*t.slot(unsafe.Slice(unsafe.StringData(p), keyLength(p))) = int32(i + 1)
	}
}

// allocate makes room for so many entries: at most half of the slots are used.
func (t *Table) allocate(room int) {
	n := 16
	for n < 2*room {
		n *= 2
	}
	t.slots = make([]int32, n)
}

// slot is where a key is, or where it would be put.
func (t *Table) slot(key []byte) *int32 {
	mask := uint64(len(t.slots) - 1)
	for i := maphash.Bytes(t.seed, key); ; i++ {
		s := &t.slots[i&mask]
		if *s == 0 || strings.HasPrefix(t.list[*s-1], unsafe.String(unsafe.SliceData(key), len(key))) {
			return s
		}
	}
}

// The octets of an entry: its key, the rest of the service, the destinations.
// Each part tells where it ends, so a key is the beginning of its entry only.

// What the form of a key or destination says.
const (
	withIPv4 = 1 << iota
	withIPv6
	withMark
	withZone
	withMore // what is rarely set follows
)

func appendTableKey(b []byte, k ServiceKey) []byte {
	form := addrForm(k.Addr.Addr()) &^ withZone // the kernel knows none
	if k.FWMark != 0 {
		form |= withMark
	}
	b = append(b, form, byte(k.Family), byte(k.Protocol), byte(k.Protocol>>8))
	if k.FWMark != 0 {
		b = binary.LittleEndian.AppendUint32(b, k.FWMark)
	}
	return appendTableAddr(b, form, k.Addr)
}

// keyLength is how many octets the key takes.
func keyLength[T string | []byte](packed T) int {
	n, form := 4, packed[0]
	if form&withMark != 0 {
		n += 4
	}
	switch {
	case form&withIPv4 != 0:
		n += 6
	case form&withIPv6 != 0:
		n += 18
	}
	return n
}

func appendTableEntry(b []byte, e *Entry) []byte {
	s := &e.Service
	b = appendTableKey(b, s.Key)
	more := byte(0)
	if s.Persistence != 0 || s.Netmask != 0 || s.PE != "" {
		more = withMore
	}
	b = appendTableText(append(b, more), s.Scheduler)
	b = binary.AppendUvarint(b, uint64(s.Flags))
	if more != 0 {
		b = binary.AppendUvarint(b, uint64(s.Persistence))
		b = binary.AppendUvarint(b, uint64(s.Netmask))
		b = appendTableText(b, s.PE)
	}
	for i := range e.Destinations {
		b = appendTableDestination(b, &e.Destinations[i])
	}
	return b
}

func appendTableDestination(b []byte, d *Destination) []byte {
	form := addrForm(d.Addr.Addr())
	more := d.Upper != 0 || d.Lower != 0 || d.TunnelType != 0 || d.TunnelPort != 0 || d.TunnelFlags != 0
	if more {
		form |= withMore
	}
	b = binary.AppendUvarint(append(b, form), uint64(d.Forward))
	b = appendTableAddr(b, form, d.Addr)
	b = binary.AppendUvarint(b, uint64(d.Weight))
	if more {
		for _, v := range [...]uint32{d.Upper, d.Lower, uint32(d.TunnelType), uint32(d.TunnelPort), uint32(d.TunnelFlags)} {
			b = binary.AppendUvarint(b, uint64(v))
		}
	}
	return b
}

func appendTableText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func addrForm(a netip.Addr) byte {
	switch {
	case !a.IsValid():
		return 0
	case a.Is4():
		return withIPv4
	case a.Zone() != "":
		return withIPv6 | withZone
	}
	return withIPv6
}

func appendTableAddr(b []byte, form byte, a netip.AddrPort) []byte {
	switch {
	case form&withIPv4 != 0:
		v := a.Addr().As4()
		b = append(b, v[:]...)
	case form&withIPv6 != 0:
		v := a.Addr().As16()
		b = append(b, v[:]...)
	default:
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, a.Port())
	if form&withZone != 0 {
		b = appendTableText(b, a.Addr().Zone())
	}
	return b
}

// octets are what is left to read of an entry. Strings that are read share its
// memory.
type octets string

func (r *octets) entry(e *Entry) {
	form := r.byte()
	k := ServiceKey{Family: Family(r.byte()), Protocol: Protocol(r.short())}
	if form&withMark != 0 {
		k.FWMark = uint32(r.short()) | uint32(r.short())<<16
	}
	k.Addr = r.addr(form)
	more := r.byte()
	e.Service = Service{Key: k, Scheduler: r.text(), Flags: Flags(r.number())}
	if more != 0 {
		e.Service.Persistence, e.Service.Netmask, e.Service.PE = r.number(), r.number(), r.text()
	}
	e.Destinations = e.Destinations[:0]
	for *r != "" {
		e.Destinations = append(e.Destinations, r.destination())
	}
}

func (r *octets) destination() (d Destination) {
	form := r.byte()
	d.Forward = Forward(r.number())
	d.Addr = r.addr(form)
	d.Weight = r.number()
	if form&withMore != 0 {
		d.Upper, d.Lower = r.number(), r.number()
		d.TunnelType, d.TunnelPort, d.TunnelFlags = TunnelType(r.number()), uint16(r.number()), TunnelFlags(r.number())
	}
	return d
}

func (r *octets) take(n int) string {
	s := string((*r)[:n])
	*r = (*r)[n:]
	return s
}

func (r *octets) byte() byte { return r.take(1)[0] }

func (r *octets) short() uint16 {
	s := r.take(2)
	return uint16(s[0]) | uint16(s[1])<<8
}

func (r *octets) number() uint32 {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.byte()
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			return uint32(n)
		}
	}
}

func (r *octets) text() string { return r.take(int(r.number())) }

func (r *octets) addr(form byte) netip.AddrPort {
	var a netip.Addr
	switch {
	case form&withIPv4 != 0:
		a = netip.AddrFrom4([4]byte([]byte(r.take(4))))
	case form&withIPv6 != 0:
		a = netip.AddrFrom16([16]byte([]byte(r.take(16))))
	default:
		return netip.AddrPort{}
	}
	port := r.short()
	if form&withZone != 0 {
		a = a.WithZone(r.text())
	}
	return netip.AddrPortFrom(a, port)
}
