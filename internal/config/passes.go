package config

import (
	"slices"
	"strings"

	"keepalived/internal/config/lang"
)

// Pass is what one process of the C daemon says of a configuration. Each of them
// reads the whole text and knows a part of the keywords; the blocks of the others
// it skips by counting braces. So a wrong brace has other consequences in each.
type Pass struct {
	Stage       lang.Stage // StageParent and the stages of the children
	Diagnostics []lang.Diagnostic
	Dropped     int // how many there are beyond those
	Files       int // that the text is in

	diags *lang.Diagnostics
}

// ExitStatus is that of a configuration test in which the passes have said what
// they have: a block that is not closed takes others with it, in each pass
// different ones, so that it can be another one than that of [Read].
func ExitStatus(passes []Pass) int {
	all := &lang.Diagnostics{}
	for _, p := range passes {
		if status, aborted := p.diags.Aborted(); aborted {
			return status
		}
		all.Raise(p.diags.Highest())
	}
	return all.ExitStatus()
}

// Passes reads the text of an earlier [Read] once more for each process of the C
// daemon, in its order. Its purpose is the text of the messages: what is wrong,
// and the exit status, is in what Read returned.
func Passes(fsys lang.FS, snapshot *lang.Snapshot, pattern string, opts Options, env Env) []Pass {
	fsys = replay{fsys, snapshot}
	var out []Pass
	var parent *decoder
	for _, stage := range []lang.Stage{lang.StageParent, lang.StageChecker, lang.StageVRRP, lang.StageBFD} {
		diags := &lang.Diagnostics{}
		o := opts
		o.pass = stage
		o.Lang.First, o.Lang.Again = stage == lang.StageParent, stage != lang.StageParent
		lexer := lang.Open(fsys, pattern, o.Lang, diags)
		d := &decoder{src: lexer, diags: diags, env: env, opts: o, cfg: newConfig()}
		if stage == lang.StageParent {
			parent = d
			d.opts.includeCheck = (&includeFlags{lexer: lexer}).set
		} else {
			d.inherit(parent)
		}
		d.commandLine()
		d.parse(blocks[Root])
		d.completePass()
		p := Pass{stage, d.saidBeforeEnd(), diags.Dropped(), len(lexer.Snapshot().Files()), diags}
		if stage == lang.StageParent {
			p.countLines(lexer.Snapshot())
		}
		out = append(out, p)
		if d.ended > 0 {
			break
		}
	}
	return out
}

// countLines counts the lines as the C daemon's parent does: by their ends, so that
// a last line without one has the number of the line before.
func (p *Pass) countLines(text *lang.Snapshot) {
	p.Diagnostics = slices.Clone(p.Diagnostics)
	for i := range p.Diagnostics {
		at := &p.Diagnostics[i].Pos
		source, ok := text.Source(at.File)
		if ok && at.Line > 1 && !strings.HasSuffix(source, "\n") && at.Line > strings.Count(source, "\n") {
			at.Line--
		}
	}
}

// saidBeforeEnd is what was said before a missing value, which ends the C daemon,
// when there is one. What is said late of earlier lines belongs to it.
func (d *decoder) saidBeforeEnd() []lang.Diagnostic {
	all := d.diags.All()
	if d.ended == 0 || d.ended > len(all) {
		return all
	}
	last := all[d.ended-1].Pos
	said := all[:d.ended:d.ended]
	for _, diag := range all[d.ended:] {
		if !diag.Bare && diag.Pos.File == last.File && diag.Pos.Line < last.Line {
			said = append(said, diag)
		}
	}
	return said
}

// inherit takes over what the parent has read: the children do not read it again.
func (d *decoder) inherit(parent *decoder) {
	d.cfg.Global = parent.cfg.Global
	d.global = parent.global
}

// completePass is complete for one of the passes.
func (d *decoder) completePass() {
	said := d.diags
	if d.opts.pass != lang.StageParent {
		d.diags = &lang.Diagnostics{} // the parent has said it
	}
	d.applyGlobals()
	d.resolveGlobalScripts()
	d.checkFIFOs()
	d.diags = said
	switch d.opts.pass {
	case lang.StageChecker:
		d.runTasks()
		d.completeLVS()
	case lang.StageVRRP:
		d.completeBFD()
		d.runTasks()
		d.completeInstances()
	case lang.StageBFD:
		d.completeBFD()
	}
	d.checkSecurity()
}

// roles says whose scripts a pass judges.
var roles = map[lang.Stage]scriptRole{lang.StageParent: roleParent, lang.StageChecker: roleChecker, lang.StageVRRP: roleVRRP}

// judges says whether the scripts of a role are the business of this pass.
func (d *decoder) judges(role scriptRole) bool {
	mine, ok := roles[d.opts.pass]
	return d.opts.pass == 0 || ok && mine == role
}

// active says whether the keyword of the top level is read in this pass.
func (d *decoder) active(k *Keyword) bool {
	switch d.opts.pass {
	case 0:
		return true
	case lang.StageChecker:
		return k.stage == d.opts.pass || k.Name == "bfd_instance" || k.Name == "track_file"
	case lang.StageVRRP:
		return k.stage == d.opts.pass || k.Name == "bfd_instance"
	}
	return k.stage == d.opts.pass
}

// passOver drops a keyword of the top level that this pass does not read, with
// its block if it has one.
func (d *decoder) passOver(k *Keyword) {
	d.unknowns = false
	if k.opens != "" || k.entry != nil {
		d.skip()
	}
}

// replay is a file system in which the files are as they were read before.
type replay struct {
	lang.FS
	snapshot *lang.Snapshot
}

// ReadFile implements [lang.FS].
func (r replay) ReadFile(name string) (string, error) {
	if text, ok := r.snapshot.Source(name); ok {
		return text, nil
	}
	return r.FS.ReadFile(name)
}
