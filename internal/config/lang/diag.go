package lang

import "fmt"

// maxDiagnostics bounds what is stored; more are only counted.
const maxDiagnostics = 10_000

// Diagnostic is one complaint about the configuration.
type Diagnostic struct {
	Pos      Pos
	Severity Severity
	Class    Class
	Text     string // exactly what the C daemon prints, without its prefix
	Help     string // what to write instead; may be empty
	Related  []Pos  // other places that belong to it, such as the opening line
	Bare     bool   // the C daemon prints Text without a place
}

// Diagnostics collects complaints in the order of their appearance. The same
// text at the same place is kept once. The zero value is ready for use.
type Diagnostics struct {
	list    []Diagnostic
	seen    map[diagKey]struct{}
	dropped int
	highest Class
	lints   int

	abortStage  Stage
	abortStatus int
}

type diagKey struct {
	pos  Pos
	text string
}

// Add stores d unless the same was stored before. Its class counts for the exit
// status also when the store is full, except for a lint.
func (d *Diagnostics) Add(diag Diagnostic) {
	if diag.Severity != Lint {
		d.highest = max(d.highest, diag.Class)
	}
	key := diagKey{diag.Pos, diag.Text}
	if _, ok := d.seen[key]; ok {
		return
	}
	if len(d.list) >= maxDiagnostics {
		d.dropped++
		return
	}
	d.keep(key, diag)
}

// addAlways is Add for what must not be lost in a flood of others.
func (d *Diagnostics) addAlways(diag Diagnostic) {
	d.highest = max(d.highest, diag.Class)
	d.keep(diagKey{diag.Pos, diag.Text}, diag)
}

func (d *Diagnostics) keep(key diagKey, diag Diagnostic) {
	if d.seen == nil {
		d.seen = make(map[diagKey]struct{})
	}
	d.seen[key] = struct{}{}
	d.list = append(d.list, diag)
	if diag.Severity == Lint {
		d.lints++
	}
}

// Errorf adds an error of class c at pos.
func (d *Diagnostics) Errorf(pos Pos, c Class, format string, args ...any) {
	d.Add(Diagnostic{Pos: pos, Class: c, Text: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning of class c at pos.
func (d *Diagnostics) Warnf(pos Pos, c Class, format string, args ...any) {
	d.Add(Diagnostic{Pos: pos, Severity: Warning, Class: c, Text: fmt.Sprintf(format, args...)})
}

// Lintf adds a lint, which never changes the exit status, with its advice.
func (d *Diagnostics) Lintf(pos Pos, help, format string, args ...any) {
	d.Add(Diagnostic{Pos: pos, Severity: Lint, Text: fmt.Sprintf(format, args...), Help: help})
}

// Abort notes that the C daemon ends in stage with status, whatever the classes
// say. The earliest stage wins, and the first of the same stage.
func (d *Diagnostics) Abort(stage Stage, status int) {
	if d.abortStage == 0 || stage < d.abortStage {
		d.abortStage, d.abortStatus = stage, status
	}
}

// Aborted returns the status of [Diagnostics.Abort], if it was called.
func (d *Diagnostics) Aborted() (status int, ok bool) { return d.abortStatus, d.abortStage != 0 }

// Raise makes c the highest class seen, unless a higher one was.
func (d *Diagnostics) Raise(c Class) { d.highest = max(d.highest, c) }

// All returns what is stored, oldest first. It belongs to d.
func (d *Diagnostics) All() []Diagnostic { return d.list }

// Count returns how many there are, those that were not stored included.
func (d *Diagnostics) Count() int { return len(d.list) + d.dropped }

// Dropped returns how many were not stored because there were too many.
func (d *Diagnostics) Dropped() int { return d.dropped }

// Lints returns how many of the stored ones are lints.
func (d *Diagnostics) Lints() int { return d.lints }

// Highest returns the highest class seen.
func (d *Diagnostics) Highest() Class { return d.highest }

// ExitStatus returns the exit status of a configuration test with these complaints.
func (d *Diagnostics) ExitStatus() int {
	if d.abortStage != 0 {
		return d.abortStatus
	}
	return d.highest.ExitStatus()
}
