package lint

import (
	"strings"
	"unicode/utf8"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

// locator finds keywords again in the text of a block. It follows no includes,
// definitions or conditions: it only makes places better than the header's.
type locator struct{ sources *lang.Snapshot }

// maxLines bounds the search in one block.
const maxLines = 20_000

// find returns the place and the second word of the line that the path leads
// to, such as "track_script", "chk". Without such a line the place is the
// header's, and ok is false.
func (t locator) find(o config.Origin, path ...string) (pos lang.Pos, value string, ok bool) {
	header := lang.Pos{File: o.File, Line: o.Line, Column: 1}
	if t.sources == nil || o.Line == 0 {
		return header, "", false
	}
	w := walk{path: path}
	for n := range maxLines {
		at := lang.Pos{File: o.File, Line: o.Line + n}
		line, more := t.sources.Line(at)
		if !more || w.over() {
			break
		}
		if column, value, found := w.line(line); found {
			at.Column = column
			return at, value, true
		}
	}
	return header, "", false
}

// walk is where a search is: depth counts open braces, matched those whose
// keyword is on the path, the block's own header included.
type walk struct {
	path    []string
	depth   int
	matched int
	entered bool
}

func (w *walk) over() bool { return w.entered && w.depth == 0 }

// line looks at one physical line.
func (w *walk) line(line string) (column int, value string, found bool) {
	text := line
	if i := strings.IndexAny(text, "#!"); i >= 0 {
		text = text[:i]
	}
	words := strings.Fields(text)
	if len(words) > 0 && w.entered && w.depth == w.matched+1 && strings.Trim(words[0], `"{`) == w.path[w.matched] {
		if w.matched == len(w.path)-1 {
			return utf8.RuneCountInString(line[:strings.Index(line, words[0])]) + 1, secondWord(words), true
		}
		w.matched++
	}
	for _, c := range text {
		switch c {
		case '{':
			w.depth++
			w.entered = true
		case '}':
			w.depth--
			w.matched = min(w.matched, max(w.depth-1, 0))
		}
	}
	return 0, "", false
}

func secondWord(words []string) string {
	if len(words) < 2 {
		return ""
	}
	return strings.Trim(words[1], `"`)
}
