package report

import (
	"strings"
	"sync"
	"unicode/utf8"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/config/outline"
)

// point gives a problem of a block as a whole, which stands at its header, the
// place of the keyword that its text is about.
func (r *Report) point(p *Problem) {
	if p.Class == lang.ClassMissingBOB && len(p.Related) > 0 {
		r.pointAtOpener(p)
		return
	}
	if !p.Bare || p.Pos.Column != 1 {
		return
	}
	header, ok := r.sources.Line(p.Pos)
	if !ok {
		return
	}
	if word := keywordIn(p.Text); word != "" {
		if at, _, ok := outline.Find(r.sources, p.Pos, word); ok {
			p.Pos = at
			return
		}
	}
	p.Pos.Column = 1 + utf8.RuneCountInString(header) - utf8.RuneCountInString(strings.TrimLeft(header, " \t"))
}

// pointAtOpener gives a missing brace the place where it should stand, the end of
// the line that opens the block. It is noticed in the first line inside.
func (r *Report) pointAtOpener(p *Problem) {
	line, ok := r.sources.Line(p.Related[0])
	if !ok {
		return
	}
	if i := strings.IndexAny(line, "#!"); i >= 0 {
		line = line[:i]
	}
	p.Pos = p.Related[0]
	p.Pos.Column = utf8.RuneCountInString(strings.TrimRight(line, " \t")) + 1
	p.Related, p.Help = nil, "put { here"
	if strings.HasSuffix(strings.TrimRight(line, " \t"), "｛") {
		p.Pos.Column, p.Help = p.Pos.Column-1, "full-width characters: write { instead of ｛"
	}
}

// shownBy says in which keyword's line a text shows, where it does not begin
// with the keyword itself.
var shownBy = []struct{ text, keyword string }{
	{"preempt delay", "preempt_delay"},
	{"initial state", "state"},
	{"State MASTER", "state"},
	{"tracked interface", "track_interface"},
	{"tracked script", "track_script"},
	{"tracked file", "track_file"},
	{"tracked process", "track_process"},
	{"tracked bfd", "track_bfd"},
	{"authentication", "authentication"},
	{"No protocol", "protocol"},
	{"advertisement interval", "advert_int"},
	{"Number of VIPs", "virtual_ipaddress"},
	{"IPv6 VIP", "virtual_ipaddress"},
	{"no VIP", "virtual_ipaddress"},
	{"unicast without any peers", "unicast_peer"},
	{"without any unicast peers", "unicast_peer"},
	{"Unicast peers", "unicast_peer"},
	{"accept mode", "accept"},
}

// keywordIn is the keyword that a message names, "" when it names none.
func keywordIn(text string) string {
	_, rest, _ := strings.Cut(text, ") ") // after the name of the instance
	if rest == "" {
		rest = text
	}
	for word := range strings.FieldsFuncSeq(rest, func(c rune) bool { return c != '_' && !('a' <= c && c <= 'z') && !('A' <= c && c <= 'Z') }) {
		if word = strings.ToLower(word); telling()[word] {
			return word
		}
	}
	for _, s := range shownBy {
		if strings.Contains(text, s.text) {
			return s.keyword
		}
	}
	return ""
}

// telling is the keywords that are no words of other texts.
var telling = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{"quorum": true, "hysteresis": true, "nopreempt": true}
	for _, k := range config.Keywords() {
		if strings.Contains(k.Name, "_") && k.Name == strings.ToLower(k.Name) {
			words[k.Name] = true
		}
	}
	return words
})

// header is the first of the places that a problem of a block names, or its own.
func (p *Problem) header() lang.Pos {
	if len(p.Related) > 0 && p.Related[0].IsValid() {
		return p.Related[0]
	}
	return p.Pos
}
