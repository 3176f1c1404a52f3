package config

import (
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

// handler decodes one line. The constructors below make handlers for the kinds
// of value that most keywords take. In their messages {name} stands for the
// block's object, {kw} for the keyword and {v} for the value.
type handler = func(d *decoder, s stmt)

// say fills the places of a message.
func (d *decoder) say(s stmt, i int, text string) string {
	return strings.NewReplacer("{name}", d.name, "{kw}", s.arg(0), "{v}", s.arg(i)).Replace(text)
}

// sayOption is like say for an option of the object named by the first word:
// {v} is that word, {w} is word i.
func (d *decoder) sayOption(s stmt, i int, text string) string {
	return strings.NewReplacer("{name}", d.name, "{v}", s.arg(0), "{w}", s.arg(i)).Replace(text)
}

// refuse reports that word i cannot be used.
func (d *decoder) refuse(s stmt, i int, text string) {
	d.valueError(s, i, "%s", d.say(s, i, text))
}

// set is a keyword without a value.
func set(p func(d *decoder) *bool) handler {
	return func(d *decoder, _ stmt) { *p(d) = true }
}

// boolean is an optional BOOL.
func boolean(p func(d *decoder) *bool, text string) handler {
	return func(d *decoder, s stmt) {
		if v, ok := d.bool(s, text); ok {
			*p(d) = v
		}
	}
}

// maybe is an optional BOOL whose absence matters.
func maybe(p func(d *decoder) *Opt[bool], text string) handler {
	return func(d *decoder, s stmt) {
		if v, ok := d.bool(s, text); ok {
			*p(d) = Some(v)
		}
	}
}

func (d *decoder) bool(s stmt, text string) (v, ok bool) {
	if s.n() < 2 {
		return true, true
	}
	if v, ok = parseBool(s.arg(1)); !ok {
		d.refuse(s, 1, text)
	}
	return v, ok
}

// need reports a missing first argument with a text of the keyword's own.
func need(text string, next handler) handler {
	return func(d *decoder, s stmt) {
		if s.n() < 2 {
			d.errorf(s, 0, "%s", d.say(s, 1, text))
			return
		}
		next(d, s)
	}
}

// exactly is like need for keywords that take n words and no more.
func exactly(n int, text string, next handler) handler {
	return func(d *decoder, s stmt) {
		if s.n() != n || s.arg(1) == "" {
			d.errorf(s, n, "%s", d.say(s, 1, text))
			return
		}
		next(d, s)
	}
}

// oneWord is like need for keywords that take one word, perhaps an empty one.
func oneWord(text string, next handler) handler {
	return func(d *decoder, s stmt) {
		if s.n() != 2 {
			d.errorf(s, 1, "%s", d.say(s, 1, text))
			return
		}
		next(d, s)
	}
}

// text stores the first argument.
func text(p func(d *decoder) *string) handler {
	return func(d *decoder, s stmt) { *p(d) = s.arg(1) }
}

// replaced stores the first argument, and reports that there is a value already.
func replaced(what string, p func(d *decoder) *string) handler {
	return func(d *decoder, s stmt) {
		v := p(d)
		if *v != "" {
			d.errorf(s, 1, "Duplicate %s - overwriting %s with %s", what, *v, s.arg(1))
		}
		*v = strings.Clone(s.arg(1))
	}
}

// once stores the first argument unless there is a value.
func once(p func(d *decoder) *string, text string) handler {
	return func(d *decoder, s stmt) {
		if *p(d) != "" {
			d.refuse(s, 1, text)
			return
		}
		*p(d) = s.arg(1)
	}
}

// whole is a number.
func whole(lim limits, text string, set func(d *decoder, v int64)) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.number(s, 1, lim)
		if !ok {
			d.refuse(s, 1, text)
			return
		}
		set(d, v)
	}
}

// span is a decimal time.
func span(lim decimals, text string, set func(d *decoder, v time.Duration)) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, lim)
		if !ok {
			d.refuse(s, 1, text)
			return
		}
		set(d, v)
	}
}

// atLeastOne raises 0 to 1 with a message.
func atLeastOne(d *decoder, s stmt, v int64, text string) int64 {
	if v > 0 {
		return v
	}
	d.errorf(s, 1, "%s", d.say(s, 1, text))
	return 1
}

// number reads word i. What is wrong with the number itself is reported here.
func (d *decoder) number(s stmt, i int, lim limits) (int64, bool) {
	v, bad := parseNumber(s.arg(i), lim)
	return v, d.checkNumber(s, i, bad)
}

func (d *decoder) decimal(s stmt, i int, lim decimals) (time.Duration, bool) {
	v, bad := parseDecimal(s.arg(i), lim)
	ok := d.checkNumber(s, i, bad) || bad.lenient
	return lim.duration(v), ok
}

// checkNumber reports a bad number. It may be used nevertheless when it is good
// enough for a run.
func (d *decoder) checkNumber(s stmt, i int, bad *numberError) bool {
	if bad == nil {
		return true
	}
	diag := lang.Diagnostic{Pos: s.at(i), Class: lang.ClassInvalidNumber, Text: bad.text, Help: d.advice(s.arg(i))}
	usable := bad.lenient && !d.opts.Test
	if bad.warned && !d.opts.Test {
		diag.Text = "WARNING - " + bad.text
	}
	if usable {
		diag.Severity = lang.Warning
	}
	if bad.places {
		first := diag
		first.Text = strings.Replace(diag.Text, bad.text, tooManyPlaces(s.arg(i)), 1)
		d.diags.Add(first)
		diag.Related = []lang.Pos{s.at(i)}
	}
	d.diags.Add(diag)
	d.numberAt = s.at(i)
	return usable
}

// Limits that many keywords share.
var (
	anyUint    = limits{lo: 0, hi: 1<<32 - 1}
	countLimit = limits{lo: 0, hi: 1<<31 - 1}
	// timerLimit is the longest whole number of seconds that fits the C
	// daemon's microsecond timers.
	timerLimit = limits{lo: 0, hi: 4294}
	microTimer = decimals{lo: 1, hi: 4294967295, places: 6}
)

// secs is a number of seconds.
func secs(v int64) time.Duration { return time.Duration(v) * time.Second }
