package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"keepalived/internal/config/lang"
)

// Text writes the report for a person: each problem as FILE:LINE:COLUMN:
// SEVERITY: TEXT, then the line with a caret, then what to write instead. The
// last line counts.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, p := range r.Problems {
		r.problem(out, p)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(out, "%d more problems are not shown\n", r.Dropped)
	}
	fmt.Fprintf(out, "%s: %s\n", printable(r.File), r.summary())
	return out.Flush()
}

func (r *Report) problem(w io.Writer, p Problem) {
	place := r.File
	if p.Pos.File != "" {
		place = p.Pos.String()
	}
	fmt.Fprintf(w, "%s: %s: %s\n", printable(place), p.Severity, printable(p.Text))
	if line, ok := r.sources.Line(p.Pos); ok {
		text, caret := excerpt(line, p.Pos.Column)
		fmt.Fprintf(w, "%s\n%s^\n", text, caret)
	}
	if p.Help != "" {
		fmt.Fprintf(w, "help: %s\n", printable(p.Help))
	}
	for _, note := range p.Note {
		fmt.Fprintf(w, "note: %s\n", printable(note))
	}
	for _, at := range p.Related {
		if at.IsValid() && (at.File != p.Pos.File || at.Line != p.Pos.Line) {
			fmt.Fprintf(w, "note: see %s\n", printable(at.String()))
		}
	}
	for _, at := range r.sources.IncludeChain(p.Pos.File) {
		fmt.Fprintf(w, "note: included at %s\n", printable(at.String()))
	}
}

func (r *Report) summary() string {
	var parts []string
	for _, s := range []lang.Severity{lang.Error, lang.Warning, lang.Lint} {
		if n := r.Count(s); n > 0 {
			parts = append(parts, plural(n, s.String()))
		}
	}
	if len(parts) == 0 {
		return "no problems found"
	}
	return strings.Join(parts, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
