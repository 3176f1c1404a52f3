package lang

import "strings"

// SplitError is why a command cannot be split; its text is that of the C daemon.
type SplitError struct {
	Text   string
	Escape bool // nothing follows a backslash; otherwise a quote is missing
}

func (e *SplitError) Error() string { return e.Text }

func missingEscape(s string) error {
	return &SplitError{"Missing escape char at end: '" + s + "'", true}
}

func missingQuote(s string, quote byte) error {
	return &SplitError{"String '" + s + "': missing terminating " + string(quote), false}
}

// ScriptWords splits the line as keywords that take a script do: ' and " both
// quote, a part of a word too, and a backslash protects the next character but
// stays. Word 1 is the whole command for [SplitCommand], words 2 and 3 are user
// and group. The error is a [SplitError].
func (l *Line) ScriptWords() ([]Word, error) {
	var words []Word
	s := scriptScanner{s: l.Raw, keep: true}
	for {
		begin, word, ok, err := s.word()
		if err != nil || !ok {
			return words, err
		}
		words = append(words, Word{Text: word, Pos: l.At(begin), Quoted: isQuote(l.Raw[begin])})
	}
}

// SplitCommand splits a command into its arguments: ' and " quote, a backslash
// makes \a \b \E \f \n \r \t \v, \cX a control character, \x and up to two
// hexadecimal digits or up to three octal digits a byte, and anything else itself.
// The error is a [SplitError].
func SplitCommand(command string) ([]string, error) {
	var args []string
	s := scriptScanner{s: command}
	for {
		_, word, ok, err := s.word()
		if err != nil || !ok {
			return args, err
		}
		args = append(args, word)
	}
}

// scriptScanner walks over the words of a command.
type scriptScanner struct {
	s    string
	at   int
	keep bool // escapes stay as they are
}

func isQuote(c byte) bool { return c == '\'' || c == '"' }

// word returns the next word and where it begins; ok is false when there is none.
func (s *scriptScanner) word() (begin int, word string, ok bool, err error) {
	for s.at < len(s.s) && isBlank(s.s[s.at]) {
		s.at++
	}
	if begin = s.at; begin == len(s.s) {
		return begin, "", false, nil
	}
	var b strings.Builder
	quote := byte(0)
	plain := begin // where what follows the last quote or escape begins
	for ; s.at < len(s.s); s.at++ {
		switch c := s.s[s.at]; {
		case c == '\\':
			if err := s.escape(&b); err != nil {
				return begin, "", false, err
			}
			plain = s.at + 1
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && isQuote(c):
			quote, plain = c, s.at+1
		case quote == 0 && isBlank(c):
			return begin, b.String(), true, nil
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 && plain < len(s.s) { // a quote that nothing follows is closed by the end
		return begin, "", false, missingQuote(s.s, quote)
	}
	return begin, b.String(), true, nil
}

// escape takes the backslash at s.at and leaves s.at at the last byte that belongs to it.
func (s *scriptScanner) escape(b *strings.Builder) error {
	if s.at+1 >= len(s.s) {
		return missingEscape(s.s)
	}
	s.at++
	c := s.s[s.at]
	switch {
	case s.keep:
		b.WriteByte('\\')
		b.WriteByte(c)
	case c == 'c' && s.at+1 < len(s.s):
		s.at++
		b.WriteByte(s.s[s.at] & 0x1f)
	case c == 'x' && s.at+1 < len(s.s) && Digit(s.s[s.at+1]) < 16:
		s.at++
		b.WriteByte(s.number(16, 2))
	case c >= '0' && c <= '7':
		b.WriteByte(s.number(8, 3))
	default:
		b.WriteByte(plainEscape(c))
	}
	return nil
}

// plainEscape returns what a backslash and c stand for.
func plainEscape(c byte) byte {
	const from, to = "abEfnrtv", "\a\b\x1b\f\n\r\t\v"
	if i := strings.IndexByte(from, c); i >= 0 {
		return to[i]
	}
	return c
}

// number reads up to n digits from s.at on; its lowest eight bits count.
func (s *scriptScanner) number(base, n int) byte {
	v := 0
	for ; n > 0 && s.at < len(s.s) && Digit(s.s[s.at]) < base; n-- {
		v = v*base + Digit(s.s[s.at])
		s.at++
	}
	s.at--
	return byte(v)
}

// Digit returns the value of a hexadecimal digit, 99 for anything else.
func Digit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}
