package lang

import "strings"

// maxSubstitutions bounds the replacements in one line, so that definitions that
// lead to each other end.
const maxSubstitutions = 1000

// definition is the value of a $NAME.
type definition struct {
	value string
	multi bool
	lines []string // of a multi-line definition, blank ones left out
}

// nameEnd returns where the definition name that begins at i ends; i when there is none.
func nameEnd(s string, i int) int {
	if i >= len(s) || !isNameByte(s[i]) || isDigit(s[i]) {
		return i
	}
	for i < len(s) && isNameByte(s[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// define takes "$NAME=VALUE" and reports whether t was that.
func (x *Lexer) define(t text) bool {
	end := nameEnd(t.s, 1)
	if end == 1 || end >= len(t.s) || t.s[end] != '=' {
		return false
	}
	value := strings.TrimLeft(t.s[end+1:], " \t")
	d := &definition{value: value}
	if rest, ok := strings.CutSuffix(value, `\`); ok {
		d.value, d.multi = "", true
		d.add(rest)
		x.open = d
	}
	x.defs[t.s[1:end]] = d
	return true
}

// extend adds a line to the multi-line definition that is open.
func (x *Lexer) extend(t text) {
	line, more := strings.CutSuffix(t.s, `\`)
	x.open.add(line)
	if !more {
		x.open.close()
		x.open = nil
	}
}

func (d *definition) add(line string) {
	if line = strings.TrimRight(line, " \t"); line != "" {
		d.lines = append(d.lines, line)
	}
}

// close ends a multi-line definition; one with a single line is like any other.
func (d *definition) close() {
	if len(d.lines) == 1 {
		d.value, d.multi = d.lines[0], false
	}
}

// storedLines yields the lines of a multi-line definition after the first one.
type storedLines struct {
	name  string // of the definition
	lines []string
	at    int    // the next of lines
	use   origin // of all of them: where the definition was used
}

func (s *storedLines) made() (string, Pos, int) { return "$" + s.name, s.use.pos(), s.at }

func (s *storedLines) next(x *Lexer) (text, bool) {
	if s.at >= len(s.lines) || !x.mayGenerate(stepsOf(s.lines[s.at])) {
		return text{}, false
	}
	line := s.lines[s.at]
	s.at++
	return text{s: line, org: &s.use, flags: classes(line)}, true
}
