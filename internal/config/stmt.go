package config

import (
	"fmt"

	"keepalived/internal/config/lang"
)

// stmt is one line as decoders see it. It is valid until the next line is read.
type stmt struct {
	*lang.Line
}

// n is how many words there are, the keyword included.
func (s stmt) n() int { return len(s.Words) }

// arg is word i, "" when there are fewer.
func (s stmt) arg(i int) string {
	if i >= len(s.Words) {
		return ""
	}
	return s.Words[i].Text
}

// at is the place of word i, of the last word when there are fewer.
func (s stmt) at(i int) lang.Pos {
	if len(s.Words) == 0 {
		return s.Pos
	}
	return s.Words[min(i, len(s.Words)-1)].Pos
}

// args are the words from i on, copied.
func (s stmt) args(i int) []string {
	var out []string
	for ; i < len(s.Words); i++ {
		out = append(out, s.Words[i].Text)
	}
	return out
}

// origin is where the line stands.
func (s stmt) origin() Origin { return Origin{File: s.Pos.File, Line: s.Pos.Line} }

// errorf reports a general error at word i.
func (d *decoder) errorf(s stmt, i int, format string, args ...any) {
	d.report(s.at(i), lang.ClassGeneralError, format, args...)
}

// valueError reports that word i cannot be used, with advice when the word
// looks pasted.
func (d *decoder) valueError(s stmt, i int, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: s.at(i), Class: lang.ClassGeneralError, Text: fmt.Sprintf(format, args...),
		Help: d.advice(s.arg(i)), Related: d.follows(s.at(i))})
}

func (d *decoder) report(pos lang.Pos, class lang.Class, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: pos, Class: class, Text: fmt.Sprintf(format, args...), Related: d.follows(pos)})
}

// help reports an error with advice.
func (d *decoder) help(pos lang.Pos, class lang.Class, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: pos, Class: class, Text: fmt.Sprintf(format, args...), Help: help})
}

// atEnd reports what is wrong with a block as a whole, at its closing brace as
// the C daemon does; the header is related.
func (d *decoder) atEnd(o Origin, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: d.closing, Class: classGeneral, Text: fmt.Sprintf(format, args...), Help: help, Related: []lang.Pos{o.pos()},
		Bare: d.noMore})
}

// endOf reports at the closing brace of a block what is wrong with a word in it,
// as the C daemon does.
func (d *decoder) endOf(word lang.Pos, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: d.closing, Class: classGeneral, Text: fmt.Sprintf(format, args...), Help: help, Related: []lang.Pos{word},
		Bare: d.noMore})
}

// followf reports what an earlier message at the same place has caused.
func (d *decoder) followf(pos lang.Pos, bare bool, class lang.Class, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: pos, Class: class, Text: fmt.Sprintf(format, args...), Bare: bare, Related: []lang.Pos{pos}})
}

// late reports what the C daemon says after it has read everything, without a
// line number. The place is ours.
func (d *decoder) late(o Origin, format string, args ...any) {
	d.lateClass(o, lang.ClassGeneralError, format, args...)
}

func (d *decoder) lateClass(o Origin, class lang.Class, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: o.pos(), Class: d.cap(class), Text: fmt.Sprintf(format, args...), Bare: true})
}

// lateHelp is late with advice.
func (d *decoder) lateHelp(o Origin, help, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: o.pos(), Class: d.cap(classGeneral), Text: fmt.Sprintf(format, args...), Help: help, Bare: true})
}

// cap lowers the class of what the C daemon does not reach any more, because an
// interface is missing: it must not change the status.
func (d *decoder) cap(class lang.Class) lang.Class {
	if d.capped {
		return min(class, lang.ClassBadIf)
	}
	return class
}

// info is what the C daemon only logs: no class, no effect on the status.
func (d *decoder) info(pos lang.Pos, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: pos, Severity: lang.Warning, Text: fmt.Sprintf(format, args...)})
}

func (o Origin) pos() lang.Pos { return lang.Pos{File: o.File, Line: o.Line, Column: 1} }

// follows links a second message on the same word to the first, so that a
// person is shown one of them.
func (d *decoder) follows(pos lang.Pos) []lang.Pos {
	if d.numberAt == pos {
		return []lang.Pos{pos}
	}
	return nil
}

// IsConsequence says whether a diagnostic only repeats what an earlier one has
// caused: the lines of a block whose keyword is unknown, or the refusal of a
// value whose number was already reported. The C daemon prints them; a person
// is better served without.
func IsConsequence(diag lang.Diagnostic) bool {
	if len(diag.Related) == 0 || diag.Class == lang.ClassMissingEOB {
		return false
	}
	switch diag.Class {
	case lang.ClassUnknownKeyword, lang.ClassUnexpectedBOB:
		return diag.Help == ""
	}
	return diag.Related[0] == diag.Pos
}

// lateLog is late for what the C daemon only logs.
func (d *decoder) lateLog(o Origin, format string, args ...any) {
	d.diags.Add(lang.Diagnostic{Pos: o.pos(), Severity: lang.Warning, Text: fmt.Sprintf(format, args...), Bare: true})
}
