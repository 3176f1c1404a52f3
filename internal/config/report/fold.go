package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"keepalived/internal/config/lang"
	"keepalived/internal/config/outline"
)

// lacks says which keywords a block lacks when this is said of it.
var lacks = []struct {
	text     string
	keywords []string
}{
	{"No script set for", []string{"script"}},
	{"no password given", []string{"auth_pass"}},
	{"the virtual router id must be set", []string{"virtual_router_id"}},
	{"no scheduler set", []string{"lvs_sched", "lb_algo"}},
	{"no forwarding method set", []string{"lvs_method", "lb_kind"}},
	{"no protocol set", []string{"protocol"}},
	{"Unknown interface!", []string{"interface"}},
	{"No VIP specified", []string{"virtual_ipaddress", "interface"}},
	{"no interface for vip", []string{"interface"}},
	{"has no members", []string{"group"}},
	{"has no real servers", []string{"real_server"}},
	{"no interface for vip", []string{"interface"}},
	{"Unable to set default user", []string{"script_user"}},
}

// fold makes one problem of a cause and what it led to: a keyword that was
// misspelt, or had a bad value, and so is missing from its block. What that means
// is noted with the cause, so that no loss of protection is hidden.
func (r *Report) fold() {
	folded := map[int]bool{}
	for k := range r.Problems {
		p := &r.Problems[k]
		if r.lostAddresses(p) {
			folded[k] = true
			continue
		}
		if cause := r.cause(p); cause != nil {
			folded[k] = true
			cause.Severity = min(cause.Severity, p.Severity)
			if note := p.effect(); note != "" {
				cause.Note = append(cause.Note, note)
			}
		}
	}
	var kept []Problem
	for k, p := range r.Problems {
		if !folded[k] {
			kept = append(kept, p)
		}
	}
	r.Problems = kept
}

// lostAddresses says whether a problem is that an instance has no addresses,
// because its interface is not there for them: that is said of each of them.
func (r *Report) lostAddresses(p *Problem) bool {
	return strings.Contains(p.Text, "No VIP specified") && slices.ContainsFunc(r.Problems, func(q Problem) bool {
		return q.Pos == p.Pos && strings.Contains(q.Text, "no interface for vip")
	})
}

// thin keeps one problem of a line that is no configuration at all, and of a file
// that is no text. It expects the order of the text.
func (r *Report) thin() {
	said := map[lang.Pos]bool{}
	split := map[string]bool{} // files with a ${NAME} that was not replaced: its braces counted
	r.Problems = slices.DeleteFunc(r.Problems, func(p Problem) bool {
		at := lang.Pos{File: p.Pos.File, Line: p.Pos.Line}
		line, _ := r.sources.Line(p.Pos)
		switch {
		case p.Severity == lang.Lint:
			return false
		case strings.HasPrefix(p.Text, "configuration appears to have embedded NULs"):
			at.Line = 0
		case unreplaced.MatchString(line):
			split[at.File] = true
		case p.Text == "Unknown keyword '}'" && split[at.File]:
			return true
		case !template(line):
			return false
		}
		again := said[at]
		said[at] = true
		return again
	})
}

// unreplaced finds ${NAME} outside of comments.
var unreplaced = regexp.MustCompile(`^[^#!]*\$\{\w+\}`)

// effect is what follows from a problem whose cause is another one. Its own help
// would be the wrong advice; what it says of the consequences stays. A brace that
// has lost its partner has none.
func (p *Problem) effect() string {
	if p.Class == lang.ClassUnexpectedEOB {
		return ""
	}
	if means, _, ok := strings.Cut(p.Help, ": "); ok {
		return fmt.Sprintf("therefore %s; %s", p.Text, means)
	}
	return "therefore " + p.Text
}

// cause finds the problem that made the block lack a keyword; nil if there is
// none.
func (r *Report) cause(p *Problem) *Problem {
	if p.Class == lang.ClassUnknownKeyword && len(p.Related) > 0 {
		return r.unclosed(p.Related[0])
	}
	if p.Class == lang.ClassUnexpectedEOB {
		return r.unopened(p)
	}
	switch {
	case strings.HasPrefix(p.Text, "Unable to set default user for "):
		return r.saying("Unable to set default user keepalived_script")
	case strings.HasSuffix(p.Text, " due to insecure"):
		return r.refusal(p.header())
	}
	for _, l := range lacks {
		if !strings.Contains(p.Text, l.text) {
			continue
		}
		header := p.header()
		if q := r.unclosed(header); q != nil {
			return q
		}
		end := outline.End(r.sources, header)
		for k := range r.Problems {
			q := &r.Problems[k]
			if q != p && q.Pos.File == header.File && q.Pos.Line >= header.Line && q.Pos.Line <= end && r.spoils(q, header, l.keywords) {
				return q
			}
		}
	}
	return nil
}

// saying finds the problem whose text begins like that.
func (r *Report) saying(text string) *Problem {
	for k := range r.Problems {
		if strings.HasPrefix(r.Problems[k].Text, text) {
			return &r.Problems[k]
		}
	}
	return nil
}

// refusal finds the problem of the block with that header that says what is unsafe
// about a script.
func (r *Report) refusal(header lang.Pos) *Problem {
	end := outline.End(r.sources, header)
	for k := range r.Problems {
		q := &r.Problems[k]
		if strings.HasPrefix(q.Text, "Unsafe permissions found for script") && q.Pos.File == header.File && q.Pos.Line >= header.Line && q.Pos.Line <= end {
			return q
		}
	}
	return nil
}

// unclosed finds the problem of a block that is not closed.
func (r *Report) unclosed(header lang.Pos) *Problem {
	for k := range r.Problems {
		q := &r.Problems[k]
		if q.Class != lang.ClassMissingEOB {
			continue
		}
		for _, at := range q.Related {
			if at.File == header.File && at.Line == header.Line {
				return q
			}
		}
	}
	return nil
}

// unopened finds a block without its opening brace, before a brace that closes
// too much. Each of them accounts for one such brace.
func (r *Report) unopened(extra *Problem) *Problem {
	for k := range r.Problems {
		q := &r.Problems[k]
		if q.Class == lang.ClassMissingBOB && !q.paired && q.Pos.File == extra.Pos.File && q.Pos.Line < extra.Pos.Line {
			q.paired = true
			return q
		}
	}
	return nil
}

// crowded is how the parser begins what it says of keywords in mid-line.
const crowded = "only the first word of a line is a keyword"

// spoils says whether q, a problem of the block with that header, is about one of
// the keywords.
func (r *Report) spoils(q *Problem, header lang.Pos, keywords []string) bool {
	line, ok := r.sources.Line(q.Pos)
	switch {
	case !ok || q.Severity == lang.Lint:
		return false
	case q.Pos.Line == header.Line:
		return strings.HasPrefix(q.Text, crowded)
	}
	first := ""
	if words := strings.Fields(line); len(words) > 0 {
		first = words[0]
	}
	for _, k := range keywords {
		if first == k || advises(q.Help, k) || r.within(q, header, k) {
			return true
		}
	}
	return false
}

// advises says whether the help is to write that keyword.
func advises(help, keyword string) bool {
	return help == "did you mean "+keyword+"?" || help == "write "+keyword || strings.Contains(help, ": "+keyword+" {") ||
		strings.HasPrefix(help, "put a space after "+keyword+":") || strings.HasPrefix(help, "put a space between "+keyword+" ")
}

// within says whether q is in the block that the keyword opens in that block.
func (r *Report) within(q *Problem, header lang.Pos, keyword string) bool {
	b := r.blockOf(header, keyword)
	return q.Pos.Line > b.first && q.Pos.Line <= b.last
}

// opened is a keyword in the block with that header, which opens one itself.
type opened struct {
	header  lang.Pos
	keyword string
}

// block is from its opening line to its closing one; zero: there is none.
type block struct{ first, last int }

// blockOf finds the block that the keyword opens, once for all the problems that
// may be in it.
func (r *Report) blockOf(header lang.Pos, keyword string) (b block) {
	key := opened{header, keyword}
	if b, ok := r.blocks[key]; ok {
		return b
	}
	at, _, ok := outline.Find(r.sources, header, keyword)
	if line, _ := r.sources.Line(at); ok && strings.Contains(line, "{") {
		b = block{at.Line, outline.End(r.sources, at)}
	}
	if r.blocks == nil {
		r.blocks = map[opened]block{}
	}
	r.blocks[key] = b
	return b
}
