package lang

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// fuzzGenerated is how many lines inputs of the fuzzer may generate: it wants to try
// many of them, and ends one that takes ten seconds on its own. [TestBounded] has
// the bounds of everybody else.
const fuzzGenerated = 10_000

// FuzzLexer reads arbitrary text, which may include itself and another file, and
// checks what holds for every line: no panic, sane places, words out of the line.
func FuzzLexer(f *testing.F) {
	for _, seed := range []string{
		"a { b } c # d\n", `a\#b "c d" 'e`, "@foo a\n@^bar b {\n", "$A=$B\n$B=x$A\nk $A\n",
		"$M=a \\\n $M \\\n b\n$M\n", "~SEQ(I,1000000000) ~LST({A,B},{1,2},3) a${I}$A { ${B} }\n", "~SEQx(I,0x10,-1,0) x\n",
		"include k\ninclude other\nincludea {a,b}*\n", "a ${_RANDOM 1 9} ${_ENV X} ${_PWD} $_HASH\n", "\x00\xff\xfe“ { \r\n",
		"$A=}$A$A\n$A", // grows as it is read
		"~SEQ(I,1000000)~LST({B},{1,2},3)@a${I}$A {",
		"notify_master \"/a \\\"b\\\" \\x41\\101\\cA\" root\n", strings.Repeat("{", 500), strings.Repeat("k", 2000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var d, slow Diagnostics
		files, opts := memFS{"k": in, "other": in, "z": ""}, Options{ConfigID: "foo", MaxGenerated: fuzzGenerated}
		x := Open(files, "{k,z}", opts, &d)
		y := Open(files, "{k,z}", opts, &slow)
		y.slow = true
		for n := 0; n < 2_000; n++ {
			l, ok := x.Next()
			if same, more := y.Next(); more != ok || ok && !l.equal(same) {
				t.Fatalf("read the quick way %+v, %t, the slow way %+v, %t", l, ok, same, more)
			}
			if !ok {
				break
			}
			checkLine(t, l)
		}
		if !reflect.DeepEqual(d.All(), slow.All()) {
			t.Fatalf("complaints the quick way %+v, the slow way %+v", d.All(), slow.All())
		}
		for _, diag := range d.All() {
			if diag.Text == "" || diag.Pos.IsValid() && diag.Pos.Column < 1 {
				t.Errorf("complaint %+v", diag)
			}
		}
	})
}

// equal says whether two lines are the same to whoever reads them.
func (l *Line) equal(m *Line) bool {
	rest, at := l.After(0)
	other, where := m.After(0)
	return l.Pos == m.Pos && l.Raw == m.Raw && slices.Equal(l.Words, m.Words) && l.OpenBrace == m.OpenBrace && l.CloseBrace == m.CloseBrace &&
		l.Unmatched == m.Unmatched && l.Reported == m.Reported && rest == other && at == where && l.indent() == m.indent()
}

func checkLine(t *testing.T, l *Line) {
	t.Helper()
	if len(l.Words) == 0 || l.Raw != strings.Trim(l.Raw, " \t") || l.Pos.Line < 1 || l.Pos.Column < 1 {
		t.Fatalf("line %+v", l)
	}
	if (l.OpenBrace || l.CloseBrace) != (l.Raw == "{" || l.Raw == "}") {
		t.Fatalf("brace %q", l.Raw)
	}
	for i, w := range l.Words {
		if !strings.Contains(l.Raw, w.Text) || w.Pos.Line < 1 || w.Pos.Column < 1 {
			t.Fatalf("word %+v of %q", w, l.Raw)
		}
		l.After(i)
	}
	words, err := l.ScriptWords()
	if err != nil || len(words) == 0 {
		return
	}
	for _, w := range words {
		if _, err := SplitCommand(w.Text); err != nil && err.Error() == "" {
			t.Fatal("error without text")
		}
	}
}
