package logging

import "strings"

// wrapAt is the width at which keepalived breaks long lists, in bytes.
const wrapAt = 102

// Wrap joins head and words with blanks and breaks the result into lines of at
// most 102 bytes, later ones indented by the length of head. A word is never
// broken.
func Wrap(head string, words []string) []string {
	indent := strings.Repeat(" ", len(head))
	var lines []string
	line, n := head, 0
	for _, w := range words {
		switch {
		case n == 0:
			line += w
		case len(line)+1+len(w) <= wrapAt:
			line += " " + w
		default:
			lines = append(lines, line)
			line, n = indent+w, 0
		}
		n++
	}
	return append(lines, line)
}
