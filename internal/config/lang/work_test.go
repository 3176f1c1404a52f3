package lang

import (
	"fmt"
	"strings"
	"testing"
)

// TestLinear reads texts of growing size and counts what is looked at: twice the
// text may cost twice as much, not more.
func TestLinear(t *testing.T) {
	const most = 20 // times the bytes of the text
	for _, c := range []struct {
		name string
		text func(n int) string
	}{
		{"words", func(n int) string { return strings.Repeat("interface eth0\n", n) }},
		{"blocks", func(n int) string { return strings.Repeat("a {\n b\n}\n", n) }},
		{"open braces", func(n int) string { return strings.Repeat("{", n) }},
		{"closing braces", func(n int) string { return strings.Repeat("}", n) }},
		{"a line of megabytes", func(n int) string { return strings.Repeat("x", 100*n) }},
		{"many braces on a line", func(n int) string { return strings.Repeat(strings.Repeat("{}", 400)+"\n", n/400) }},
		{"comments", func(n int) string { return strings.Repeat("a # b\n", n) }},
		{"quotes", func(n int) string { return strings.Repeat(`a "b c" "d`+"\n", n) }},
		{"NULs", func(n int) string { return strings.Repeat("a\x00b\n", n) }},
		{"binary", func(n int) string { return strings.Repeat("\xff\xfe\x80{\x01\n", n) }},
		{"definitions", func(n int) string { return "$A=b\n" + strings.Repeat("k $A\n", n) }},
		{"definitions of their own", func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "$A%d=b\nk $A%d\n", i, i)
			}
			return b.String()
		}},
		{"includes of a missing file", func(n int) string { return strings.Repeat("include nosuch\n", n) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{1000, 2000, 4000, 8000} {
				text := c.text(n)
				if work := workOf(text); work > most*len(text) {
					t.Errorf("%d bytes cost %d, more than %d for each", len(text), work, most)
				}
			}
		})
	}
}

// TestBounded reads texts that generate lines, or more text, without end. Each
// ends after a bounded number of steps, is complained of once, and names what
// generates too much.
func TestBounded(t *testing.T) {
	manyBraces := strings.Repeat("{}", 400)
	for _, c := range []struct{ name, text, complaint string }{
		{"a sequence of a billion", "~SEQ(I,1,1000000000) x\n", "1:22 ~SEQ(I) generates more than 1000000 lines"},
		{"sequences in sequences", "~SEQ(I,1,1000000000) ~SEQ(J,1,1000000000) ~SEQ(K,1,1000000000) x$I\n", "~SEQ(K) generates "},
		{"a list in a sequence", "~SEQ(I,1,1000000000) ~LST(J,a,b) x$I\n", "~SEQ(I) generates "},
		{"a wrong list in a sequence", "~SEQ(I,1000000)~LST({B},{1,2},3)@a${I}$A {\n", "~SEQ(I) generates too much text"},
		{"a sequence of lines with many braces", "~SEQ(I,1,1000000000) " + manyBraces + "\n", "~SEQ(I) generates too much text"},
		{"a definition of itself", "$A=$A\nk $A\n", ""},
		{"a definition of itself in a sequence", "$A=$A\n~SEQ(I,1,1000000000) k $A\n", "~SEQ(I) generates too much text"},
		{"definitions of each other", "$A=$B $B\n$B=$A $A\nk $A\n", ""},
		{"a definition of itself, used often", "$A=$A\n" + strings.Repeat("k $A\n", 10000), "$A generates too much text"},
		{"a definition that grows before a brace", "$A=}$A$A\n$A\n", ""},
		{"a file that includes itself", "include k\n", ""},
		{"a file that includes itself in a sequence", "~SEQ(I,1,1000000000) include k\n", "~SEQ(I) generates "},
		{"a missing file in a sequence", "~SEQ(I,1,1000000000) include nosuch$I\n", "~SEQ(I) generates "},
		{"a definition of many lines in itself", "$M=a \\\n$M\n$M\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Diagnostics
			x := Open(memFS{"k": c.text}, "k", Options{}, &d)
			for _, ok := x.Next(); ok; _, ok = x.Next() {
			}
			if limit := workPerStep * (len(c.text) + defaultGenerated*stepsPerLine); x.Work() > limit {
				t.Errorf("looks at %d bytes, more than %d", x.Work(), limit)
			}
			var said []string
			for _, diag := range d.All() {
				if text := fmt.Sprintf("%d:%d %s", diag.Pos.Line, diag.Pos.Column, diag.Text); strings.Contains(text, " generates ") {
					said = append(said, text)
				}
			}
			if c.complaint == "" && len(said) > 0 || c.complaint != "" && (len(said) != 1 || !strings.Contains(said[0], c.complaint)) {
				t.Errorf("complaints %q, want %q", said, c.complaint)
			}
		})
	}
}

// TestLinearUse reads a large file that uses a definition in each line, as one may.
func TestLinearUse(t *testing.T) {
	text := "$A=eth0\n" + strings.Repeat("interface $A ${A}\n", 1_200_000)
	var d Diagnostics
	x := Open(memFS{"k": text}, "k", Options{}, &d)
	lines := 0
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		if lines++; l.Raw != "interface eth0 eth0" {
			t.Fatalf("line %d is %q", lines, l.Raw)
		}
	}
	if lines != 1_200_000 || len(d.All()) > 0 {
		t.Errorf("%d lines, complaints %v", lines, d.All())
	}
}

// workOf is what reading a text costs.
func workOf(text string) int {
	x := Open(memFS{"k": text}, "k", Options{}, &Diagnostics{})
	for _, ok := x.Next(); ok; _, ok = x.Next() {
	}
	return x.Work()
}
