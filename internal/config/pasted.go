package config

import (
	"strings"

	"keepalived/internal/config/lang"
)

// takenAsIs begins what is said of a value that looks pasted and is valid.
const takenAsIs = "the value is taken as it is written: "

// PastedValue returns the value that a lint of this package is about because it
// looks pasted, "" when d is something else.
func PastedValue(d lang.Diagnostic) string {
	if value, ok := strings.CutPrefix(d.Text, takenAsIs); ok && d.Severity == lang.Lint {
		return value
	}
	return ""
}

// lookPasted warns of values, from word i on, that come from a manual or a web
// page and that nobody complained of: any text is valid there.
func (d *decoder) lookPasted(s stmt, i int) {
	if d.opts.pass != 0 {
		return
	}
	ascii := s.ASCII()
	for ; i < s.n(); i++ {
		word := s.Words[i].Text
		if help := pastedValue(word, ascii); help != "" {
			d.diags.Lintf(s.Words[i].Pos, help, "%s%s", takenAsIs, word)
			return
		}
	}
}

// pastedValue is the advice for a valid value that looks pasted, or "". It is
// asked of every value, so most are told by their first byte.
func pastedValue(word string, ascii bool) string {
	if word == "" {
		return ""
	}
	switch c := word[0]; {
	case c == '<' && isPlaceholder(word), c == 'X' && strings.Trim(word, "X.:/") == "" && len(word) > 2, word == "...", word == "[...]":
		return pastedText(word)
	case c == '$' && isReference(word):
		return valueAdvice(word)
	case !ascii && (strings.ContainsFunc(word, fullWidth) || word == "…"):
		return pastedText(word)
	}
	return ""
}

// isPlaceholder recognises <NAME> and the like.
func isPlaceholder(word string) bool {
	inner, ok := strings.CutSuffix(word[1:], ">")
	return ok && inner != "" && !strings.ContainsAny(inner, `<>="'/@`)
}

// isReference recognises $NAME and $NAME/$NAME, of which neither is defined.
func isReference(word string) bool {
	for part := range strings.SplitSeq(word, "/") {
		name, ok := strings.CutPrefix(part, "$")
		if !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			return false
		}
	}
	return true
}
