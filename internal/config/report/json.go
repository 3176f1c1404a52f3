package report

import (
	"encoding/json"
	"io"

	"keepalived/internal/config/explain"
	"keepalived/internal/config/lang"
)

// place is a lang.Pos in JSON.
type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

type jsonProblem struct {
	place
	Severity string   `json:"severity"`
	Rule     string   `json:"rule"`
	Text     string   `json:"text"`
	Help     string   `json:"help,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	Source   string   `json:"source,omitempty"`
	Related  []place  `json:"related,omitempty"`
}

type jsonReport struct {
	Version    int                `json:"version"`
	File       string             `json:"file"`
	ExitStatus int                `json:"exit_status"`
	Errors     int                `json:"errors"`
	Warnings   int                `json:"warnings"`
	Lints      int                `json:"lints"`
	Dropped    int                `json:"dropped,omitempty"`
	Problems   []jsonProblem      `json:"problems"`
	Instances  []explain.Instance `json:"instances,omitempty"`
}

// JSON writes the report as one object. Its member version is 1 until a member
// changes its meaning.
func (r *Report) JSON(w io.Writer) error {
	out := jsonReport{Version: 1, File: r.File, ExitStatus: r.Status, Dropped: r.Dropped, Instances: r.Instances,
		Errors: r.Count(lang.Error), Warnings: r.Count(lang.Warning), Lints: r.Count(lang.Lint), Problems: []jsonProblem{}}
	for _, p := range r.Problems {
		j := jsonProblem{place: placeOf(p.Pos), Severity: p.Severity.String(), Rule: p.Rule, Text: p.Text, Help: p.Help, Notes: p.Note}
		if line, ok := r.sources.Line(p.Pos); ok {
			j.Source, _ = excerpt(line, p.Pos.Column)
		}
		for _, at := range p.Related {
			j.Related = append(j.Related, placeOf(at))
		}
		out.Problems = append(out.Problems, j)
	}
	return encode(w, out)
}

func placeOf(p lang.Pos) place { return place{File: p.File, Line: p.Line, Column: p.Column} }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
