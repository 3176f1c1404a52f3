package lang

import "strings"

// Classes of bytes that matter to the reader of physical lines.
const (
	hasComment = 1 << iota
	hasQuote
	hasEscape
	hasDollar
	hasBrace
	hasNUL
	hasHigh // a byte of a character that is not ASCII
)

// byteClass holds the class of each byte, blanks hold which bytes are blanks.
var (
	byteClass [256]uint8
	blanks    [256]bool
)

func init() {
	for c, class := range map[byte]uint8{
		'#': hasComment, '!': hasComment, '"': hasQuote, '\\': hasEscape,
		'$': hasDollar, '{': hasBrace, '}': hasBrace, 0: hasNUL,
	} {
		byteClass[c] = class
	}
	for c := 0x80; c <= 0xff; c++ {
		byteClass[c] = hasHigh
	}
	for _, c := range []byte(" \t\f\n\r\v") {
		blanks[c] = true
	}
	makeQuickClass()
}

func isBlank(c byte) bool { return blanks[c] }

// classes returns which classes of bytes occur in s.
func classes(s string) (flags uint8) {
	for i := 0; i < len(s); i++ {
		flags |= byteClass[s[i]]
	}
	return flags
}

// origin says where the bytes of a text come from in its physical line.
type origin struct {
	file  string
	line  int
	phys  string // the physical line
	ascii bool
	base  int       // offset in phys of the text's first byte
	fixed bool      // all of the text belongs to base
	segs  []segment // nil: the text is a part of phys
}

// segment maps the bytes of a text from at on, up to the next segment.
type segment struct {
	at, src int
	fixed   bool // all of it belongs to src
}

// text is a string that knows where it comes from. It is passed by value.
type text struct {
	s        string
	off      int // where s begins in what org describes
	org      *origin
	flags    uint8 // classes of bytes that s may contain
	reported bool  // an unterminated quote in it has been reported
}

// source returns the offset in the physical line of byte i of t, and whether the
// bytes that follow it come from the same place.
func (t text) source(i int) (src int, fixed bool) {
	o := t.org
	i += t.off
	if o.fixed || o.segs == nil {
		if o.fixed {
			i = 0
		}
		return o.base + i, o.fixed
	}
	s := o.segs[segmentAt(o.segs, i)]
	if s.fixed {
		return s.src, true
	}
	return s.src + i - s.at, false
}

func segmentAt(segs []segment, at int) int {
	lo, hi := 0, len(segs)
	for hi-lo > 1 {
		if m := (lo + hi) / 2; segs[m].at <= at {
			lo = m
		} else {
			hi = m
		}
	}
	return lo
}

// pos returns the place of byte i of t.
func (t text) pos(i int) Pos {
	if t.org == nil {
		return Pos{}
	}
	src, _ := t.source(i)
	return Pos{File: t.org.file, Line: t.org.line, Column: column(t.org.phys, src, t.org.ascii)}
}

// cut returns t[i:j] without blanks at its ends.
func (t text) cut(i, j int) text {
	for i < j && isBlank(t.s[i]) {
		i++
	}
	for i < j && isBlank(t.s[j-1]) {
		j--
	}
	t.s, t.off = t.s[i:j], t.off+i
	return t
}

// from returns t[i:] without blanks at its ends.
func (t text) from(i int) text { return t.cut(i, len(t.s)) }

// detached returns t with an origin of its own, for text that outlives the
// physical line that it comes from.
func (t text) detached() text {
	o := *t.org
	t.org = &o
	return t
}

// fixedAt returns an origin for text that belongs to offset src of the line of o.
func (o *origin) fixedAt(src int) origin {
	return origin{file: o.file, line: o.line, phys: o.phys, ascii: o.ascii, base: src, fixed: true}
}

// pos returns the place of the first byte.
func (o *origin) pos() Pos {
	return Pos{File: o.file, Line: o.line, Column: column(o.phys, o.base, o.ascii)}
}

// rewriter makes a new text out of parts of an old one and of inserted strings.
type rewriter struct {
	old  text
	out  strings.Builder
	segs []segment
}

// copy appends old[i:j].
func (w *rewriter) copy(i, j int) {
	at := w.out.Len()
	w.out.WriteString(w.old.s[i:j])
	for i < j {
		src, fixed := w.old.source(i)
		w.segs = append(w.segs, segment{at, src, fixed})
		next := w.old.nextSegment(i)
		if next > j {
			next = j
		}
		at += next - i
		i = next
	}
}

// insert appends s, which belongs to offset src of the physical line.
func (w *rewriter) insert(s string, src int) {
	if s != "" {
		w.segs = append(w.segs, segment{w.out.Len(), src, true})
		w.out.WriteString(s)
	}
}

// room prepares for a few bytes more than the old text has.
func (w *rewriter) room() {
	w.out.Grow(len(w.old.s) + 32)
	w.segs = make([]segment, 0, 4)
}

func (w *rewriter) text() text {
	o := *w.old.org
	o.fixed, o.segs = false, w.segs
	if len(w.segs) == 0 {
		o.segs = []segment{{0, o.base, true}}
	}
	s := w.out.String()
	return text{s: s, org: &o, flags: classes(s), reported: w.old.reported}
}

// nextSegment returns where, in t.s, the segment after that of byte i begins.
func (t text) nextSegment(i int) int {
	o := t.org
	if o.fixed || o.segs == nil {
		return len(t.s)
	}
	if n := segmentAt(o.segs, i+t.off) + 1; n < len(o.segs) {
		return min(o.segs[n].at-t.off, len(t.s))
	}
	return len(t.s)
}
