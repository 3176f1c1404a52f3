package lang

import "strings"

// Classes of bytes for lines that need no more than being split into words.
const (
	quickWord = iota // part of a word
	quickBlank
	quickBrace
	quickOther // the line needs a closer look
)

// quickClass holds the class of each byte.
var quickClass [256]uint8

// makeQuickClass fills quickClass from the classes of bytes.
func makeQuickClass() {
	for c := range quickClass {
		switch class := byteClass[c]; {
		case blanks[c]:
			quickClass[c] = quickBlank
		case class == hasBrace:
			quickClass[c] = quickBrace
		case class != 0:
			quickClass[c] = quickOther
		}
	}
}

// quick makes x.line of the next line of the file being read when it is as most
// lines are: ASCII words, perhaps with a brace at the end, and nothing else. It
// leaves every other line to the slow way, which reads these lines alike.
func (x *Lexer) quick() bool {
	if x.hasRest || x.open != nil || len(x.stack) == 0 {
		return false
	}
	f, ok := x.stack[len(x.stack)-1].(*fileSource)
	if !ok || !f.opened || f.again {
		return false
	}
	for f.off < len(f.src) {
		phys := f.src[f.off:]
		if n := strings.IndexByte(phys, '\n'); n >= 0 {
			phys = phys[:n]
		}
		begin := 0
		for begin < len(phys) && blanks[phys[begin]] {
			begin++
		}
		if begin < len(phys) {
			return len(phys) <= maxLine && x.quickLine(f, phys, begin)
		}
		if len(phys) > maxLine {
			return false
		}
		f.take(x, phys)
	}
	return false
}

// take counts a physical line as read.
func (f *fileSource) take(x *Lexer, phys string) {
	f.off += len(phys) + 1
	f.org.line++
	x.work += len(phys) + 1
}

// quickLine makes x.line of a physical line whose first word is at begin.
func (x *Lexer) quickLine(f *fileSource, phys string, begin int) bool {
	switch phys[begin] {
	case '@', '~':
		return false
	case 'i':
		if strings.HasPrefix(phys[begin:], "include") {
			return false
		}
	}
	l := &x.line
	words, end, brace := l.Words[:0], begin, -1
	for i := begin; i < len(phys) && brace < 0; i++ {
		from := i
		for i < len(phys) && quickClass[phys[i]] == quickWord {
			i++
		}
		if i > from {
			words = append(words, Word{Text: phys[from:i], Pos: Pos{File: f.org.file, Line: f.org.line + 1, Column: from + 1}})
			end = i
		}
		if i == len(phys) {
			break
		}
		switch quickClass[phys[i]] {
		case quickBrace:
			if !allBlank(phys[i+1:]) {
				return false
			}
			brace = i
		case quickOther:
			return false
		}
	}
	f.take(x, phys)
	f.org.phys, f.org.ascii = phys, true
	if brace == begin {
		x.brace(text{s: phys[brace : brace+1], off: brace, org: &f.org, flags: hasBrace})
		return true
	}
	l.Words = words
	l.text = text{s: phys[begin:end], off: begin, org: &f.org}
	l.Raw, l.Pos = l.text.s, words[0].Pos
	l.OpenBrace, l.CloseBrace, l.Unmatched, l.Reported = false, false, false, false
	if brace > 0 {
		x.keep(text{s: phys[brace : brace+1], off: brace, org: &f.org, flags: hasBrace})
	}
	return true
}

func allBlank(s string) bool {
	for i := 0; i < len(s); i++ {
		if !blanks[s[i]] {
			return false
		}
	}
	return true
}

// brace makes x.line of t, which is a brace.
func (x *Lexer) brace(t text) {
	l := &x.line
	l.Raw, l.text, l.Pos, l.Reported = t.s, t, t.pos(0), t.reported
	l.OpenBrace, l.CloseBrace, l.Unmatched = t.s == "{", t.s == "}", false
	l.Words = append(l.Words[:0], Word{Text: t.s, Pos: l.Pos})
	x.braces.count(l, x.diags)
}
