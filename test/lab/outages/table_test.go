package outages

import (
	"fmt"
	"os"
	"strings"
)

// figure is one thing that was measured or seen.
type figure struct {
	text string
	bad  bool // beyond its bound
}

// table is what docs/reliability.md shows.
type table struct{ rows []*row }

type row struct {
	what    string
	c, ours []figure
}

func newTable() *table { return &table{} }

func (t *table) row(what string) *row {
	r := &row{what: what}
	t.rows = append(t.rows, r)
	return r
}

// Marks in the file between which the table is.
const (
	tableBegin = "<!-- table: make outages -->"
	tableEnd   = "<!-- end of table -->"
)

// write replaces the table in a file that has the marks.
func (t *table) write(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok1 := strings.Cut(string(text), tableBegin)
	_, tail, ok2 := strings.Cut(rest, tableEnd)
	if !ok1 || !ok2 {
		return fmt.Errorf("writing the table to %s: it has no place for it", path)
	}
	return os.WriteFile(path, []byte(head+tableBegin+"\n"+t.String()+tableEnd+tail), 0o644)
}

func (t *table) String() string {
	var b strings.Builder
	b.WriteString("| what happens | C 2.2.7 | ours |\n| --- | --- | --- |\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.what, cell(r.c), cell(r.ours))
	}
	return b.String()
}

// cell shows what is beyond its bound in bold.
func cell(figures []figure) string {
	var out []string
	for _, f := range figures {
		text := strings.NewReplacer("|", "\\|", "\n", " ").Replace(f.text)
		if f.bad {
			text = "**" + text + "**"
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}
