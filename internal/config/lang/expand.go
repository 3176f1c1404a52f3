package lang

import "strings"

// reference is a use of a definition: $NAME, ${NAME} or ${NAME PARAMETER ...}.
type reference struct {
	name   string
	params []string
	length int // in bytes, with its dollar
}

// parseReference reads the reference that s begins with.
func parseReference(s string) (reference, bool) {
	if len(s) > 1 && s[1] == '{' {
		return parseBraced(s)
	}
	end := nameEnd(s, 1)
	if end == 1 || end < len(s) && !strings.ContainsRune(" \t,)", rune(s[end])) {
		return reference{}, false
	}
	return reference{name: s[1:end], length: end}, true
}

func parseBraced(s string) (reference, bool) {
	end := nameEnd(s, 2)
	n := strings.IndexByte(s, '}')
	if end == 2 || n < end {
		return reference{}, false
	}
	r := reference{name: s[2:end], length: n + 1}
	if end == n {
		return r, true
	}
	if !isBlank(s[end]) || isBlank(s[n-1]) {
		return reference{}, false
	}
	r.params = strings.Fields(s[end:n])
	return r, true
}

// expansion is the work on one line: done is what is settled, rest what is still
// to be looked at. The first own bytes of rest came out of a definition that was
// used at offset use of the physical line; the others are old.s[tail:].
type expansion struct {
	x     *Lexer
	w     rewriter
	rest  string
	own   int
	use   int
	tail  int
	count int
	last  string // the definition that was used last
	full  bool   // a replacement was refused: the rest stays as it is

	stop    bool // a value begins like a sequence: what follows it in the line stays as it is
	endless bool // definitions lead to each other: nothing of the line can be used
}

// fewSegments is in how many parts a line may be without extra cost.
const fewSegments = 8

// expand replaces the references to definitions in t. changed is false when there
// were none. The other lines of a multi-line definition are queued.
func (x *Lexer) expand(t text) (out text, changed bool) {
	if t.flags&hasDollar == 0 || x.budget.exhausted {
		return t, false
	}
	e := expansion{x: x, w: rewriter{old: t}, rest: t.s}
	e.w.room()
	for {
		i := strings.IndexByte(e.rest, '$')
		if i < 0 || e.full || e.stop {
			break
		}
		e.settle(i)
		if !e.replace() {
			e.settle(1)
		}
	}
	if e.count == 0 {
		// What follows a brace of this line need not be looked at again: what is
		// no reference here is none there.
		if !e.full {
			t.flags &^= hasDollar
		}
		return t, false
	}
	if e.endless {
		return text{}, true
	}
	e.settle(len(e.rest))
	if n := len(e.w.segs) - fewSegments; n > 0 {
		x.spend(n, "$"+e.last, t.pos(0))
	}
	out = e.w.text()
	if e.full {
		// What was refused is not tried again after a brace of the line.
		out.flags &^= hasDollar
	}
	return out, true
}

// settle moves n bytes from rest to what is done.
func (e *expansion) settle(n int) {
	own := min(n, e.own)
	e.w.insert(e.rest[:own], e.use)
	if n > own {
		e.w.copy(e.tail, e.tail+n-own)
		e.tail += n - own
	}
	e.own -= own
	e.rest = e.rest[n:]
}

// replace replaces the reference that rest begins with, if it is one.
func (e *expansion) replace() bool {
	ref, ok := parseReference(e.rest)
	if !ok {
		return false
	}
	value, ok := e.value(ref)
	if !ok {
		return false
	}
	e.last = ref.name
	switch e.count++; {
	case e.w.out.Len()+len(value)+len(e.rest)-ref.length > maxExpanded && e.x.leadsTo(ref.name, ref.name, nil), e.count > maxSubstitutions:
		e.fail("Definitions used on line '%s' refer to each other without end", ClassGeneralError)
		e.endless = true
		return false
	case e.w.out.Len()+len(value)+len(e.rest)-ref.length > maxExpanded:
		e.fail("Parameter substitution on line '%s' would exceed maximum line length", ClassOK)
		return false
	case !e.x.spend(replacementSteps+stepsOf(value)+len(e.rest)/bytesPerStep, "$"+ref.name, e.w.old.pos(0)):
		e.full = true
		return false
	}
	e.x.work += len(value) + len(e.rest)
	e.use = e.place()
	if ref.length > e.own {
		e.tail += ref.length - e.own
		e.own = 0
	} else {
		e.own -= ref.length
	}
	e.rest = value + e.rest[ref.length:]
	e.stop = strings.HasPrefix(strings.TrimLeft(value, " \t"), "~")
	e.own += len(value)
	return true
}

// maxFollowed bounds how many definitions are looked at to tell why a line is too long.
const maxFollowed = 16

// leadsTo says whether the value of a definition uses another one, or one that
// does. Those of seen have been looked at.
func (x *Lexer) leadsTo(name, to string, seen map[string]bool) bool {
	d := x.defs[name]
	if d == nil || d.multi || seen[name] || len(seen) == maxFollowed {
		return false
	}
	if seen == nil {
		seen = map[string]bool{}
	}
	seen[name] = true
	x.work += len(d.value)
	for i := 0; i < len(d.value); i++ {
		if d.value[i] != '$' {
			continue
		}
		begin := i + 1
		if begin < len(d.value) && d.value[begin] == '{' {
			begin++
		}
		end := nameEnd(d.value, begin)
		if used := d.value[begin:end]; end > begin && (used == to || x.leadsTo(used, to, seen)) {
			return true
		}
	}
	return false
}

// place returns the offset in the physical line that the first byte of rest
// belongs to.
func (e *expansion) place() int {
	if e.own > 0 {
		return e.use
	}
	src, _ := e.w.old.source(e.tail)
	return src
}

func (e *expansion) fail(format string, class Class) {
	use := e.w.old.org.fixedAt(e.place())
	e.x.diags.Warnf(use.pos(), class, format, e.w.old.s)
	e.x.spend(complaintSteps, "$"+e.last, use.pos())
	e.full = true
}

// value returns what ref stands for; ok is false when it stays as it is.
func (e *expansion) value(ref reference) (value string, ok bool) {
	d, ok := e.x.defs[ref.name]
	use := e.w.old.org.fixedAt(e.place())
	if !ok {
		return e.x.predefined(ref, use.pos())
	}
	if ref.params != nil {
		return "", false
	}
	if !d.multi {
		return d.value, true
	}
	if ref.length != len(e.rest) {
		return "", false
	}
	if len(d.lines) == 0 {
		return "", true
	}
	e.x.push(&storedLines{name: ref.name, lines: d.lines[1:], use: use})
	return d.lines[0], true
}
