package lang

import "strings"

// nextWord returns the word of s at or after i: where it begins (at its quote if
// it has one), its text, where the next one may begin, whether it was quoted and
// whether its closing quote is missing. ok is false when there is none.
func nextWord(s string, i int) (begin int, word string, next int, quoted, open, ok bool) {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	if i >= len(s) {
		return i, "", i, false, false, false
	}
	if s[i] == '"' {
		n := strings.IndexByte(s[i+1:], '"')
		if n < 0 {
			return i, s[i+1:], len(s), true, true, true
		}
		return i, s[i+1 : i+1+n], i + n + 2, true, false, true
	}
	end := i
	for end < len(s) && !isBlank(s[end]) && s[end] != '"' {
		end++
	}
	return i, s[i:end], end, false, false, true
}

// split fills Words from Raw. A word whose closing quote is missing is dropped,
// with the rest of the line, and noted in Unmatched.
func (l *Line) split() {
	l.Words, l.Unmatched = l.Words[:0], false
	// The words of a line that is a part of its physical line, all of it ASCII,
	// differ from the line's place by their offset alone.
	simple := l.text.org.segs == nil && !l.text.org.fixed && l.text.org.ascii
	if simple && l.text.flags&hasQuote == 0 {
		l.splitPlain()
		return
	}
	for i := 0; ; {
		begin, word, next, quoted, open, ok := nextWord(l.Raw, i)
		if !ok {
			return
		}
		if open {
			l.Unmatched = true
			return
		}
		l.Words = append(l.Words, Word{Text: word, Pos: l.text.pos(begin), Quoted: quoted})
		i = next
	}
}

// splitPlain is split for ASCII without quotes.
func (l *Line) splitPlain() {
	s := l.Raw
	for i := 0; i < len(s); {
		begin := i
		for i < len(s) && !isBlank(s[i]) {
			i++
		}
		l.Words = append(l.Words, Word{Text: s[begin:i], Pos: l.Pos})
		l.Words[len(l.Words)-1].Pos.Column += begin
		for i < len(s) && isBlank(s[i]) {
			i++
		}
	}
}

// wordSpan returns where word n of s begins and ends, its quotes included; both
// are the length of s when there is no such word.
func wordSpan(s string, n int) (begin, end int) {
	for i := 0; ; n-- {
		begin, _, next, _, open, ok := nextWord(s, i)
		if !ok || open {
			return len(s), len(s)
		}
		if n == 0 {
			return begin, next
		}
		i = next
	}
}
