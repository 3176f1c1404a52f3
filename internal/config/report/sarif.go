package report

import (
	"io"
	"net/url"
	"slices"

	"keepalived/internal/config/lang"
)

// The members of SARIF 2.1.0 (OASIS) that are used.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int           `json:"startLine"`
		StartColumn int           `json:"startColumn,omitempty"`
		Snippet     *sarifMessage `json:"snippet,omitempty"`
	}
)

// SARIF writes the report as a SARIF 2.1.0 log of one run. version is that of
// the program.
func (r *Report) SARIF(w io.Writer, version string) error {
	var rules []string
	for _, p := range r.Problems {
		rules = append(rules, p.Rule)
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	driver := sarifDriver{Name: "keepalived", Version: version, Rules: []sarifRule{}}
	for _, id := range rules {
		driver.Rules = append(driver.Rules, sarifRule{id})
	}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	for _, p := range r.Problems {
		run.Results = append(run.Results, r.sarifResult(p, slices.Index(rules, p.Rule)))
	}
	return encode(w, sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

func (r *Report) sarifResult(p Problem, rule int) sarifResult {
	text := p.Text
	if p.Help != "" {
		text += "\nhelp: " + p.Help
	}
	for _, note := range p.Note {
		text += "\nnote: " + note
	}
	at := p.Pos
	if at.File == "" {
		at.File = r.File
	}
	res := sarifResult{RuleID: p.Rule, RuleIndex: rule, Level: sarifLevel(p.Severity), Message: sarifMessage{text},
		Locations: []sarifLocation{r.sarifLocation(at)}}
	for _, at := range p.Related {
		res.Related = append(res.Related, r.sarifLocation(at))
	}
	return res
}

func sarifLevel(s lang.Severity) string {
	switch s {
	case lang.Error:
		return "error"
	case lang.Warning:
		return "warning"
	}
	return "note"
}

func (r *Report) sarifLocation(at lang.Pos) sarifLocation {
	l := sarifLocation{sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: at.File}).String()}}}
	if at.IsValid() {
		l.Physical.Region = &sarifRegion{StartLine: at.Line, StartColumn: max(at.Column, 1)}
		if line, ok := r.sources.Line(at); ok {
			text, _ := excerpt(line, at.Column)
			l.Physical.Region.Snippet = &sarifMessage{text}
		}
	}
	return l
}
