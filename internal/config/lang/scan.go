package lang

// maxLine is the longest physical line, in bytes without its end.
const maxLine = 1022

// maxExpanded is the longest line after expansion, in bytes.
const maxExpanded = 1023

// uncomment removes the comment and the backslashes before comment characters.
// open says that a quote is open at the end.
func uncomment(t text) (out text, open bool) {
	if t.flags&(hasComment|hasQuote|hasEscape) == 0 {
		return t, false
	}
	var escapes []int
	end := len(t.s)
scan:
	for i := 0; i < len(t.s); i++ {
		switch c := t.s[i]; {
		case c == '\\' && i+1 < len(t.s):
			if next := t.s[i+1]; !open && (next == '#' || next == '!') {
				escapes = append(escapes, i)
			}
			i++
		case c == '"':
			open = !open
		case !open && (c == '#' || c == '!'):
			end = i
			break scan
		}
	}
	if escapes != nil {
		t = t.without(escapes, end)
		end = len(t.s)
	}
	return t.cut(0, end), open
}

// without returns t[:end] without the bytes at the offsets.
func (t text) without(offsets []int, end int) text {
	w := rewriter{old: t}
	at := 0
	for _, i := range offsets {
		w.copy(at, i)
		at = i + 1
	}
	w.copy(at, end)
	return w.text()
}

// joinBackslash removes the blanks before a backslash that ends the line.
func (t text) joinBackslash() text {
	last := len(t.s) - 1
	if last < 1 || t.s[last] != '\\' || !isBlank(t.s[last-1]) {
		return t
	}
	w := rewriter{old: t}
	w.copy(0, len(t.cut(0, last).s))
	w.copy(last, last+1)
	return w.text()
}

// braceAt returns the offset of the first brace outside quotes, or -1.
func braceAt(t text) int {
	if t.flags&hasBrace == 0 {
		return -1
	}
	quoted := false
	for i := 0; i < len(t.s); i++ {
		switch t.s[i] {
		case '"':
			quoted = !quoted
		case '{', '}':
			if !quoted {
				return i
			}
		}
	}
	return -1
}
