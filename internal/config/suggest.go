package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxEdits is how far a misspelt word may be from the one that is suggested.
const maxEdits = 2

// obsolete are words of older releases, with what to do about them.
var obsolete = map[string]string{
	"nat_mask":                  "obsolete: delete the line",
	"lvs_sync_daemon_inteface":  "write lvs_sync_daemon in global_defs instead",
	"lvs_sync_daemon_interface": "write lvs_sync_daemon in global_defs",
	"lvs_sched":                 "write lb_algo",
	"lvs_method":                "write lb_kind",
	"nb_get_retry":              "write retry",
}

// adviceFor says what to write instead of an unknown word, or "".
func adviceFor(b *block, s stmt) string {
	word := s.arg(0)
	if text := pastedBlanks(word); text != "" {
		return text
	}
	for _, joined := range []string{word + "_" + s.arg(1), word + s.arg(1)} {
		if s.n() > 1 && b.keywords[joined] != nil {
			return "write " + joined
		}
	}
	if near := nearest(b, word); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	if text, ok := obsolete[word]; ok {
		return text
	}
	if strings.Contains(word, "|") {
		return valueAdvice(word)
	}
	if glued := gluedKeyword(b, word); glued != "" {
		return fmt.Sprintf("put a space after %s: %s %s", glued, glued, word[len(glued):])
	}
	if where := otherHomes(b, word); where != "" {
		return fmt.Sprintf("%s belongs to %s", word, where)
	}
	for i := range s.n() {
		if text := valueAdvice(s.arg(i)); text != "" {
			return text
		}
	}
	if b.name == inGroup && s.n() == 1 {
		return "members stand in a block of their own: group { " + word + " }"
	}
	return ""
}

// pastedBlanks recognises blanks of web pages, which look like spaces and are
// letters to the parser.
func pastedBlanks(word string) string {
	if strings.ContainsFunc(word, func(r rune) bool {
		return r == 0xa0 || r >= 0x2000 && r <= 0x200f || r == 0x202f || r == 0x3000 || r == 0xfeff
	}) {
		return "there are blanks of a web page in the line (such as U+00A0): write ordinary spaces"
	}
	return ""
}

// isTopLevel says whether a word begins a block that can only stand outside of
// all others.
func isTopLevel(word string) bool {
	k := blocks[Root].keywords[word]
	return k != nil && (k.opens != "" || k.entry != nil) && len(homes[word]) == 1
}

// gluedKeyword finds the keyword that another word sticks to, as in
// `vrrp_instanceVI_1` or `script"/x"`.
func gluedKeyword(b *block, word string) string {
	best := ""
	for name := range b.keywords {
		if len(name) > len(best) && len(name) >= 4 && len(name) < len(word) && strings.HasPrefix(word, name) {
			best = name
		}
	}
	return best
}

func otherHomes(b *block, word string) string {
	var names []string
	for _, home := range homes[word] {
		if home != b.name && !slices.Contains(names, blocks[home].label()) {
			names = append(names, blocks[home].label())
		}
	}
	slices.Sort(names)
	if len(names) > maxHomes {
		names = append(names[:maxHomes], "other blocks")
	}
	return strings.Join(names, " or ")
}

// maxHomes is how many blocks are named that a word belongs to.
const maxHomes = 3

// advice says what to write instead of a value that cannot be used: what is
// known of pasted text, otherwise what the keyword takes.
func (d *decoder) advice(value string) string {
	if text := valueAdvice(value); text != "" || d.row == nil || d.row.Args == "" {
		return text
	}
	k := d.row
	text := "write " + k.Name + " " + k.Args
	if k.Range != "" {
		text += ", range " + k.Limits()
	}
	switch {
	case value == "0" && strings.HasPrefix(k.Default, "off"):
		text = "leave the line out: that is off"
	case k.Default != "" && k.Default != "required" && k.Default != "none":
		text += "; without the line: " + k.Default
	}
	return text
}

// pastedText recognises what comes from a manual or a web page.
func pastedText(word string) string {
	switch {
	case strings.HasPrefix(word, "<") && strings.HasSuffix(word, ">"):
		return "a placeholder: put the real value here, without < and >"
	case strings.Contains(word, "XXX"):
		return "a placeholder: put the real value here"
	case strings.HasPrefix(word, "```"):
		return "text around the configuration: delete the line"
	case word == "..." || word == "[...]" || word == "…":
		return "an ellipsis: delete the line"
	case strings.ContainsAny(word, "“”‘’„«»"):
		return `typographic quotes: write "`
	case strings.ContainsFunc(word, fullWidth):
		return "full-width characters: write the ASCII ones"
	case word == `\`:
		return "lines are not continued: delete the backslash"
	}
	return ""
}

// valueAdvice is the help for a value that looks pasted, or "".
func valueAdvice(value string) string {
	if strings.Contains(value, "|") && !strings.HasPrefix(value, "|") {
		return fmt.Sprintf("choose one of %s", strings.ReplaceAll(value, "|", ", "))
	}
	if strings.HasPrefix(value, "$") {
		return fmt.Sprintf("%s is not defined, or needs braces: ${NAME}", value)
	}
	if text := pastedBlanks(value); text != "" {
		return text
	}
	return pastedText(value)
}

func fullWidth(r rune) bool { return r >= 0xff01 && r <= 0xff5e || r == 0x3000 }

// nearest is the keyword of the block within maxEdits of the word, "" when
// there is none or the word is too short to tell.
func nearest(b *block, word string) string {
	best, edits := "", maxEdits+1
	for name := range b.keywords {
		n := distance(word, name, edits+1)
		if n < edits || n == edits && name < best {
			best, edits = name, n
		}
	}
	if edits > maxEdits || edits*2 >= utf8.RuneCountInString(word) {
		return ""
	}
	return best
}

// Distance is the Damerau-Levenshtein distance of two words, as suggestions use
// it.
func Distance(a, b string) int { return distance(a, b, len(a)+len(b)+1) }

// distance is the Damerau-Levenshtein distance (adjacent letters may be
// swapped), or limit when it is not below limit.
func distance(a, b string, limit int) int {
	if diff := len(a) - len(b); diff >= limit || -diff >= limit || len(a) > 64 {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

func cost(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}

// NearestKeyword is the keyword of any block that the word was probably meant to
// be, "" when there is none.
func NearestKeyword(word string) string {
	all := &block{keywords: map[string]*Keyword{}}
	for _, b := range blocks {
		for name, k := range b.keywords {
			all.keywords[name] = k
		}
	}
	return nearest(all, word)
}
