package report

import (
	"cmp"
	"slices"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
	"keepalived/internal/config/lang"
	"keepalived/internal/config/lint"
)

// Problem is one thing that is wrong, or not wise.
type Problem struct {
	lang.Diagnostic
	Rule string   // what kind of problem, in lower case with hyphens
	Note []string // what follows from it

	paired bool // a missing brace that a superfluous one belongs to
}

// Report is everything that a check found.
type Report struct {
	File     string // the name or pattern that was checked
	Problems []Problem
	Dropped  int // how many more problems there were than are kept
	Status   int // exit status of the check

	Instances []explain.Instance // empty unless asked for

	sources *lang.Snapshot
	blocks  map[opened]block // what was looked up in them
}

// New reports on a file: each problem once, without what merely follows from
// another one, in the order of the text.
func New(file string, r config.Result, findings []lint.Finding) *Report {
	rep := &Report{File: file, Dropped: r.Diagnostics.Dropped(), Status: r.Diagnostics.ExitStatus(), sources: r.Snapshot}
	said := values{lines: map[line][]string{}, dropped: map[line]bool{}}
	for _, d := range r.Diagnostics.All() {
		if d.Severity != lang.Lint {
			said.add(d)
		}
	}
	for _, d := range r.Diagnostics.All() {
		value := config.PastedValue(d)
		switch {
		case value != "" && !said.mention(d.Pos, value):
			rep.Problems = append(rep.Problems, Problem{Diagnostic: d, Rule: lint.PastedText})
		case value == "" && !config.IsConsequence(d):
			rep.Problems = append(rep.Problems, Problem{Diagnostic: d, Rule: ruleOf(d)})
		}
	}
	for _, f := range findings {
		if f.Value != "" && said.mention(f.Pos, f.Value) {
			continue // that the value is wrong has been said
		}
		d := lang.Diagnostic{Pos: f.Pos, Severity: lang.Lint, Text: f.Text, Help: f.Help, Related: f.Related}
		rep.Problems = append(rep.Problems, Problem{Diagnostic: d, Rule: f.Rule})
	}
	if len(rep.Problems) <= maxRefined {
		rep.fold()
		for k := range rep.Problems {
			rep.point(&rep.Problems[k])
			rep.cure(&rep.Problems[k])
		}
	}
	rep.sort()
	if len(rep.Problems) <= maxRefined {
		rep.thin()
	}
	return rep
}

// maxRefined is up to how many problems are looked up again in the text: nobody
// reads more of them.
const maxRefined = 1000

// ruleOf names the kind of a diagnostic after its class.
func ruleOf(d lang.Diagnostic) string {
	if d.Class == lang.ClassOK {
		return "notice"
	}
	return strings.ReplaceAll(strings.ToLower(d.Class.String()), "_", "-")
}

// sort orders by place; problems without one come last, as they were found.
func (r *Report) sort() {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		if av, bv := a.Pos.IsValid(), b.Pos.IsValid(); !av || !bv {
			return boolOrder(bv, av)
		}
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
}

// boolOrder sorts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Count returns how many problems are of that severity.
func (r *Report) Count(s lang.Severity) int {
	n := 0
	for _, p := range r.Problems {
		if p.Severity == s {
			n++
		}
	}
	return n
}

// StrictStatus is the status of a strict check that found nothing but lints and
// warnings.
const StrictStatus = 5

// Strict makes lints and warnings count: the status becomes [StrictStatus] where
// it would be 0.
func (r *Report) Strict() {
	if r.Status == 0 && len(r.Problems) > 0 {
		r.Status = StrictStatus
	}
}
