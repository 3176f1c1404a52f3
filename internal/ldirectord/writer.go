package ldirectord

import (
	"fmt"
	"strings"
)

// writer writes blocks with their indentation.
type writer struct {
	strings.Builder
	depth int
}

func (w *writer) line(format string, args ...any) {
	w.WriteString(strings.Repeat("    ", w.depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *writer) open(format string, args ...any) {
	if w.depth == 0 {
		w.WriteByte('\n')
	}
	w.line(format+" {", args...)
	w.depth++
}

func (w *writer) close() {
	w.depth--
	w.line("}")
}

// word is a text as one word of keepalived.conf, where nothing in double quotes
// can be escaped.
func word(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == '"' {
			return -1
		}
		return c
	}, s)
	if s == "" || strings.ContainsAny(s, " #!{}$") {
		return `"` + s + `"`
	}
	return s
}

// script is a command line in double quotes. Its arguments are what the blanks
// separate; nothing else in it has a meaning.
func script(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\x22`, `'`, `\x27`).Replace(strings.Map(printable, s)) + `"`
}

// pattern is a regular expression in double quotes, where a backslash stays and
// protects what follows it.
func pattern(s string) string {
	var b strings.Builder
	s = strings.Map(printable, s)
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"', s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
			b.WriteString(`\x22`)
			if s[i] == '\\' {
				i++
			}
		case s[i] == '\\' && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
		case s[i] != '\\':
			b.WriteByte(s[i])
		}
	}
	return `"` + b.String() + `"`
}
