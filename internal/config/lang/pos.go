package lang

import (
	"strconv"
	"unicode/utf8"
)

// Pos is a place in a configuration file. Line and Column count from 1, Column
// in characters (runes). The zero value means "nowhere". Text that came out of a
// definition or a sequence has the place where it was used.
type Pos struct {
	File   string
	Line   int
	Column int
}

// IsValid reports whether p names a place.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String returns FILE:LINE:COLUMN, or the file alone for a place without a line.
func (p Pos) String() string {
	if !p.IsValid() {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Word is one word of a line, without its quotes.
type Word struct {
	Text   string
	Pos    Pos
	Quoted bool // it was written in double quotes
}

// Line is one logical line: text without comment, or a single brace. It and its
// Words are valid until the next call of [Lexer.Next]. Strings may share the
// memory of the whole file: clone those that are kept.
type Line struct {
	Pos   Pos    // of the first character
	Raw   string // after expansion, without blanks at its ends
	Words []Word // as [Line.Split] gives them; a brace is a word

	OpenBrace  bool // the line is "{"
	CloseBrace bool // the line is "}"

	// Unmatched says that the last word's closing quote is missing (class
	// UNMATCHED_QUOTE for every keyword but those that take a script).
	Unmatched bool
	// Reported says that the lexer has already reported an unterminated quote in
	// the physical line that this one comes from.
	Reported bool

	text text
}

// Keyword returns the first word, or "" when there is none.
func (l *Line) Keyword() string {
	if len(l.Words) == 0 {
		return ""
	}
	return l.Words[0].Text
}

// Clone returns a copy of l that stays valid.
func (l *Line) Clone() *Line {
	c := *l
	c.Words = append([]Word(nil), l.Words...)
	if l.text.org != nil {
		org := *l.text.org
		c.text.org = &org
	}
	return &c
}

// ASCII says whether all of the physical line that l comes from is ASCII.
func (l *Line) ASCII() bool { return l.text.org.ascii }

// At returns the place of the byte offset in Raw.
func (l *Line) At(offset int) Pos { return l.text.pos(offset) }

// After returns the raw text that follows word i, without leading blanks, and its place.
func (l *Line) After(i int) (string, Pos) {
	_, end := wordSpan(l.Raw, i)
	for end < len(l.Raw) && isBlank(l.Raw[end]) {
		end++
	}
	return l.Raw[end:], l.At(end)
}

// column returns the 1-based column, in characters, of a byte offset of a line.
func column(line string, offset int, ascii bool) int {
	offset = min(max(offset, 0), len(line))
	if ascii {
		return offset + 1
	}
	return utf8.RuneCountInString(line[:offset]) + 1
}
