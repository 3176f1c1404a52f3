package lang

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// result is what the lexer makes of an input: each line as its words, joined by
// "|", and each complaint as "LINE TEXT".
type result struct {
	lines, complaints []string
	diags             *Diagnostics
}

func lexFiles(files memFS, pattern string, opts Options) result {
	r := result{diags: &Diagnostics{}}
	x := Open(files, pattern, opts, r.diags)
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		var words []string
		for _, w := range l.Words {
			words = append(words, w.Text)
		}
		r.lines = append(r.lines, strings.Join(words, "|"))
	}
	for _, d := range r.diags.All() {
		r.complaints = append(r.complaints, fmt.Sprint(d.Pos.Line, " ", d.Text))
	}
	return r
}

func lex(input string) result {
	env := func(name string) (string, bool) { return map[string]string{"HOME": "/root"}[name], name == "HOME" }
	rand := func(lo, hi uint32) uint32 { return hi }
	return lexFiles(memFS{"dir/k.conf": input}, "dir/k.conf", Options{ConfigID: "foo", Env: env, Rand: rand})
}

// langCase is an input with the lines and complaints that it gives, both split at newlines.
type langCase struct{ name, in, lines, complaints string }

func runCases(t *testing.T, cases []langCase) {
	t.Helper()
	split := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return l == "" })
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := lex(c.in)
			if diff := cmp.Diff(split(c.lines), append([]string{}, got.lines...)); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(split(c.complaints), append([]string{}, got.complaints...)); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommentsAndQuotes(t *testing.T) {
	runCases(t, []langCase{
		{"comment anywhere", "a b#c\nd e ! f\n# g\n\n   h\n", "a|b\nd|e\nh", ""},
		{"a backslash does not protect them", `a b\#b c` + "\n", "a|b", "1 a backslash does not protect # and ! outside quotes"},
		{"nor in a definition, where it is meant", "$X=\\#\n$X a\n${X}b\n", "a\nb", ""},
		{"other escapes stay", `a\b c\\#d` + "\n", `a\b|c\\`, ""},
		{"comment characters in quotes", `a "b # c" d # e` + "\n", "a|b # c|d", ""},
		{"escape in quotes stays", `"a\#b" c` + "\n", `a\#b|c`, ""},
		{"escaped quote hides the end from the comment only", `"c\"d" # e` + "\n", `c\|d`, ""},
		{"single quotes give no protection", "a 'b # c'\n", "a|'b", ""},
		{"quote in a word begins a new word", `ab"c d"e` + "\n", "ab|c d|e", ""},
		{"empty quotes", `"" b` + "\n", "|b", ""},
		{"unterminated", `a b "c d` + "\n", "a|b", `1 Unterminated quote 'a b "c d'`},
		{"unterminated alone", `"a` + "\nb\n", "b", `1 Unterminated quote '"a'`},
		{"unmatched word the comment scan missed", `\"x` + "\n", `\`, ""},
		{"carriage return and other blanks", "a\vb\r\n\fc\td\r\n", "a|b\nc|d", ""},
		{"no newline at the end", "a b", "a|b", ""},
		{"NUL", "a\x00b c\nd\n", "d", "1 configuration appears to have embedded NULs - ignoring line"},
		{"longest line", strings.Repeat("k", 1022) + "\nb\n", strings.Repeat("k", 1022) + "\nb", ""},
		{"too long", strings.Repeat("k", 1023) + "\nb\n", "b", "1 line too long - ignoring"},
		{"a megabyte", strings.Repeat("k", 1<<20) + "\nb\n", "b", "1 line too long - ignoring"},
		{"backslash at the end joins the last word", "a b \\\nc\\ \nd \\ # x\n", "a|b\\\nc\\\nd|\\", ""},
	})
}

func TestBraces(t *testing.T) {
	runCases(t, []langCase{
		{"one line", "a { b } c\n", "a\n{\nb\n}\nc", ""},
		{"glued", "x{y}z\n", "x\n{\ny\n}\nz", ""},
		{"quoted", `a "x { y" { "b } c" }` + "\n", "a|x { y\n{\nb } c\n}", ""},
		{"escapes do not protect", "g\\{h\n}\n", "g\\\n{\nh\n}", ""},
		{"extra", "}\n", "}", "1 Extra '}' found"},
		{"missing", "a {\n b {\n", "a\n{\nb\n{", "2 There are 2 missing '}'s or extra '{'s"},
		{"condition in the rest", "a { @foo b } @bar c\n", "a\n{\nb\n}", ""},
		{"definition in the rest takes it all", "a { $X=3 b }\n}\nc ${X}\n", "a\n{\n}\nc|3|b\n}", "3 Extra '}' found"},
	})
}

func TestConditions(t *testing.T) {
	runCases(t, []langCase{
		{"match", "@foo a\n@bar b\n@FOO c\n@fo d\n", "a", ""},
		{"negated", "@^foo a\n@^bar b\n", "b", ""},
		{"nothing after the identity", "@foo\n@^bar\na\n", "a", ""},
		{"only once", "@foo @foo a\n", "@foo|a", ""},
		{"empty identity", "@ a\n@^ b\n", "b", ""},
		{"before a definition", "@foo $X=3\n@bar $X=4\na$X\n", "a3", ""},
		{"before a sequence", "@foo ~SEQ(I,2) a$I\n@bar ~SEQ(I,2) b$I\n", "a1\na2", ""},
	})
	got := lexFiles(memFS{"k": "@foo a\n@^foo b\n"}, "k", Options{})
	if want := []string{"b"}; !slices.Equal(got.lines, want) {
		t.Errorf("without identity: %q, want %q", got.lines, want)
	}
}

func TestUnread(t *testing.T) {
	var d Diagnostics
	x := Open(memFS{"k": "a b\nc\n"}, "k", Options{}, &d)
	x.Unread() // nothing to return yet
	step := func(want string) {
		t.Helper()
		if l, ok := x.Next(); ok != (want != "") || ok && l.Raw != want {
			t.Fatalf("Next = %q %t, want %q", l.Raw, ok, want)
		}
	}
	step("a b")
	x.Unread()
	step("a b")
	step("c")
	step("")
	x.Unread()
	step("")
}
