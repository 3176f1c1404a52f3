package config

import (
	"fmt"

	"keepalived/internal/config/lang"
)

// source delivers logical lines.
type source interface {
	Next() (*lang.Line, bool)
	Unread()
}

// decoder walks the lines along the keyword tables and fills a Config.
type decoder struct {
	src   source
	diags *lang.Diagnostics
	env   Env
	opts  Options
	cfg   *Config

	numberAt lang.Pos   // of the last refused number
	closing  lang.Pos   // of the last closing brace
	cause    lang.Pos   // of the unknown word that the following ones come from
	advised  int        // unknown words so far
	row      *Keyword   // of the line that is decoded
	headers  []lang.Pos // of the open blocks
	lost     int        // depth of a block that seems not to be closed; 0: none
	unknowns bool       // the last line was an unknown word
	braces   int        // open braces in the text
	depth    int        // open blocks as the tables see it
	declared int        // declarations so far, to tell what comes first
	muted    int        // open blocks that have no effect
	unopened bool       // the block to be skipped had no opening brace
	ended    int        // complaints up to the first that ends the C daemon; 0: none does
	noMore   bool       // the end of the text has been reached

	draft
}

// next returns the next line and keeps count of the braces.
func (d *decoder) next() (stmt, bool) {
	for {
		l, ok := d.src.Next()
		if !ok {
			d.noMore = true
			return stmt{}, false
		}
		switch {
		case l.OpenBrace:
			d.braces++
		case l.CloseBrace:
			d.braces--
			d.closing = l.Pos
		case len(l.Words) == 0:
			continue
		}
		if l.Unmatched && d.opts.pass > lang.StageParent {
			d.report(l.Pos, lang.ClassUnmatchedQuote, "Unmatched quote: '%s'", l.Raw)
		}
		return stmt{l}, true
	}
}

// parse reads the lines of a block up to its closing brace, those of the root to
// the end. What is wrong drops one line, never a block: that is the language.
func (d *decoder) parse(b *block) {
	root := b.name == Root
	needBrace := !root
	for {
		s, ok := d.next()
		if !ok {
			return
		}
		switch {
		case s.OpenBrace && needBrace:
			needBrace = false
			continue
		case needBrace:
			needBrace = false
			d.diags.Add(lang.Diagnostic{Pos: s.Pos, Class: lang.ClassMissingBOB, Text: "Missing '{' at beginning of configuration block",
				Help: "put { at the end of the line above", Related: []lang.Pos{d.headers[len(d.headers)-1]}})
			d.braces++ // the block's own, so that the lines after it are in step
		case s.OpenBrace:
			d.unexpectedBrace(s)
			continue
		}
		if s.CloseBrace && !root {
			return
		}
		d.statement(b, s)
	}
}

func (d *decoder) unexpectedBrace(s stmt) {
	diag := lang.Diagnostic{Pos: s.Pos, Class: lang.ClassUnexpectedBOB, Text: "Unexpected '{' - ignoring"}
	if d.unknowns || d.astray() {
		diag.Related = []lang.Pos{d.cause}
	}
	d.unknowns = false
	d.diags.Add(diag)
}

// astray says that text and tables disagree about the block that a line is in,
// because a block was opened by an unknown keyword.
func (d *decoder) astray() bool { return d.braces != d.depth && d.cause.IsValid() }

// statement decodes one line of block b.
func (d *decoder) statement(b *block, s stmt) {
	k := b.keywords[s.arg(0)]
	if k == nil {
		d.unknown(b, s)
		return
	}
	if b.name == Root && !d.active(k) {
		d.passOver(k)
		return
	}
	d.unknowns = false
	if d.muted > 0 {
		if k.opens != "" {
			d.enter(k, s)
		}
		return
	}
	if d.opts.pass == 0 && s.Unmatched && (!k.script || s.n() < 2) {
		d.report(s.Pos, lang.ClassUnmatchedQuote, "Unmatched quote: '%s'", s.Raw)
	}
	if k.Missing == MissingIsFatal && s.n() < 2 && !(k.script && s.Unmatched) && !k.looksFirst {
		d.missing(k, s)
		return
	}
	d.checkWords(b, k, s)
	switch {
	case k.entry != nil:
		d.values(k, s)
	case k.opens != "":
		d.enter(k, s)
	default:
		d.row = k
		said := d.diags.Count()
		k.decode(d, s)
		d.row = nil
		if d.diags.Count() == said && !k.script {
			d.lookPasted(s, 1)
		}
	}
}

// checkWords warns of keywords in the middle of a line: only the first word of a
// line is one.
func (d *decoder) checkWords(b *block, k *Keyword, s stmt) {
	if k.entry != nil || k.opens != "" {
		return
	}
	for i := 2; i < s.n(); i++ {
		if word := s.Words[i]; !word.Quoted && b.keywords[word.Text] != nil {
			d.diags.Add(lang.Diagnostic{Pos: word.Pos, Severity: lang.Warning, Help: "put each keyword on a line of its own",
				Text: "only the first word of a line is a keyword: " + word.Text + " is ignored"})
			d.cause = word.Pos
			return
		}
	}
}

// enter decodes a block with keywords of its own.
func (d *decoder) enter(k *Keyword, s stmt) {
	d.depth++
	d.headers = append(d.headers, s.Pos)
	if d.muted > 0 {
		d.parse(blocks[k.opens])
	} else if k.open == nil || k.open(d, s) {
		d.parse(blocks[k.opens])
		if k.end != nil {
			k.end(d)
		}
	} else if d.skip(); d.unopened {
		// The brace is missing, too: the lines are read as those of the block, and
		// have no effect.
		d.muted++
		d.parse(blocks[k.opens])
		d.muted--
	}
	if d.lost == d.depth {
		d.lost = 0
	}
	d.headers = d.headers[:len(d.headers)-1]
	d.depth--
}

// unread gives the line back.
func (d *decoder) unread(s stmt) {
	if s.CloseBrace {
		d.braces++
	}
	d.src.Unread()
}

// skip drops a block by counting its braces. If it does not begin with one, there
// is nothing to drop, and unopened is set.
func (d *decoder) skip() {
	d.unopened = false
	before := d.braces
	for opened := false; !opened || d.braces > before; {
		s, ok := d.next()
		if !ok {
			return
		}
		if !opened && !s.OpenBrace {
			d.unread(s)
			d.unopened = true
			return
		}
		opened = true
	}
}

// values reads a block of entries. The opening brace may be missing.
func (d *decoder) values(k *Keyword, s stmt) {
	if s.n() > 1 && !k.named {
		d.errorf(s, 1, "Block %s has extra parameters %s ...", s.arg(0), s.arg(1))
	}
	if k.open != nil && !k.open(d, s) {
		d.skip()
		return
	}
	head := stmt{s.Clone()}
	d.depth++
	defer func() { d.depth-- }()
	n := 0
	for first := true; ; first = false {
		e, ok := d.next()
		if !ok || e.CloseBrace {
			break
		}
		if first && e.OpenBrace {
			continue
		}
		if first && k.named {
			d.namelessLine(e.at(0), "put { at the end of the line above")
		}
		n++
		said := d.diags.Count()
		k.entry(d, e)
		if d.diags.Count() == said {
			d.lookPasted(e, 0)
		}
	}
	if k.done != nil {
		k.done(d, head, n)
	}
}

func (d *decoder) missing(k *Keyword, s stmt) {
	help := "give a value: " + k.Name + " " + k.Args
	if k.Name == "debug" {
		help = "debug has no effect: delete the line, or give a level 0-4"
		if !d.opts.Test {
			// Old tutorials have it alone on its line. That is no reason not to start.
			d.diags.Add(lang.Diagnostic{Pos: s.at(0), Severity: lang.Warning, Text: "debug without a level is ignored", Help: help})
			return
		}
	}
	d.diags.Abort(k.stage, 2)
	d.help(s.at(0), lang.ClassMissingParameter, help,
		"*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position 2", k.Name, k.Name)
	d.endsHere()
	if k.opens != "" || k.entry != nil {
		d.skip()
	}
}

// endsHere notes that the C daemon ends with the last message.
func (d *decoder) endsHere() {
	if d.ended == 0 {
		d.ended = len(d.diags.All())
	}
}

// maxAdvice bounds the search for words that were meant: a file with more unknown
// words than that is no configuration.
const maxAdvice = 1000

// unknown reports a word that block b does not know.
func (d *decoder) unknown(b *block, s stmt) {
	diag := lang.Diagnostic{Pos: s.at(0), Class: lang.ClassUnknownKeyword, Text: "Unknown keyword '" + s.arg(0) + "'"}
	switch {
	case s.CloseBrace && d.braces < 0: // the lexer has reported it
		d.braces = 0
		diag.Related = []lang.Pos{s.Pos}
	case s.CloseBrace && d.cause.IsValid() || d.astray() || d.lost > 0:
		diag.Related = []lang.Pos{d.cause}
	case b.name != Root && isTopLevel(s.arg(0)):
		header := d.headers[len(d.headers)-1]
		diag.Help = fmt.Sprintf("%s belongs to the top level: close the block that begins in line %d first", s.arg(0), header.Line)
		diag.Related = []lang.Pos{header}
		d.cause, d.unknowns, d.lost = s.at(0), true, d.depth
	default:
		if d.advised++; d.advised <= maxAdvice {
			diag.Help = adviceFor(b, s)
		}
		d.cause, d.unknowns = s.at(0), true
	}
	d.diags.Add(diag)
}
