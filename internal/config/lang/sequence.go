package lang

import (
	"strconv"
	"strings"
)

// sequence yields its text once for each number, with the variable set.
type sequence struct {
	name       string
	at         int64
	step, last int64
	over       bool
	hex        bool
	body       text
	steps      int // what body costs
	value      definition
	lines      int // so far
}

func (s *sequence) made() (string, Pos, int) { return "~SEQ(" + s.name + ")", s.body.pos(0), s.lines }

func (s *sequence) next(x *Lexer) (text, bool) {
	if s.over || !x.mayGenerate(s.steps) {
		return text{}, false
	}
	base := 10
	if s.hex {
		base = 16
	}
	s.value.value = strconv.FormatInt(s.at, base)
	x.defs[s.name] = &s.value
	s.lines++
	s.advance()
	return s.body, true
}

// advance goes to the next number without stepping over the ends of int64.
func (s *sequence) advance() {
	if s.step > 0 {
		s.over = uint64(s.last)-uint64(s.at) < uint64(s.step)
	} else {
		s.over = uint64(s.at)-uint64(s.last) < uint64(-s.step)
	}
	s.at += s.step
}

// sequenceLine takes a line that begins with ~SEQ or ~LST and reports whether t was that.
func (x *Lexer) sequenceLine(t text) bool {
	isList := strings.HasPrefix(t.s, "~LST")
	switch {
	case !isList && !strings.HasPrefix(t.s, "~SEQ"):
		return false
	case x.generated && !x.spend(sequenceSteps, "", Pos{}):
	case isList:
		x.startList(t)
	default:
		x.startSequence(t)
	}
	return true
}

// parameters returns what stands in the parentheses that follow the first n bytes
// of t, and the text behind them.
func parameters(t text, n int) (inside string, behind text, opened, closed bool) {
	for n < len(t.s) && isBlank(t.s[n]) {
		n++
	}
	if n >= len(t.s) || t.s[n] != '(' {
		return "", text{}, false, false
	}
	end := strings.IndexByte(t.s[n:], ')')
	if end < 0 {
		return "", text{}, true, false
	}
	behind = t.from(n + end + 1).detached()
	behind.flags = classes(behind.s) // expand may have found no reference in it: there is one definition more now
	return t.s[n+1 : n+end], behind, true, true
}

// badSequence reports a ~SEQ or ~LST that cannot be used. Where text is particular,
// the C daemon adds that the line is invalid, which only follows from it.
func (x *Lexer) badSequence(t text, text, help string) {
	if x.generated && !x.spend(complaintSteps, "", Pos{}) {
		return
	}
	x.diags.Add(Diagnostic{Pos: t.pos(0), Class: ClassGeneralError, Text: text + " '" + t.s + "'", Help: help})
	general := "Invalid " + t.s[:len("~SEQ")] + " specification"
	if text != general {
		x.diags.Add(Diagnostic{Pos: t.pos(0), Class: ClassGeneralError, Text: general + " '" + t.s + "'", Related: []Pos{t.pos(0)}})
	}
}

const sequenceHelp = "write ~SEQ(NAME, [START, [STEP,]] END) TEXT"

func (x *Lexer) startSequence(t text) {
	n := len("~SEQ")
	hex := strings.HasPrefix(t.s[n:], "x")
	if hex {
		n++
	}
	inside, body, opened, closed := parameters(t, n)
	switch {
	case !opened:
		x.badSequence(t, "Invalid ~SEQ specification", sequenceHelp)
		return
	case !closed:
		x.badSequence(t, "~SEQ missing terminating ')'", sequenceHelp)
		return
	}
	fields := strings.Split(inside, ",")
	s := &sequence{name: strings.TrimSpace(fields[0]), hex: hex, body: body, steps: stepsOf(body.s)}
	numbers, ok := x.sequenceNumbers(fields[1:], t)
	switch {
	case !ok || s.name == "":
		x.badSequence(t, "Invalid ~SEQ definition", sequenceHelp)
		return
	case !s.set(numbers):
		x.badSequence(t, "Invalid ~SEQ values", "STEP must lead from START to END and not be 0")
		return
	case hex && (s.at < 0 || s.last < 0):
		x.badSequence(t, "~SEQx is only valid for positive numbers", sequenceHelp)
		return
	}
	x.push(s)
}

// set fills s from END, START END or START STEP END; false when they do not fit.
func (s *sequence) set(n []int64) bool {
	s.last = n[len(n)-1]
	if len(n) == 1 {
		s.at = 1
		if s.last < 0 {
			s.at = -1
		}
	} else {
		s.at = n[0]
	}
	s.step = 1
	if s.last < s.at {
		s.step = -1
	}
	if len(n) == 3 {
		if n[1] == 0 || s.last != s.at && (n[1] > 0) != (s.step > 0) {
			return false
		}
		s.step = n[1]
	}
	return true
}

// sequenceNumbers reads one to three numbers, in which definitions may be used.
func (x *Lexer) sequenceNumbers(fields []string, t text) ([]int64, bool) {
	if len(fields) < 1 || len(fields) > 3 {
		return nil, false
	}
	numbers := make([]int64, len(fields))
	for i, f := range fields {
		if f = x.expandField(strings.TrimSpace(f), t); f == "" {
			continue // the C daemon reads an empty number as 0
		}
		n, err := parseInteger(f)
		if err != nil {
			return nil, false
		}
		numbers[i] = n
	}
	return numbers, true
}

// expandField replaces the definitions in a part of the line t.
func (x *Lexer) expandField(s string, t text) string {
	if !strings.Contains(s, "$") {
		return s
	}
	src, _ := t.source(0)
	org := t.org.fixedAt(src)
	expanded, _ := x.expand(text{s: s, org: &org, flags: hasDollar})
	return strings.TrimSpace(expanded.s)
}

// parseInteger reads a number with an optional sign and the prefixes 0x and 0.
func parseInteger(s string) (int64, error) {
	digits := strings.TrimLeft(s, "+-")
	sign := s[:len(s)-len(digits)]
	base := 10
	switch {
	case len(sign) > 1:
		return 0, strconv.ErrSyntax
	case strings.HasPrefix(digits, "0x"), strings.HasPrefix(digits, "0X"):
		base, digits = 16, digits[2:]
	case strings.HasPrefix(digits, "0"):
		base = 8
	}
	return strconv.ParseInt(sign+digits, base, 64)
}
