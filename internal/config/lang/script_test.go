package lang

import (
	"errors"
	"strings"
	"testing"
)

func scriptLine(t *testing.T, in string) *Line {
	t.Helper()
	x := Open(memFS{"k": in + "\n"}, "k", Options{}, &Diagnostics{})
	l, ok := x.Next()
	if !ok {
		t.Fatalf("%q gives no line", in)
	}
	return l
}

func TestScriptWords(t *testing.T) {
	for in, want := range map[string]string{
		`script /a b c`:             `script|/a|b|c`,
		`script "/a b" root`:        `script|/a b|root`,
		`script '/a b' root grp`:    `script|/a b|root|grp`,
		`script "/a'b c' d"`:        `script|/a'b c' d`,
		`script '/a "b c" d'`:       `script|/a "b c" d`,
		`script "/a"'b c'`:          `script|/ab c`,
		`script /a'b c'd e`:         `script|/ab cd|e`,
		`script "/a\"b\" c" d`:      `script|/a\"b\" c|d`,
		`script /a\ b c`:            `script|/a\ b|c`,
		`script ''/a`:               `script|/a`,
		`script ""`:                 `script|`,
		`script /a\'b c`:            `script|/a\'b|c`,
		`script "/a\x41\101 \cA" x`: `script|/a\x41\101 \cA|x`,
	} {
		words, err := scriptLine(t, in).ScriptWords()
		var got []string
		for _, w := range words {
			got = append(got, w.Text)
		}
		if s := strings.Join(got, "|"); s != want || err != nil {
			t.Errorf("%s\n got %s (%v)\nwant %s", in, s, err, want)
		}
	}
}

func TestScriptWordPlaces(t *testing.T) {
	words, _ := scriptLine(t, `  script  "/a b"  root`).ScriptWords()
	for i, want := range []Word{
		{"script", Pos{"k", 1, 3}, false}, {"/a b", Pos{"k", 1, 11}, true}, {"root", Pos{"k", 1, 19}, false},
	} {
		if words[i] != want {
			t.Errorf("word %d is %+v, want %+v", i, words[i], want)
		}
	}
}

func TestSplitCommand(t *testing.T) {
	for in, want := range map[string]string{
		`/a b  c`:            `/a|b|c`,
		`/a 'b c' "d e"`:     `/a|b c|d e`,
		`/a'b c'd e`:         `/ab cd|e`,
		`/a\ b`:              `/a b`,
		`/a \"b\" \'`:        `/a|"b"|'`,
		`\a\b\E\f\n\r\t\v`:   "\a\b\x1b\f\n\r\t\v",
		`\e\q\\`:             `eq\`,
		`\cA\c[`:             "\x01\x1b",
		`\x41 \x4 \x414 \x`:  "A|\x04|A4|x",
		`\101 \7 \18 \01234`: "A|\x07|\x018|\n34",
		`\400\777`:           "\x00\xff",
		`"a\nb" 'a\nb'`:      "a\nb|a\nb",
		`""`:                 ``,
		``:                   ``,
	} {
		args, err := SplitCommand(in)
		if got := strings.Join(args, "|"); got != want || err != nil {
			t.Errorf("%s\n got %q (%v)\nwant %q", in, got, err, want)
		}
	}
}

func TestSplitErrors(t *testing.T) {
	for in, want := range map[string]string{
		`/a 'b c`: "String '/a 'b c': missing terminating '",
		`/a "b c`: `String '/a "b c': missing terminating "`,
		`/a \`:    "Missing escape char at end: '/a \\'",
	} {
		args, err := SplitCommand(in)
		var split *SplitError
		if !errors.As(err, &split) || split.Text != want || len(args) != 1 {
			t.Errorf("%s: %q, error %v, want %s", in, args, err, want)
		}
	}
	_, err := scriptLine(t, `script '/a b`).ScriptWords()
	if err == nil || err.Error() != "String 'script '/a b': missing terminating '" {
		t.Errorf("error %v", err)
	}
}
