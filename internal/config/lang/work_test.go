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

// TestBounded reads texts that generate lines, or more text, without end.
func TestBounded(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"a sequence of a billion", "~SEQ(I,1,1000000000) x\n"},
		{"sequences in sequences", "~SEQ(I,1,1000000000) ~SEQ(J,1,1000000000) ~SEQ(K,1,1000000000) x$I\n"},
		{"a definition of itself", "$A=$A\nk $A\n"},
		{"definitions of each other", "$A=$B $B\n$B=$A $A\nk $A\n"},
		{"a definition that grows before a brace", "$A=}$A$A\n$A\n"},
		{"a file that includes itself", "include k\n"},
		{"a file that includes itself in a sequence", "~SEQ(I,1,1000000000) include k\n"},
		{"a definition of many lines in itself", "$M=a \\\n$M\n$M\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer noHang()()
			if work := workOf(c.text); work > maxGenerated*40 {
				t.Errorf("costs %d", work)
			}
		})
	}
}

// workOf is what reading a text costs.
func workOf(text string) int {
	x := Open(memFS{"k": text}, "k", Options{}, &Diagnostics{})
	for _, ok := x.Next(); ok; _, ok = x.Next() {
	}
	return x.Work()
}
