package lang

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// places returns every word as "WORD@FILE:LINE:COLUMN".
func places(files memFS, start string) []string {
	var got []string
	x := Open(files, start, Options{ConfigID: "foo"}, &Diagnostics{})
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		for _, w := range l.Words {
			got = append(got, fmt.Sprint(w.Text, "@", w.Pos))
		}
	}
	return got
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "a bc\n\n  d \"e f\" g\n", "a@k:1:1 bc@k:1:3 d@k:3:3 e f@k:3:5 g@k:3:11"},
		{"braces", "a { b } c\n", "a@k:1:1 {@k:1:3 b@k:1:5 }@k:1:7 c@k:1:9"},
		{"characters, not bytes", "ä “ö { ü\n", "ä@k:1:1 “ö@k:1:3 {@k:1:6 ü@k:1:8"},
		{"condition", "@foo a b\n", "a@k:1:6 b@k:1:8"},
		{"definition points at its use", "$X=p q\na ${X}z { b $X } c\n", "a@k:2:1 p@k:2:3 qz@k:2:3 {@k:2:9 b@k:2:11 p@k:2:13 q@k:2:13 }@k:2:16 c@k:2:18"},
		{"nested definitions", "$X=p $Y q\n$Y=r s\na $X b\n", "a@k:3:1 p@k:3:3 r@k:3:3 s@k:3:3 q@k:3:3 b@k:3:6"},
		{"a comment that appears by substitution", "$X=p\na${_HASH}b $X c e\n", "a@k:2:1"},
		{"multi-line", "$M=a b \\\n c d\nx $M\n", "x@k:3:1 a@k:3:3 b@k:3:3 c@k:3:3 d@k:3:3"},
		{"sequence", "\n~SEQ(I,2) a$I b { c }\n", "a1@k:2:11 b@k:2:15 {@k:2:17 c@k:2:19 }@k:2:21 a2@k:2:11 b@k:2:15 {@k:2:17 c@k:2:19 }@k:2:21"},
		{"joined backslash", "a   \\\n", `a\@k:1:1`},
		{"include", "x\ninclude d/i\ny\n", "x@k:1:1 i@d/i:2:2 y@k:3:1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(places(memFS{"k": c.in, "d/i": "\n i\n"}, "k"), " ")
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAfter(t *testing.T) {
	x := Open(memFS{"k": `  kw  "a b"   c  d ` + "\n"}, "k", Options{}, &Diagnostics{})
	l, _ := x.Next()
	for i, want := range []struct {
		text   string
		column int
	}{{`"a b"   c  d`, 7}, {"c  d", 15}, {"d", 18}, {"", 19}, {"", 19}} {
		if text, pos := l.After(i); text != want.text || pos.Column != want.column {
			t.Errorf("After(%d) = %q at %v, want %q at %d", i, text, pos, want.text, want.column)
		}
	}
}

func TestClone(t *testing.T) {
	x := Open(memFS{"k": "a b\nc d e\n"}, "k", Options{}, &Diagnostics{})
	l, _ := x.Next()
	kept := l.Clone()
	x.Next()
	if kept.Raw != "a b" || len(kept.Words) != 2 || kept.Words[1].Text != "b" || kept.At(2) != (Pos{"k", 1, 3}) {
		t.Errorf("clone changed: %+v at %v", kept, kept.At(2))
	}
}

// The line that opened the block that lacks its end is named, as far as the
// indentation tells.
func TestUnclosedBrace(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"the only one", "a {\n b\n", "k:1:3"},
		{"the inner one by its indentation", "a {\n  b {\n    c\n}\n\nd {\n  e\n}\n", "k:2:5"},
		{"brace on its own line", "a\n{\n  b\n  {\n    c\n}\nd {\n}\n", "k:4:3"},
		{"no indentation", "a {\nb {\nc\n}\n", "k:1:3"},
		{"outer one at the end", "a {\n  b {\n  }\n", "k:1:3"},
		{"in an included file", "a {\ninclude i\n}\n", "k:1:3"},
	} {
		var d Diagnostics
		x := Open(memFS{"k": c.in, "i": "b {\n"}, "k", Options{}, &d)
		for _, ok := x.Next(); ok; _, ok = x.Next() {
		}
		if len(d.All()) != 1 || d.All()[0].Pos.String() != c.want || d.All()[0].Class != ClassMissingEOB {
			t.Errorf("%s: got %+v, want at %s", c.name, d.All(), c.want)
		}
	}
}

func TestSnapshot(t *testing.T) {
	files := memFS{"k": "one\r\ninclude i\nthree", "i": "a\ninclude j\n", "j": "b\n"}
	x := Open(files, "k", Options{}, &Diagnostics{})
	for _, ok := x.Next(); ok; _, ok = x.Next() {
	}
	s := x.Snapshot()
	if diff := cmp.Diff([]string{"i", "j", "k"}, s.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Pos{{"i", 2, 9}, {"k", 2, 9}}, s.IncludeChain("j")); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		pos  Pos
		want string
		ok   bool
	}{
		{Pos{"k", 1, 1}, "one", true}, {Pos{"k", 3, 2}, "three", true}, {Pos{"k", 4, 1}, "", false},
		{Pos{"j", 1, 1}, "b", true}, {Pos{"j", 2, 1}, "", true}, {Pos{"x", 1, 1}, "", false}, {Pos{"k", 0, 0}, "", false},
	} {
		if got, ok := s.Line(c.pos); got != c.want || ok != c.ok {
			t.Errorf("Line(%v) = %q %t, want %q %t", c.pos, got, ok, c.want, c.ok)
		}
	}
	if text, ok := s.Source("j"); !ok || text != "b\n" {
		t.Errorf("Source(j) = %q %t", text, ok)
	}
}
