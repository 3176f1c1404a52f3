// Package outline finds the lines of a block again in the text of a
// configuration, so that a problem of the typed configuration can point at the
// line that it comes from. It follows no includes, definitions or conditions: it
// only makes places better than that of the header.
package outline

import (
	"strings"
	"unicode/utf8"

	"keepalived/internal/config/lang"
)

// maxLines bounds the search in one block.
const maxLines = 5000

// Find returns the place and the second word of the line that the path leads to,
// such as "track_script", "chk", in the block whose header is the line of from.
// Without such a line the place is from, and ok is false. src may be nil.
func Find(src *lang.Snapshot, from lang.Pos, path ...string) (pos lang.Pos, value string, ok bool) {
	w := walk{path: path}
	scan(src, from, func(at lang.Pos, line string) bool {
		if column, v, found := w.line(line); found {
			at.Column = column
			pos, value, ok = at, v, true
		}
		return !ok && !w.over()
	})
	if !ok {
		pos = from
	}
	return pos, value, ok
}

// End returns the number of the line that closes the block whose header is the
// line of from, or of the last line that was looked at.
func End(src *lang.Snapshot, from lang.Pos) int {
	var w walk
	last := from.Line
	scan(src, from, func(at lang.Pos, line string) bool {
		last = at.Line
		w.line(line)
		return !w.over()
	})
	return last
}

// scan calls f for the lines from the header on, until it returns false.
func scan(src *lang.Snapshot, from lang.Pos, f func(at lang.Pos, line string) bool) {
	if src == nil || from.Line == 0 {
		return
	}
	for n := range maxLines {
		at := lang.Pos{File: from.File, Line: from.Line + n}
		line, ok := src.Line(at)
		if !ok || !f(at, line) {
			return
		}
	}
}

// walk is where a search is: depth counts open braces, matched the blocks on the
// path that it is in.
type walk struct {
	path    []string
	depth   int
	matched int
	entered bool
}

func (w *walk) over() bool { return w.entered && w.depth <= 0 }

// line looks at one physical line.
func (w *walk) line(line string) (column int, value string, found bool) {
	text := line
	if i := strings.IndexAny(text, "#!"); i >= 0 {
		text = text[:i]
	}
	words := strings.Fields(text)
	if w.leads(words) {
		if w.matched == len(w.path)-1 {
			return utf8.RuneCountInString(line[:strings.Index(line, words[0])]) + 1, second(words), true
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

// leads says whether the words are the next step of the path.
func (w *walk) leads(words []string) bool {
	return len(words) > 0 && w.entered && w.matched < len(w.path) && w.depth == w.matched+1 &&
		strings.Trim(words[0], `"{`) == w.path[w.matched]
}

func second(words []string) string {
	if len(words) < 2 {
		return ""
	}
	return strings.Trim(words[1], `"`)
}
