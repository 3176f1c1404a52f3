package check

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"

	"keepalived/internal/config"
)

// pattern is a compiled regex with the offsets between which a match may start.
type pattern struct {
	re       *regexp2.Regexp
	utf      bool
	min, max int // octets; max -1: no limit
}

// patternLimit is how long a search may take.
const patternLimit = time.Second

// patternOptions is the regex_options that have a counterpart; dollar_endonly is
// seen to by translatePattern. The others are about how PCRE works and about rare
// patterns, and have no effect.
var patternOptions = map[string]regexp2.RegexOptions{
	"caseless": regexp2.IgnoreCase, "dotall": regexp2.Singleline, "multiline": regexp2.Multiline,
	"extended": regexp2.IgnorePatternWhitespace, "no_auto_capture": regexp2.ExplicitCapture,
}

// CheckRegex says what is wrong with the pattern of a url; nil for nothing.
func CheckRegex(pattern string, options []string) error {
	_, err := compilePattern(&config.RegexCheck{Pattern: pattern, Options: options})
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

func compilePattern(r *config.RegexCheck) (*pattern, error) {
	if r == nil {
		return nil, nil
	}
	p := &pattern{min: int(min(r.MinOffset, maxSearch)), max: -1}
	if r.MaxOffset.Set {
		p.max = int(min(r.MaxOffset.V, maxSearch))
	}
	options := regexp2.RegexOptions(regexp2.RE2)
	for _, name := range r.Options {
		options |= patternOptions[name]
		p.utf = p.utf || name == "utf"
	}
	written := r.Pattern
	if !p.utf {
		written = string(octetRunes([]byte(written)))
	}
	translated, err := translatePattern(written, r.Options)
	var re *regexp2.Regexp
	if err == nil {
		re, err = regexp2.Compile(translated, options)
	}
	if err != nil {
		return nil, fmt.Errorf("compiling regex %q: %w", r.Pattern, err)
	}
	re.MatchTimeout = patternLimit
	p.re = re
	return p, nil
}

// found searches text. A search that takes too long has found nothing.
func (p *pattern) found(text []byte) bool {
	if p.min > len(text) {
		return false
	}
	subject := p.runes(text)
	start := p.min
	if p.utf {
		start = utf8.RuneCount(text[:p.min])
	}
	m, err := p.re.FindRunesMatchStartingAt(subject, start)
	if err != nil || m == nil {
		return false
	}
	return p.max < 0 || p.octets(subject, m.RuneIndex) <= p.max
}

// runes is the text as the library wants it: without utf each octet is a
// character.
func (p *pattern) runes(text []byte) []rune {
	if p.utf {
		return []rune(string(text))
	}
	return octetRunes(text)
}

// octetRunes makes each octet a character.
func octetRunes(text []byte) []rune {
	out := make([]rune, len(text))
	for i, b := range text {
		out[i] = rune(b)
	}
	return out
}

func (p *pattern) octets(subject []rune, index int) int {
	if p.utf {
		return len(string(subject[:index]))
	}
	return index
}
