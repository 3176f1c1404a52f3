package config

import (
	"strings"

	"keepalived/internal/config/lang"
)

// Options are the circumstances of a read.
type Options struct {
	// Lang is what the text itself may refer to.
	Lang lang.Options
	// Test is a configuration test: numbers are taken strictly, and files are
	// only looked at.
	Test bool
	// Static is a test away from the machine: what depends on its present
	// interfaces and files is not judged. Used with [StaticEnv].
	Static bool
	// SNMP enables all parts of SNMP; SNMPSocket, if set, is the master agent's
	// whatever the text says (--snmp, --snmp-agent-socket).
	SNMP       bool
	SNMPSocket string

	includeCheck func(words []string) []string
	pass         lang.Stage // of a process of the C daemon; 0: all at once
}

// Result is all that a read yields.
type Result struct {
	Config      *Config
	Diagnostics *lang.Diagnostics
	Snapshot    *lang.Snapshot // the files as they were read
	Files       int            // files that match the pattern and could be used
}

// Load reads the files that match pattern and returns the configuration as far
// as it can be understood, with everything that is wrong with it. Nothing is
// printed and nothing changed. Whether the configuration may be used is for the
// caller to decide from the diagnostics.
func Load(fsys lang.FS, pattern string, opts Options, env Env) (*Config, *lang.Diagnostics) {
	r := Read(fsys, pattern, opts, env)
	return r.Config, r.Diagnostics
}

// Read is [Load] with the text that was read.
func Read(fsys lang.FS, pattern string, opts Options, env Env) Result {
	diags := &lang.Diagnostics{}
	lexer := lang.Open(fsys, pattern, opts.Lang, diags)
	opts.includeCheck = (&includeFlags{lexer: lexer}).set
	d := &decoder{src: lexer, diags: diags, env: env, opts: opts, cfg: newConfig()}
	d.commandLine()
	d.parse(blocks[Root])
	d.complete()
	return Result{Config: d.cfg, Diagnostics: diags, Snapshot: lexer.Snapshot(), Files: lexer.Usable()}
}

// includeFlags carries out include_check.
type includeFlags struct {
	lexer *lang.Lexer
	flags lang.IncludeCheck
}

// includeNames are the words of include_check.
var includeNames = map[string]lang.IncludeCheck{"read": lang.CheckRead, "match": lang.CheckMatch,
	"wildcard_match": lang.CheckWildcardMatch, "brace_match": lang.CheckBraceMatch}

// set applies the words and returns what is wrong with them. Without words every
// problem is an error; a first word without sign starts afresh with read,
// others without are not taken.
func (f *includeFlags) set(words []string) (problems []string) {
	for i, word := range words {
		name := strings.TrimPrefix(strings.TrimPrefix(word, "-"), "+")
		if len(word)-len(name) > 1 {
			name = word[1:]
		}
		if word == name && i > 0 {
			problems = append(problems, "Duplicate include_check '"+word+"' specified - ignoring")
			continue
		}
		if word == name {
			f.flags = 0
		}
		flag, ok := includeNames[name]
		switch {
		case !ok:
			problems = append(problems, "Unknown include_check type '"+name+"' - ignoring")
		case word == name:
			f.flags = lang.CheckRead | flag
		case word[0] == '-':
			f.flags &^= flag
		default:
			f.flags |= flag
		}
	}
	if len(words) == 0 {
		f.flags = lang.CheckAll
	}
	f.lexer.SetIncludeCheck(f.flags)
	return problems
}
