// Package dump renders what every process writes about itself on request: the
// layout of the data files (keepalived(8), SIGUSR1) and the global part of the
// configuration.
package dump

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
)

// Text is a data file in the making. The zero value is empty.
type Text struct{ b bytes.Buffer }

// Section begins a part with a title of its own.
func (t *Text) Section(title string) { fmt.Fprintf(&t.b, "------< %s >------\n", title) }

// Linef adds one line, indented by blanks.
func (t *Text) Linef(indent int, format string, args ...any) {
	fmt.Fprintf(&t.b, "%*s", indent, "")
	fmt.Fprintf(&t.b, format, args...)
	t.b.WriteByte('\n')
}

// Bytes is the whole text.
func (t *Text) Bytes() []byte { return t.b.Bytes() }

// Lines is each line without its end, for the log.
func (t *Text) Lines() iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(t.b.String()) {
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}

// Command is the words of a command as keepalived prints them, each in quotes.
func Command(argv []string) string {
	return "'" + strings.Join(argv, "' '") + "'"
}

// Choose is one of two words.
func Choose(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// Bit is 1 or 0.
func Bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
