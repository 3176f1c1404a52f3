package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// excerptWidth is how many characters of a line are shown, and maxText how many
// bytes of a message: a file may consist of one line.
const (
	excerptWidth = 160
	maxText      = 2000
)

// excerpt returns what is shown of a line and the blanks before the caret under
// the 1-based column. A tab stays one, so that the caret is right whatever the
// width of tabs.
func excerpt(line string, column int) (text, indent string) {
	before := max(column-1, 0)
	start := 0
	if cut := before - excerptWidth*3/4; cut > 0 {
		start = skipRunes(line, cut)
		before -= cut
	}
	rest := line[start:]
	end := skipRunes(rest, excerptWidth)
	text = rest[:end]
	var pad strings.Builder
	if start > 0 {
		pad.WriteString("   ")
	}
	for _, c := range text[:skipRunes(text, before)] {
		pad.WriteString(blankFor(c))
	}
	text = clean(text)
	if start > 0 {
		text = "..." + text
	}
	if end < len(rest) {
		text += "..."
	}
	return text, pad.String()
}

// skipRunes is the offset of character n, or the length of a shorter text.
func skipRunes(s string, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}

// blankFor is as wide as c in a terminal.
func blankFor(c rune) string {
	switch {
	case c == '\t':
		return "\t"
	case isWide(c):
		return "  "
	case unicode.In(c, unicode.Mn, unicode.Me):
		return ""
	}
	return " "
}

// isWide covers the scripts that terminals show in two cells.
func isWide(c rune) bool {
	return c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 ||
		c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff01 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1faff
}

// clean replaces what a terminal would act on, character by character.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c != '\t' && (unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp)) || c == utf8.RuneError {
			return '?'
		}
		return c
	}, s)
}

// printable is text for one line of output.
func printable(s string) string {
	if len(s) > maxText {
		s = s[:skipRunes(s, maxText)] + "..."
	}
	return clean(s)
}
