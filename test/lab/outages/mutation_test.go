package outages

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// mutation is a file with one mistake.
type mutation struct {
	what string
	text string
}

// token is a word of a file, at text[from:to].
type token struct{ from, to int }

// tokens are the words and braces of a file, comments left out.
func tokens(text string) (out []token) {
	at := 0
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "#")
		from := -1
		for i := range len(code) + 1 {
			space := i == len(code) || strings.ContainsRune(" \t\n", rune(code[i]))
			switch {
			case space && from >= 0:
				out = append(out, token{at + from, at + i})
				from = -1
			case !space && from < 0:
				from = i
			}
		}
		at += len(line)
	}
	return out
}

// mutators make one mistake at a token; "" is no mistake that is possible there.
var mutators = []struct {
	what string
	make func(text string, t token) string
}{
	{"deleted", func(s string, t token) string { return s[:t.from] + s[t.to:] }},
	{"doubled", func(s string, t token) string { return s[:t.to] + " " + s[t.from:t.to] + s[t.to:] }},
	{"misspelt", func(s string, t token) string {
		if word := s[t.from:t.to]; len(word) < 4 || strings.ContainsAny(word[:1], "0123456789\"") {
			return ""
		}
		mid := (t.from + t.to) / 2
		return s[:mid] + s[mid+1:]
	}},
	{"glued to the next", func(s string, t token) string {
		next := strings.TrimLeft(s[t.to:], " \t\n")
		return s[:t.to] + next
	}},
	{"emptied", func(s string, t token) string {
		if !strings.ContainsAny(s[t.from:t.from+1], "0123456789\"") {
			return ""
		}
		return s[:t.from] + `""` + s[t.to:]
	}},
	{"out of range", func(s string, t token) string {
		if strings.Trim(s[t.from:t.to], "0123456789.") != "" {
			return ""
		}
		return s[:t.from] + "99999999999" + s[t.to:]
	}},
	{"brace added after", func(s string, t token) string { return s[:t.to] + " {" + s[t.to:] }},
	{"closing brace added after", func(s string, t token) string { return s[:t.to] + "\n}" + s[t.to:] }},
	{"brace dropped", func(s string, t token) string {
		if word := s[t.from:t.to]; word != "{" && word != "}" {
			return ""
		}
		return s[:t.from] + s[t.to:]
	}},
	{"file cut in the middle of", func(s string, t token) string { return s[:(t.from+t.to)/2] }},
}

// mutate returns n different files with one mistake each.
func mutate(text string, n int, seed uint64) []mutation {
	random := rand.New(rand.NewPCG(seed, 0))
	words := tokens(text)
	seen := map[string]bool{text: true}
	var out []mutation
	for len(out) < n {
		m := mutators[random.IntN(len(mutators))]
		t := words[random.IntN(len(words))]
		next := m.make(text, t)
		if next == "" || seen[next] {
			continue
		}
		seen[next] = true
		line := strings.Count(text[:t.from], "\n") + 1
		out = append(out, mutation{fmt.Sprintf("%q in line %d %s", text[t.from:t.to], line, m.what), next})
	}
	return out
}

// named are the virtual addresses that a file names where they belong. A brace
// may stand beside them without a space.
func named(text string, vips ...string) []string {
	var out []string
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '{' || r == '}' })
	for _, v := range vips {
		if slices.ContainsFunc(words, func(w string) bool { return w == v || strings.HasPrefix(w, v+"/") }) {
			out = append(out, v)
		}
	}
	return out
}
