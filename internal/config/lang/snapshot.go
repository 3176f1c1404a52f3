package lang

import (
	"maps"
	"slices"
	"strings"
)

// Snapshot is the text of every file as it was read, once: what was validated is
// what is used, and a complaint can show the line that it is about.
type Snapshot struct {
	files    map[string]string
	includes map[string]Pos
	index    map[string][]int // where the lines of a file begin, made when asked for
}

func newSnapshot() *Snapshot {
	return &Snapshot{files: map[string]string{}, includes: map[string]Pos{}, index: map[string][]int{}}
}

// Files returns the names of all files read, sorted.
func (s *Snapshot) Files() []string { return slices.Sorted(maps.Keys(s.files)) }

// Source returns the text of a file.
func (s *Snapshot) Source(file string) (string, bool) {
	text, ok := s.files[file]
	return text, ok
}

// Line returns the physical line that p is in, without its end.
func (s *Snapshot) Line(p Pos) (string, bool) {
	text, ok := s.files[p.File]
	starts := s.starts(p.File, text)
	if !ok || p.Line < 1 || p.Line > len(starts) {
		return "", false
	}
	line := text[starts[p.Line-1]:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	return strings.TrimRight(line, "\r"), true
}

func (s *Snapshot) starts(file, text string) []int {
	if at, ok := s.index[file]; ok {
		return at
	}
	at := []int{0}
	for i := 0; i < len(text); i++ {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		i += n
		at = append(at, i+1)
	}
	s.index[file] = at
	return at
}

// IncludeChain returns the places of the include lines that led to file, the
// nearest first; a file included more than once has the chain of its first use.
func (s *Snapshot) IncludeChain(file string) []Pos {
	var chain []Pos
	for {
		p, ok := s.includes[file]
		if !ok {
			return chain
		}
		chain = append(chain, p)
		file = p.File
	}
}

// add keeps the text of a file; from is the include line, if there is one.
func (s *Snapshot) add(file, text string, from Pos) {
	s.files[file] = text
	if from.IsValid() {
		s.includes[file] = from
	}
}
