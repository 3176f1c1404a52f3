package lang

import "strings"

// Options are the circumstances that the text may refer to.
type Options struct {
	// ConfigID decides @ID conditions and is ${_INSTANCE}; "" means there is none.
	ConfigID string
	// Env looks up an environment variable for ${_ENV NAME}; nil means that there are none.
	Env func(name string) (string, bool)
	// Rand returns a number in [lo, hi] for ${_RANDOM}; nil means always lo.
	Rand func(lo, hi uint32) uint32
	// First reads as the process of the C daemon that reads the files: a line that
	// is only a comment does not end a multi-line definition. For the others it is
	// empty, and does.
	First bool
	// Again says that the text was read before: nothing is said of the files
	// themselves, only of the text.
	Again bool
	// MaxGenerated is how many lines may be generated that do not stand in a file
	// for the first time; 0 means a million.
	MaxGenerated int
	// AllIncludeErrors makes every problem with an include an error.
	AllIncludeErrors bool
}

func (o *Options) includeCheck() IncludeCheck {
	if o.AllIncludeErrors {
		return CheckAll
	}
	return 0
}

// Lexer yields the logical lines of a configuration.
type Lexer struct {
	fsys     FS
	opts     Options
	diags    *Diagnostics
	snapshot *Snapshot
	usable   int

	stack   []source
	rest    text // what follows a brace on the same line
	hasRest bool
	again   bool // the line being read was such a rest
	defs    map[string]*definition
	open    *definition         // the multi-line definition being read
	dirs    map[string][]string // directories that were looked into

	budget budget
	// generated says that the line being read does not stand in a file for the
	// first time.
	generated bool
	work      int // bytes looked at

	slow    bool // no line is read the quick way; for tests
	line    Line
	unread  bool
	started bool
	ended   bool
	braces  braces
}

// Open prepares to read the files that match pattern, which may have wildcards
// and braces. Problems go to diags. Without a usable file there are no lines;
// see [Lexer.Usable].
func Open(fsys FS, pattern string, opts Options, diags *Diagnostics) *Lexer {
	x := &Lexer{
		fsys: fsys, opts: opts, diags: diags, snapshot: newSnapshot(),
		defs: map[string]*definition{}, dirs: map[string][]string{}, budget: newBudget(opts.MaxGenerated),
	}
	x.start(pattern)
	return x
}

// Usable returns how many files matched the pattern given to [Open] and could be
// used. When it is 0 there is no configuration: a start ends with status 6.
func (x *Lexer) Usable() int { return x.usable }

// Work returns how many bytes have been looked at so far, those of a line again
// for each substitution in it: what reading costs, on any machine.
func (x *Lexer) Work() int { return x.work }

// Remaining returns how many bytes of the file being read are left.
func (x *Lexer) Remaining() int {
	if f := x.current(); f != nil {
		return max(len(f.src)-f.off, 0)
	}
	return 0
}

// Snapshot returns the files read so far.
func (x *Lexer) Snapshot() *Snapshot { return x.snapshot }

// SetIncludeCheck says which problems with includes are errors from now on, until
// the end of the file being read.
func (x *Lexer) SetIncludeCheck(check IncludeCheck) {
	if f := x.current(); f != nil {
		f.check = check
	}
}

// Chain returns the places of the include lines that led to the line read last,
// the nearest first.
func (x *Lexer) Chain() []Pos {
	if f := x.current(); f != nil {
		return f.chain()
	}
	return nil
}

// Unread makes the next call of [Lexer.Next] return the same line again.
func (x *Lexer) Unread() { x.unread = x.started }

// Next returns the next logical line, or false at the end of the input.
func (x *Lexer) Next() (*Line, bool) {
	if x.unread {
		x.unread = false
		return &x.line, !x.ended
	}
	x.started = true
	if !x.slow && x.hasRest && x.open == nil && (x.rest.s == "{" || x.rest.s == "}") {
		x.hasRest = false
		x.work++
		x.brace(x.rest)
		return &x.line, true
	}
	if !x.slow && x.quick() {
		return &x.line, true
	}
	for {
		t, ok := x.pull()
		if !ok {
			x.finish()
			return &x.line, false
		}
		if x.open == nil && t.ordinary() {
			if x.divide(t) {
				return &x.line, true
			}
		} else if x.emit(t) {
			return &x.line, true
		}
	}
}

func (x *Lexer) finish() {
	if !x.ended {
		x.ended = true
		x.braces.reportOpen(x.diags)
	}
}

// ordinary says that t has nothing in it for directive.
func (t text) ordinary() bool {
	if t.flags&hasDollar != 0 || t.s == "" {
		return false
	}
	c := t.s[0]
	return c != '@' && c != '~' && c != 'i' && c != '$'
}

// emit turns a raw line into x.line; false when it yields none.
func (x *Lexer) emit(t text) bool {
	if x.open != nil {
		x.extend(t)
		return false
	}
	if t, ok := x.directive(t); ok {
		return x.divide(t)
	}
	return false
}

// directive carries out conditions, definitions, sequences, substitution and
// includes; ok is false when nothing is left of the line.
func (x *Lexer) directive(t text) (out text, ok bool) {
	if strings.HasPrefix(t.s, "@") {
		if t, ok = x.condition(t); !ok {
			return t, false
		}
	}
	if t.s == "" || t.s[0] == '$' && x.define(t) || t.s[0] == '~' && x.sequenceLine(t) {
		return t, false
	}
	if t.flags&hasDollar != 0 {
		x.work += len(t.s)
		var changed bool
		if t, changed = x.expand(t); changed {
			t = x.uncomment(t.from(0))
		}
	}
	if t.s == "" || t.s[0] == 'i' && x.includeLine(t) {
		return t, false
	}
	return t, true
}

// condition takes "@ID TEXT" and "@^ID TEXT" and returns TEXT if it is for us.
func (x *Lexer) condition(t text) (text, bool) {
	begin, negate := 1, false
	if strings.HasPrefix(t.s, "@^") {
		begin, negate = 2, true
	}
	end := begin
	for end < len(t.s) && !isBlank(t.s[end]) {
		end++
	}
	id := x.opts.ConfigID
	matches := id != "" && t.s[begin:end] == id
	return t.from(end), matches != negate
}

// uncomment removes the comment of t and reports a quote that is open at its end.
func (x *Lexer) uncomment(t text) text {
	t, open := uncomment(t)
	return x.reportOpen(t, open)
}

func (x *Lexer) reportOpen(t text, open bool) text {
	if open {
		x.diags.Add(Diagnostic{
			Pos: t.pos(0), Class: ClassUnmatchedQuote,
			Text: "Unterminated quote '" + t.s + "'", Help: `add the closing " to the line`,
		})
		t.reported = true
	}
	return t
}

// divide makes x.line of t up to its first brace, or of the brace that it begins
// with, and keeps the rest for later.
func (x *Lexer) divide(t text) bool {
	brace := braceAt(t)
	if x.work += brace + 1; brace < 0 {
		x.work += len(t.s)
	}
	switch {
	case brace == 0:
		x.keep(t.from(1))
		t.s = t.s[:1]
		x.brace(t)
		return true
	case brace > 0:
		x.keep(t.from(brace))
		t = t.cut(0, brace)
	}
	l := &x.line
	l.Raw, l.text, l.Reported = t.s, t, t.reported
	l.Pos = t.pos(0)
	l.OpenBrace, l.CloseBrace = false, false
	l.split()
	return l.hasWords(x)
}

func (x *Lexer) keep(t text) {
	x.rest, x.hasRest = t, t.s != ""
}

// hasWords reports an unmatched quote that leaves nothing of the line. The C
// daemon's children do so where its end was already missed.
func (l *Line) hasWords(x *Lexer) bool {
	if len(l.Words) > 0 {
		return true
	}
	if !l.Reported || x.opts.Again {
		x.diags.Errorf(l.Pos, ClassUnmatchedQuote, "Unmatched quote: '%s'", l.Raw)
	}
	return false
}
