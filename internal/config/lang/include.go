package lang

import (
	"io/fs"
	"path"
	"strings"
)

// IncludeCheck says which problems with an include are errors; the others are
// only mentioned.
type IncludeCheck uint8

// What includer, includem, includew and includeb look at, and includea and -e: all.
const (
	CheckRead          IncludeCheck = 1 << iota // a match cannot be read
	CheckMatch                                  // a name without wildcard does not exist
	CheckWildcardMatch                          // a pattern matches nothing
	CheckBraceMatch                             // an alternative in braces does not exist

	CheckAll = CheckRead | CheckMatch | CheckWildcardMatch | CheckBraceMatch
)

// includeKeywords holds what each spelling of include checks.
var includeKeywords = map[string]IncludeCheck{
	"include":  0,
	"includer": CheckRead,
	"includem": CheckRead | CheckMatch,
	"includew": CheckRead | CheckMatch | CheckWildcardMatch,
	"includeb": CheckRead | CheckBraceMatch,
	"includea": CheckAll,
}

// includeLine takes an include line and reports whether t was one.
func (x *Lexer) includeLine(t text) bool {
	if !strings.HasPrefix(t.s, "include") {
		return false
	}
	end := strings.IndexAny(t.s, " \t")
	if end < 0 {
		return false
	}
	check, ok := includeKeywords[t.s[:end]]
	if !ok {
		return false
	}
	f := x.current()
	x.include(t.from(end), check|f.check|x.opts.includeCheck(), f)
	return true
}

// include queues the files that match pattern, in their order.
func (x *Lexer) include(pattern text, check IncludeCheck, from *fileSource) {
	pos := pattern.pos(0)
	found := x.find(pattern.s, path.Dir(from.name))
	x.work += found.cost * entriesPerLine
	if !x.spend(sequenceSteps+found.cost, "include "+pattern.s, pos) {
		return
	}
	switch {
	case found.tooMany:
		x.includeProblem(pos, true, "Too many files for '"+pattern.s+"'")
		return
	case len(found.names) == 0:
		if check&CheckWildcardMatch != 0 {
			x.includeProblem(pos, true, "No config files matched '"+pattern.s+"'.")
		}
		return
	}
	x.reportMissing(found, pos, check&found.missingCheck() != 0)
	for i := len(found.names) - 1; i >= 0; i-- {
		if m := found.names[i]; x.isConfigFile(m, pos, check&CheckRead != 0) {
			x.push(&fileSource{name: m.name, shown: m.shown, parent: from, from: pos, depth: from.depth + 1, check: check})
		}
	}
}

// start queues the files of the pattern that the program was started with.
func (x *Lexer) start(pattern string) {
	found := x.find(pattern, "")
	x.reportMissing(found, Pos{}, false)
	var usable []match
	for _, m := range found.names {
		if m.err == nil && !x.isConfigFile(m, Pos{}, false) {
			return // the C daemon reads nothing then
		}
		if m.err == nil {
			usable = append(usable, m)
		}
	}
	x.usable = len(usable)
	if len(usable) > 1 {
		x.diags.Add(Diagnostic{
			Severity: Warning, Class: ClassMultipleFiles, Bare: true,
			Text: "WARNING, multiple configuration file matches of " + pattern + ", starting with " + usable[0].shown,
		})
	}
	for i := len(usable) - 1; i >= 0; i-- {
		x.push(&fileSource{name: usable[i].name, shown: usable[i].shown, check: x.opts.includeCheck()})
	}
}

// match is one name that a pattern leads to.
type match struct {
	name  string // as the FS takes it
	shown string // as the pattern has it
	mode  fs.FileMode
	err   error
}

// matches is what a pattern leads to.
type matches struct {
	pattern string
	names   []match
	missing int
	tooMany bool
	cost    int // of looking them up, in generated lines
}

// find looks up a pattern that is relative to dir. Names without wildcards are
// among the result even if they do not exist.
func (x *Lexer) find(pattern, dir string) matches {
	g := glob{fsys: x.fsys, dir: dir, dirs: x.dirs}
	found := matches{pattern: pattern, tooMany: !g.expand(pattern)}
	found.cost = 1 + g.alternatives*alternativeSteps + len(g.names) + g.looked/entriesPerLine
	for _, shown := range g.names {
		m := match{name: g.path(shown), shown: shown}
		if m.mode, m.err = x.fsys.Stat(m.name); m.err != nil {
			found.missing++
		}
		found.names = append(found.names, m)
	}
	return found
}

// missingCheck returns which check makes a missing name an error.
func (m *matches) missingCheck() IncludeCheck {
	if strings.Contains(m.pattern, "{") {
		return CheckBraceMatch
	}
	return CheckMatch
}

func (x *Lexer) reportMissing(found matches, pos Pos, isError bool) {
	switch {
	case found.missing == 0:
	case found.missing == len(found.names):
		x.includeProblem(pos, isError, "Config files missing '"+found.pattern+"'.")
	default:
		x.includeProblem(pos, isError, `Some config files missing: "`+found.pattern+`".`)
	}
}

// isConfigFile reports whether m can be read as configuration: a regular file
// without any execute bit.
func (x *Lexer) isConfigFile(m match, pos Pos, isError bool) bool {
	switch {
	case m.err != nil:
		return false
	case m.mode.IsDir():
		x.includeProblem(pos, isError, "Configuration file '"+m.shown+"/' is a directory - skipping")
	case !m.mode.IsRegular() || m.mode.Perm()&0o111 != 0:
		x.includeProblem(pos, isError,
			"Configuration file '"+m.shown+"' is not a regular non-executable file - skipping")
	default:
		return true
	}
	return false
}

// includeProblem reports a problem with a file; an error ends the C daemon with
// status 6 after the parent's pass.
func (x *Lexer) includeProblem(pos Pos, isError bool, text string) {
	if x.opts.Again {
		return
	}
	d := Diagnostic{Pos: pos, Severity: Warning, Text: text, Bare: !pos.IsValid()}
	if isError {
		d.Severity, d.Class = Error, ClassFileNotFound
		if pos.IsValid() {
			x.diags.Abort(StageParentEnd, 6)
		}
	}
	x.diags.Add(d)
}
