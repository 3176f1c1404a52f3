package lang

import (
	"path"
	"strings"
	"testing"
)

// FuzzPreprocessor reads three files that may include each other and themselves:
// definitions, sequences, lists, conditions and includes end in a bounded number
// of steps, and what is complained of has its place in one of the files.
func FuzzPreprocessor(f *testing.F) {
	for _, s := range [][4]string{
		{"lb1", "@lb1 a\n@^lb1 b\ninclude d/*\n", "include ../k\n", "include o\nx ${_PWD}\n"},
		{"", "$A=a $B\n$B=b $C\n$C=c $A\nk $A\n", "$M=1 \\\n2 $M \\\n3\n", "include m\nm $M\n"},
		{"lb1", "~SEQ(I,1,1000000000) ~SEQ(J,1,1000000000) $V${I}=${J}\n", "~SEQx(H,0xf,-1,0) h$H\n", "~LST({A,B},{1,2},{3}) $A $B\n"},
		{"lb1", "~SEQ(I,9223372036854775807,-9223372036854775808) i$I\n", "~SEQ(I,1,0,9) x\n", "~LST(A,include m,include o) $A\n"},
		{"x", "includea {k,m,{o,z}*}\nincludew d/[a-\n", "include d/./../k\n", "includer m\n"},
		{"lb1", "$A=" + strings.Repeat("$B ", 300) + "\n$B=" + strings.Repeat("$C ", 300) + "\n$C=c\nk $A\n", "", ""},
		{"lb1", strings.Repeat("a", 1<<20) + "\n", strings.Repeat("{", 1<<12), "\x00\n" + strings.Repeat("\xff", 3000)},
		{"lb1", "$M=a\\\n~SEQ(I,3) $M\n$M \\\n\n$M\n", "~SEQ(I,3) include m\n", "~SEQ(I,3) ~SEQ(I,I) $I ${I}\n"},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	f.Fuzz(func(t *testing.T, id, main, other, third string) {
		var d Diagnostics
		files := memFS{"k": main, "m": other, "d/o": third}
		x := Open(files, "k", Options{ConfigID: id, MaxGenerated: fuzzGenerated, Env: func(name string) (string, bool) { return name + "$A", true }}, &d)
		size := len(main) + len(other) + len(third)
		lines := 0
		for l, ok := x.Next(); ok && lines < 20_000; l, ok = x.Next() {
			checkLine(t, l)
			lines++
		}
		if limit := workLimit(size); x.Work() > limit {
			t.Fatalf("%d steps for %d bytes, more than %d", x.Work(), size, limit)
		}
		for _, diag := range d.All() {
			if diag.Pos.IsValid() && files[path.Clean(diag.Pos.File)] == "" {
				t.Fatalf("complaint in a file that is not there: %+v", diag)
			}
		}
	})
}

// workLimit is the most that reading size bytes may cost: each byte, and each step
// of what may be generated, a few times.
func workLimit(size int) int {
	return workPerStep * (size + fuzzGenerated*stepsPerLine)
}

// workPerStep is how many bytes are looked at for a step.
const workPerStep = 4 * bytesPerStep
