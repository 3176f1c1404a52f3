package lang

import (
	"slices"
	"strings"
	"testing"
)

func TestDefinitions(t *testing.T) {
	x1000 := strings.Repeat("x", 1000)
	runCases(t, []langCase{
		{"simple", "$X=val # c\nk$X a\n", "kval|a", ""},
		{"braced inside a word", "$X=v\nl${X}m\n", "lvm", ""},
		{"blank before the equals sign", "$X =3\n", "$X|=3", ""},
		{"blanks after it", "$X=  4  5\nb${X}\n", "b4|5", ""},
		{"not a name", "$1=3\nc$1\n$X-Y=3\n", "$1=3\nc$1\n$X-Y=3", ""},
		{"what may follow", "$X=v\na$X,b\na$X)b\na$X\tb\na$X;b\na$Xy\na$X/b\n", "av,b\nav)b\nav|b\na$X;b\na$Xy\na$X/b", ""},
		{"unknown", "a$NOPE b\n", "a$NOPE|b", ""},
		{"unknown in braces", "a${NOPE} b\n", "a$\n{\nNOPE\n}\nb", ""},
		{"parameter of an own one", "$X=3\na${X 4}\n", "a$\n{\nX|4\n}", ""},
		{"expanded at use", "$A=$B\n$B=1\na $A\n$B=2\na $A\n", "a|1\na|2", ""},
		{"redefined", "$A=1\n$A=2\na $A\n", "a|2", ""},
		{"empty", "$A=\nb${A}c\n$A\n", "bc", ""},
		{"brace in the value", "$A=b { c\na $A\n}\n", "a|b\n{\nc\n}", ""},
		{"comment in the value", "$A=b${_HASH}c\na $A d\n", "a|b", ""},
		{"quote in the value", "$A=\"b c\"\nx $A d\n", "x|b c|d", ""},
		{"not a directive when expanded", "$S=~SEQ(I,2)\n$S x\n$A=@bar\n$A y\n$D=$$E\n", "~SEQ(I,2)|x\n@bar|y", ""},
		{"include when expanded", "$S=include no\n$S\n", "", "2 Config files missing 'no'."},
		{
			"for ever", "$A=$B\n$B=$A\nq $A\n", "",
			"3 Definitions used on line 'q $A' refer to each other without end",
		},
		{
			"what follows a sequence in a value", "$B=b\n$A=~SEQ(I,1,2) $B\nk $A $B\n$A { $B }\n", "k|~SEQ(I,1,2)|$B|$B\n~SEQ(I,1,2)|$B\n{\nb\n}", "",
		},
		{
			"growing", "$A=x$A\nk $A\n", "",
			"2 Definitions used on line 'k $A' refer to each other without end",
		},
		{
			"growing fast before braces", "$B={ " + strings.Repeat("y", 100) + " ${A} }\n$A={ $B\nk $A { } $A }\nj\n", "j",
			"3 Definitions used on line 'k $A { } $A }' refer to each other without end",
		},
		{
			"itself before a brace", "$A=$A\nk $A {\n$A $A }\n{ ${A} }\nj\n", "j",
			"2 Definitions used on line 'k $A {' refer to each other without end\n3 Definitions used on line '$A $A }' refer to each other without end\n" +
				"4 Definitions used on line '{ ${A} }' refer to each other without end",
		},
		{"longest result", "$X=" + x1000 + "\n" + strings.Repeat("k", 23) + "${X}\n", strings.Repeat("k", 23) + x1000, ""},
		{
			"too long a result", "$X=" + x1000 + "\n" + strings.Repeat("k", 21) + " $X b\n", strings.Repeat("k", 21) + "|$X|b",
			"2 Parameter substitution on line '" + strings.Repeat("k", 21) + " $X b' would exceed maximum line length",
		},
	})
}

func TestMultiLineDefinitions(t *testing.T) {
	runCases(t, []langCase{
		{"own lines", "$M=\\\n l1 x \\\n\\\n l2 \\\n  l3\nz $M\nq${M}\n", "z|l1|x\nl2\nl3\nql1|x\nl2\nl3", ""},
		{"first line on the definition", "$M=a \\\n b { \\\n } c\n$M\n", "a\nb\n{\n}\nc", ""},
		{"only at the end of a line", "$M=a \\\n b\nx $M y\n", "x|$M|y", ""},
		{"a single stored line is like any other", "$M=\\\n a\nx $M y\n", "x|a|y", ""},
		{"nested", "$M=\\\n a1 \\\n a2\n$N=\\\n b1 \\\n $M \\\n b2\n$N\n", "b1\na1\na2\nb2", ""},
		{"after an opening brace", "$N=b1 \\\n b2\nw { $N\n}\n", "w\n{\nb1\nb2\n}", ""},
		{"comment ends it", "$M=a \\\n b # c \\\nd\n$M\n", "d\na\nb", ""},
		{"an empty line ends it", "$M=a \\\n\nb\n$M\n", "b\na", ""},
		{"so do blanks", "$M=a \\\n \nb\n$M\n", "b\na", ""},
		{"so does a line that is a comment", "$M=a \\\n# b \\\nc\n$M\n", "c\na", ""},
		{"at the end of the file", "a\n$M=b \\", "a", ""},
		{
			"stored lines are read as lines",
			"$M=\\\n x \\\n ~SEQ(I,2) s$I \\\n @foo y \\\n @bar z \\\n $Q=5 \\\n r$Q\n$M\n", "x\ns1\ns2\ny\nr5", "",
		},
	})
}

func TestMultiLineDefinitionOfItself(t *testing.T) {
	got := lex("$M=a \\\n $M \\\n b\n$M\nend\n")
	if n := len(got.lines); n > maxNesting+1 || got.lines[n-1] != "end" {
		t.Errorf("%d lines", n)
	}
	if want := []string{"4 $M is nested too deeply - the rest is ignored"}; !slices.Equal(got.complaints, want) {
		t.Errorf("complaints %q, want %q", got.complaints, want)
	}
}

func TestPredefined(t *testing.T) {
	const requires = " Definition _RANDOM requires "
	runCases(t, []langCase{
		{"directory", "a ${_PWD} $_PWD\n", "a|/real/dir|/real/dir", ""},
		{"instance", "a${_INSTANCE}b\n", "afoob", ""},
		{"hash", "a ${_HASH} b\nc \"${_HASH}\" d\n", "a\nc|#|d", ""},
		{"bang", "a $_BANG b\n", "a", ""},
		{"environment", "a ${_ENV HOME}/b ${_ENV NONE}c\n", "a|/root/b|c", ""},
		{
			"environment without name", "a ${_ENV}\n", "a|$\n{\n_ENV\n}",
			"1 Definition _ENV requires between 1 and 1 parameters, 0 specified.",
		},
		{"random", "a$_RANDOM ${_RANDOM 3 3} ${_RANDOM 7} ${_RANDOM  5  6}\n", "a32767|3|32767|6", ""},
		{"random reversed", "a${_RANDOM 5 3}\n", "a5", "1 ${_RANDOM}: min 5 exceeds max 3, using 5"},
		{"random text", "a${_RANDOM x}\n", "a$\n{\n_RANDOM|x\n}", "1" + requires + "numeric parameters only."},
		{
			"random parameters", "a${_RANDOM 1 2 3}\n", "a$\n{\n_RANDOM|1|2|3\n}",
			"1" + requires + "between 0 and 2 parameters, 3 specified.",
		},
		{"no parameters taken", "a${_HASH 3}\n", "a$\n{\n_HASH|3\n}", ""},
		{"overridden", "$_PWD=3\na $_PWD\n", "a|3", ""},
	})
}
