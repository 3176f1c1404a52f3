package check

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The library knows the patterns of .NET and RE2. This is what in those of PCRE
// (pcre2pattern(3)) means something else to it, or nothing but a letter.

// PCRE's classes, as they are written within brackets: octets below 256, and
// what is beyond them with the option utf.
const (
	horizontal    = `\t\x20\xA0`
	notHorizontal = `\x00-\x08\n-\x1f!-\x9f\xA1-` + lastRune
	vertical      = `\n-\r\x85` + "\u2028\u2029"
	notVertical   = `\x00-\t\x0e-\x84\x86-` + "\u2027\u202a-" + lastRune
	space         = `\t-\r\x20`
	notSpace      = `\x00-\x08\x0e-\x1f!-` + lastRune
	lastRune      = "\U0010ffff"
)

var pcreClasses = map[byte]string{
	'h': horizontal, 'H': notHorizontal, 'v': vertical, 'V': notVertical, 's': space, 'S': notSpace,
}

// atEnd is $ and \Z: at the end, or before a line feed that is the end.
const atEnd = `(?=\n?\z)`

// inlineMultiline finds an option within a pattern that gives $ another meaning.
var inlineMultiline = regexp.MustCompile(`\(\?\^?[a-zA-Z]*m`)

// translatePattern turns a pattern of PCRE into one of the library.
func translatePattern(pattern string, options []string) (string, error) {
	t := patternTranslator{in: pattern, dollar: atEnd}
	for _, name := range options {
		switch name {
		case "multiline":
			t.dollar = "$"
		case "dollar_endonly":
			if t.dollar != "$" {
				t.dollar = `\z`
			}
		}
	}
	if inlineMultiline.MatchString(pattern) {
		t.dollar = "$"
	}
	for t.in != "" {
		if err := t.next(); err != nil {
			return "", err
		}
	}
	return t.out.String(), nil
}

// patternTranslator is on its way through a pattern.
type patternTranslator struct {
	in     string // the rest
	out    strings.Builder
	dollar string
	class  bool // within brackets
}

// copy takes over so many octets.
func (t *patternTranslator) copy(n int) {
	n = min(n, len(t.in))
	t.out.WriteString(t.in[:n])
	t.in = t.in[n:]
}

// put writes something in the place of so many octets.
func (t *patternTranslator) put(n int, text string) {
	t.out.WriteString(text)
	t.in = t.in[n:]
}

func (t *patternTranslator) next() error {
	switch {
	case t.in[0] == '\\' && len(t.in) > 1:
		return t.escape(t.in[1])
	case t.class && strings.HasPrefix(t.in, "[:") && strings.Contains(t.in, ":]"):
		t.copy(strings.Index(t.in, ":]") + len(":]"))
	case t.class && t.in[0] == ']':
		t.class = false
		t.copy(1)
	case !t.class && t.in[0] == '[':
		t.openClass()
	case !t.class && t.in[0] == '$':
		t.put(1, t.dollar)
	default:
		t.copy(1)
	}
	return nil
}

// openClass takes in the beginning of a class, where a bracket is a character.
func (t *patternTranslator) openClass() {
	t.class = true
	t.copy(1)
	if strings.HasPrefix(t.in, "^") {
		t.copy(1)
	}
	if strings.HasPrefix(t.in, "]") {
		t.put(1, `\]`)
	}
}

func (t *patternTranslator) escape(letter byte) error {
	inside, known := pcreClasses[letter]
	switch {
	case known && t.class:
		t.put(2, inside)
	case known:
		t.put(2, "["+inside+"]")
	case letter == 'Q':
		_, rest, _ := strings.Cut(t.in, `\E`)
		t.copy(len(t.in) - len(rest))
	case letter == 'o' && strings.HasPrefix(t.in, `\o{`):
		return t.octal()
	case t.class:
		t.copy(2)
	case letter == 'c':
		t.copy(3)
	case letter == 'Z':
		t.put(2, atEnd)
	case letter == 'R':
		t.put(2, `(?>\r\n|[`+vertical+`])`)
	case letter == 'N' && !strings.HasPrefix(t.in, `\N{`):
		t.put(2, `[^\n]`)
	case letter == 'K':
		t.put(2, "(?:)") // moves the beginning of what matches, not whether it does
	default:
		t.copy(2)
	}
	return nil
}

// octal is \o{101}.
func (t *patternTranslator) octal() error {
	digits, _, ok := strings.Cut(t.in[len(`\o{`):], "}")
	n, err := strconv.ParseUint(digits, 8, 21)
	if !ok || err != nil {
		return fmt.Errorf("%q is no octal number", `\o{`+digits)
	}
	t.put(len(`\o{`)+len(digits)+1, fmt.Sprintf(`\x{%x}`, n))
	return nil
}
