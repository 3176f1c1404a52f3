package report

import (
	"strings"

	"keepalived/internal/config/lang"
)

// values tells which values have been complained of.
type values struct {
	lines map[line][]string // texts by the line that they are about
	// dropped are the lines of unknown keywords, whose values do not matter.
	dropped map[line]bool
	late    []string // of complaints about a block as a whole
}

type line struct {
	file string
	line int
}

// maxLate bounds how many late complaints are searched for a value.
const maxLate = 1000

func (v *values) add(d lang.Diagnostic) {
	at := line{d.Pos.File, d.Pos.Line}
	v.lines[at] = append(v.lines[at], d.Text)
	if d.Class == lang.ClassUnknownKeyword {
		v.dropped[at] = true
	}
	if d.Bare && len(v.late) < maxLate {
		v.late = append(v.late, d.Text)
	}
}

// mention says whether a complaint about that line, or a late one, has the value
// in its text, or the line does not count anyway.
func (v *values) mention(at lang.Pos, value string) bool {
	here := line{at.File, at.Line}
	if v.dropped[here] {
		return true
	}
	for _, texts := range [][]string{v.lines[here], v.late} {
		for _, text := range texts {
			if strings.Contains(text, value) {
				return true
			}
		}
	}
	return false
}
