package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"keepalived/internal/config/lang"
)

// typographic are the quotes of web pages and word processors, which are letters
// to the parser.
const typographic = "“”„‟‘’‚«»"

// pasted finds words in typographic quotes. Where such a word is no valid value
// it is an error anyway; a path or a name takes the quotes as a part of it.
func (l *linter) pasted() {
	if l.Sources == nil {
		return
	}
	for _, file := range l.Sources.Files() {
		text, _ := l.Sources.Source(file)
		n := 0
		for line := range strings.Lines(text) {
			n++
			if word, column := quotedWord(line); word != "" {
				l.add(Finding{Rule: PastedText, Value: word, Pos: lang.Pos{File: file, Line: n, Column: column}, Help: `typographic quotes: write "`,
					Text: fmt.Sprintf("the typographic quotes become a part of the value %s", word)})
			}
		}
	}
}

// quotedWord returns the first word outside of comments that begins or ends with
// a typographic quote, and its column.
func quotedWord(line string) (word string, column int) {
	if isASCII(line) {
		return "", 0
	}
	code := line
	if i := strings.IndexAny(line, "#!"); i >= 0 {
		code = line[:i]
	}
	rest := code
	for _, w := range strings.Fields(code) {
		at := strings.Index(rest, w)
		rest = rest[at:]
		bare := strings.Trim(w, `"'`)
		first, _ := utf8.DecodeRuneInString(bare)
		last, _ := utf8.DecodeLastRuneInString(bare)
		if strings.ContainsRune(typographic, first) || strings.ContainsRune(typographic, last) {
			return bare, utf8.RuneCountInString(code[:len(code)-len(rest)]) + 1
		}
		rest = rest[len(w):]
	}
	return "", 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
