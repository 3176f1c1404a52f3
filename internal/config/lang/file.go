package lang

import (
	"errors"
	"path"
	"strings"
)

// maxIncludeDepth bounds how deeply files include each other.
const maxIncludeDepth = 64

// fileSource yields the lines of a file, which is opened when its turn comes.
type fileSource struct {
	name   string // as the FS takes it
	shown  string // as the configuration has it
	parent *fileSource
	from   Pos // of the include line
	depth  int
	check  IncludeCheck // which problems are errors: its own, then those of its includes

	opened bool
	again  bool // it has been read before
	lines  int  // so far, when it is read again
	src    string
	off    int
	org    origin // of the line being read
}

func (f *fileSource) made() (string, Pos, int) { return "include " + f.shown, f.from, f.lines }

func (f *fileSource) next(x *Lexer) (text, bool) {
	if !f.opened && !f.open(x) {
		return text{}, false
	}
	for f.off < len(f.src) {
		if f.again {
			if !x.mayGenerate(1) {
				return text{}, false
			}
			f.lines++
		}
		if t, ok := f.line(x); ok {
			return t, true
		}
	}
	return text{}, false
}

// open reads the file, or takes the text that was read before.
func (f *fileSource) open(x *Lexer) bool {
	for p := f.parent; p != nil; p = p.parent {
		if path.Clean(p.name) == path.Clean(f.name) {
			x.diags.Add(Diagnostic{
				Pos: f.from, Class: ClassGeneralError,
				Text:    "Configuration file '" + f.shown + "' includes itself - skipping",
				Related: f.parent.chain(),
			})
			return false
		}
	}
	if f.depth > maxIncludeDepth {
		x.diags.Add(Diagnostic{
			Pos: f.from, Class: ClassGeneralError,
			Text:    "Configuration file '" + f.shown + "' is included too deeply - skipping",
			Related: f.parent.chain(),
		})
		return false
	}
	if f.src, f.again = x.snapshot.files[f.name]; !f.again {
		text, err := x.fsys.ReadFile(f.name)
		if err != nil {
			x.openProblem(f, err)
			return false
		}
		f.src = text
		x.snapshot.add(f.name, text, f.from)
		x.budget.maxSteps += len(text)
	}
	f.opened = true
	f.org.file = f.name
	if f.parent != nil {
		f.check = f.parent.check
	}
	return true
}

// chain returns the include lines that led to f, the nearest first.
func (f *fileSource) chain() []Pos {
	var chain []Pos
	for p := f; p != nil && p.from.IsValid(); p = p.parent {
		chain = append(chain, p.from)
	}
	return chain
}

func (x *Lexer) openProblem(f *fileSource, err error) {
	check := x.opts.includeCheck() | f.check
	text := "Configuration file '" + f.shown + "' open problem (" + cause(err) + ") - skipping"
	x.includeProblem(f.from, f.parent == nil || check&CheckRead != 0, text)
}

// cause returns the innermost reason of err with a capital letter, as strerror has it.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	s := err.Error()
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// line takes one physical line; ok is false when there is nothing in it.
func (f *fileSource) line(x *Lexer) (t text, ok bool) {
	phys := f.src[f.off:]
	if n := strings.IndexByte(phys, '\n'); n >= 0 {
		phys = phys[:n]
	}
	f.off += len(phys) + 1
	x.work += len(phys) + 1
	f.org.line++
	begin := 0
	for begin < len(phys) && isBlank(phys[begin]) {
		begin++
	}
	flags := classes(phys[begin:])
	f.org.phys, f.org.ascii = phys, flags&hasHigh == 0
	t = text{s: phys, org: &f.org, flags: flags}
	switch {
	case flags&hasNUL != 0:
		x.badLine(t, "configuration appears to have embedded NULs - ignoring line")
		return t, false
	case len(phys) > maxLine:
		x.badLine(t, "line too long - ignoring")
		return t, false
	}
	t = t.from(begin)
	if flags&(hasComment|hasQuote|hasEscape) != 0 {
		t = x.plain(t, strings.HasSuffix(strings.TrimRight(phys, "\r"), `\`))
	}
	if t.s == "" && x.opts.First && begin < len(phys) && flags&hasComment != 0 {
		return t, false
	}
	return t, t.s != "" || x.open != nil // an empty line ends a multi-line definition
}

// badLine reports a physical line that cannot be used.
func (x *Lexer) badLine(t text, what string) {
	if !x.opts.Again {
		x.diags.Errorf(t.pos(0), ClassGeneralError, "%s", what)
	}
}

// plain removes the comment of t; continued says that its physical line ends in a
// backslash, which then belongs to the word before it.
//
// Comments are looked for twice, because the children of the C daemon read what
// its parent has already unescaped: a character protected by a backslash begins a
// comment after all.
func (x *Lexer) plain(t text, continued bool) text {
	once, open := uncomment(t)
	t = once
	if len(once.s) > 0 && once.flags&hasComment != 0 {
		t, open = uncomment(once)
	}
	if len(t.s) < len(once.s) && once.s[0] != '$' {
		x.diags.Lintf(once.pos(len(t.s)), `put the word in double quotes`, "a backslash does not protect # and ! outside quotes")
	}
	t = x.reportOpen(t, open)
	if continued {
		t = t.joinBackslash()
	}
	return t
}
