package lang

import (
	"path"
	"slices"
	"strings"
)

// Bounds of a pattern: how many alternatives its braces make, how many files it matches.
const (
	maxAlternatives = 1000
	maxMatches      = 10_000
)

// entriesPerLine is how many directory entries cost as much as a generated line.
const entriesPerLine = 16

// glob looks up names the way that glob(3) does with GLOB_BRACE and GLOB_NOMAGIC:
// every alternative in braces for itself, matches sorted, a name without
// wildcards as it is.
type glob struct {
	fsys  FS
	dir   string // what relative names are relative to
	names []string

	dirs   map[string][]string // the entries of directories, read once
	looked int                 // how many entries were compared

	alternatives int // looked up so far
}

// path returns name as the FS takes it.
func (g *glob) path(name string) string {
	if path.IsAbs(name) || g.dir == "" || g.dir == "." {
		return name
	}
	return g.dir + "/" + name
}

// expand adds the names that pattern leads to; false when there are too many.
func (g *glob) expand(pattern string) bool {
	alternatives, ok := expandBraces(pattern)
	if !ok {
		return false
	}
	for _, alternative := range alternatives {
		g.alternatives++
		g.names = append(g.names, g.alternative(alternative)...)
		if len(g.names) > maxMatches {
			return false
		}
	}
	return true
}

func (g *glob) alternative(pattern string) []string {
	if !hasWildcard(pattern) {
		return []string{unescape(pattern)}
	}
	dir, _ := path.Split(pattern)
	if dir != "" && !hasWildcard(dir) {
		if mode, err := g.fsys.Stat(g.path(unescape(dir))); err != nil || !mode.IsDir() {
			return []string{pattern}
		}
	}
	return g.match(pattern)
}

// match returns the existing names that pattern matches, sorted.
func (g *glob) match(pattern string) []string {
	dir, base := path.Split(pattern)
	dirs := []string{unescape(dir)}
	if hasWildcard(dir) {
		dirs = g.match(strings.TrimRight(dir, "/"))
		for i := range dirs {
			dirs[i] += "/"
		}
	}
	var names []string
	for _, d := range dirs {
		names = append(names, g.matchIn(d, base)...)
		if len(names) > maxMatches {
			break
		}
	}
	return names
}

// matchIn returns the names in the directory dir, which ends in a slash or is
// empty, that the pattern matches.
func (g *glob) matchIn(dir, pattern string) []string {
	if !hasWildcard(pattern) {
		name := dir + unescape(pattern)
		if _, err := g.fsys.Stat(g.path(name)); err != nil {
			return nil
		}
		return []string{name}
	}
	where := g.path(dir)
	if where == "" {
		where = "."
	}
	var names []string
	for _, e := range g.entries(where) {
		if (e[0] != '.' || pattern[0] == '.') && matchName(pattern, e) {
			names = append(names, dir+e)
		}
	}
	return names
}

// entries returns the sorted names in a directory, none if it cannot be read.
func (g *glob) entries(dir string) []string {
	names, ok := g.dirs[dir]
	if !ok {
		var err error
		if names, err = g.fsys.ReadDir(dir); err != nil {
			names = nil
		}
		slices.Sort(names)
		g.dirs[dir] = names
	}
	g.looked += len(names)
	return names
}

func matchName(pattern, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "[!", "[^"), name)
	if err != nil {
		return pattern == name
	}
	return ok
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?[") }

// unescape removes the backslashes that protect characters of a name.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// expandBraces turns a{b,c}d into abd and acd, nested braces too; false when
// there are too many. A brace without its partner is an ordinary character.
func expandBraces(pattern string) ([]string, bool) {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 {
		if len(done)+len(todo) > maxAlternatives {
			return nil, false
		}
		p := todo[0]
		todo = todo[1:]
		begin, parts, end := braceParts(p)
		if parts == nil {
			done = append(done, p)
			continue
		}
		var next []string
		for _, part := range parts {
			next = append(next, p[:begin]+part+p[end:])
		}
		todo = append(next, todo...)
	}
	return done, true
}

// braceParts finds the first brace that has its partner and returns what stands
// between its commas.
func braceParts(p string) (begin int, parts []string, end int) {
	for begin = 0; begin < len(p); begin++ {
		if p[begin] != '{' {
			continue
		}
		depth, from := 0, begin+1
		for i := begin; i < len(p); i++ {
			switch {
			case p[i] == '{':
				depth++
			case p[i] == ',' && depth == 1:
				parts = append(parts, p[from:i])
				from = i + 1
			case p[i] == '}':
				if depth--; depth == 0 {
					return begin, append(parts, p[from:i]), i + 1
				}
			}
		}
		parts = nil
	}
	return 0, nil, 0
}
