package ldirectord

import "strings"

// line is a directive as it stands in the file.
type line struct {
	number     int
	indented   bool
	key, value string
}

// lines splits a file into directives. What is no directive is noted.
func lines(text string, n *notes) (found []line) {
	number := 0
	for raw := range strings.Lines(text) {
		number++
		text := strings.TrimRight(stripComment(raw), " \t\r\n\f\v")
		body := strings.TrimLeft(text, " \t")
		if body == "" {
			continue
		}
		key, value, ok := strings.Cut(body, "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" || strings.ContainsAny(key, " \t") {
			n.lost(number, "not a directive of ldirectord: %s", short(body))
			continue
		}
		found = append(found, line{number, len(body) < len(text), key, value})
	}
	for i := range found {
		found[i].value = straighten(&found[i], n)
	}
	return found
}

// stripComment removes what follows a # outside quotes.
func stripComment(s string) string {
	quoted := false
	for i, c := range s {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '#' && !quoted && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			return s[:i]
		}
	}
	return s
}

// straighten replaces quotes that a word processor has bent.
func straighten(l *line, n *notes) string {
	value := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", `'`, "’", `'`).Replace(strings.TrimSpace(l.value))
	if value != strings.TrimSpace(l.value) {
		n.mention(l.number, "curly quotes, taken as straight ones")
	}
	return value
}

// unquote removes the quotes around a value.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// short is a text that fits into a message or a comment.
func short(s string) string {
	const most = 60
	s = strings.Map(printable, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// printable replaces control characters.
func printable(c rune) rune {
	if c < ' ' || c == 0x7f {
		return '?'
	}
	return c
}
