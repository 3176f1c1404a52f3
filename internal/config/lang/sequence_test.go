package lang

import (
	"strings"
	"testing"
)

func TestSequences(t *testing.T) {
	const def, spec = "Invalid ~SEQ definition '", "Invalid ~SEQ specification '"
	runCases(t, []langCase{
		{"to", "~SEQ(I, 3) a$I\n", "a1\na2\na3", ""},
		{"to negative", "~SEQ(I,-2) b$I\n", "b-1\nb-2", ""},
		{"to zero", "~SEQ(I,0) g$I\n", "g1\ng0", ""},
		{"from to", "~SEQ(I,2,4) c$I\n~SEQ(I,4,2) d$I\n", "c2\nc3\nc4\nd4\nd3\nd2", ""},
		{"from step to", "~SEQ(I,1,2,6) e$I\n~SEQ(I,5,-2,0) f$I\n", "e1\ne3\ne5\nf5\nf3\nf1", ""},
		{"same ends", "~SEQ(I,3,3) a$I\n~SEQ(I,3,-9,3) b$I\n", "a3\nb3", ""},
		{"other bases", "~SEQ(I,0x9,0xb) c$I\n~SEQ(I,07,010) d$I\n", "c9\nc10\nc11\nd7\nd8", ""},
		{"hexadecimal", "~SEQx(I,9,11) a$I\n", "a9\naa\nab", ""},
		{"blanks", "~SEQ ( I , 2 )a$I\n", "a1\na2", ""},
		{"definitions", "$E=2\n~SEQ(I,$E) e$I\n~SEQ(I,${E}) h$I\n", "e1\ne2\nh1\nh2", ""},
		{"keeps the last value", "~SEQ(I,2) a$I\nb$I\n", "a1\na2\nb2", ""},
		{"nothing to repeat", "~SEQ(I,2)\nb$I\n", "b2", ""},
		{"inner runs fully", "~SEQ(I,2) ~SEQ(J,2) k${I}${J}\n", "k11\nk12\nk21\nk22", ""},
		{"braces", "~SEQ(I,2) a { b$I }\n", "a\n{\nb1\n}\na\n{\nb2\n}", ""},
		{"in the rest of a line", "d { ~SEQ(I,2) e$I\n}\n", "d\n{\ne1\ne2\n}", ""},
		{"defines", "~SEQ(I,2) $D=q$I\nu$D\n", "uq2", ""},
		{"multi-line definition", "$M=a \\\n b\n~SEQ(I,2) $M\n", "a\nb\na\nb", ""},
		{"huge numbers", "~SEQ(I,9223372036854775806,9223372036854775807) a$I\n", "a9223372036854775806\na9223372036854775807", ""},
		{"not closed", "~SEQ(I, 3 a$I\nb\n", "b", "1 ~SEQ missing terminating ')' '~SEQ(I, 3 a$I'\n1 Invalid ~SEQ specification '~SEQ(I, 3 a$I'"},
		{"no end", "~SEQ(I) b\n", "", "1 " + def + "~SEQ(I) b'" + "\n1 " + spec + "~SEQ(I) b'"},
		{"no name", "~SEQ(,2) b\n", "", "1 " + def + "~SEQ(,2) b'" + "\n1 " + spec + "~SEQ(,2) b'"},
		{"no number", "~SEQ(I,x) b\n", "", "1 " + def + "~SEQ(I,x) b'" + "\n1 " + spec + "~SEQ(I,x) b'"},
		{"trailing text", "~SEQ(I,2x) b\n", "", "1 " + def + "~SEQ(I,2x) b'" + "\n1 " + spec + "~SEQ(I,2x) b'"},
		{"two signs", "~SEQ(I,--2) b\n", "", "1 " + def + "~SEQ(I,--2) b'" + "\n1 " + spec + "~SEQ(I,--2) b'"},
		{"too many", "~SEQ(I,1,1,1,1) b\n", "", "1 " + def + "~SEQ(I,1,1,1,1) b'" + "\n1 " + spec + "~SEQ(I,1,1,1,1) b'"},
		{"no parenthesis", "~SEQ I\n~SEQZ(I,2) l\n", "", "1 " + spec + "~SEQ I'\n2 " + spec + "~SEQZ(I,2) l'"},
		{"step zero", "~SEQ(I,1,0,5) c\n", "", "1 Invalid ~SEQ values '~SEQ(I,1,0,5) c'\n1 Invalid ~SEQ specification '~SEQ(I,1,0,5) c'"},
		{"wrong direction", "~SEQ(I,5,1,1) c\n", "", "1 Invalid ~SEQ values '~SEQ(I,5,1,1) c'\n1 Invalid ~SEQ specification '~SEQ(I,5,1,1) c'"},
		{
			"negative hexadecimal", "~SEQx(I,-1,2) b\n", "",
			"1 ~SEQx is only valid for positive numbers '~SEQx(I,-1,2) b'\n1 " + spec + "~SEQx(I,-1,2) b'",
		},
		{"another tilde", "~FOO(I,2) m\n", "~FOO(I,2)|m", ""},
	})
}

func TestLists(t *testing.T) {
	const spec = "Invalid ~LST specification '"
	runCases(t, []langCase{
		{"one name", "~LST(V,a, b ) x$V\n", "xa\nxb", ""},
		{"several names", "~LST({A, B},{a1,b1}, {a2}) y$A ${B}\n", "ya1|b1\nya2", ""},
		{"mixed", "~LST({A,B},q,{,r}) ${A}-${B}\n", "q-\n-r", ""},
		{"empty values", "~LST(V,a,,b,) m$V\n", "ma\nm\nmb\nm", ""},
		{"value expanded at use", "$L=a,b\n~LST(V,$L) x$V\n", "xa,b", ""},
		{"first parenthesis ends it", "~LST(V,a)b)\n", "b)", ""},
		{"too many values", "~LST(V,{a,b}) s\n", "", "1 ~LST specification has too many values '~LST(V,{a,b}) s'\n1 Invalid ~LST specification '~LST(V,{a,b}) s'"},
		{"no values", "~LST(V) v\n", "", "1 " + spec + "~LST(V) v'"},
		{"blank in a value", "~LST(V,b c) v\n~LST({A,B},{a b,c}) l\n", "", "1 " + spec + "~LST(V,b c) v'\n2 " + spec + "~LST({A,B},{a b,c}) l'"},
		{"text after a group", "~LST({A,B},{a,b}x) i\n", "", "1 " + spec + "~LST({A,B},{a,b}x) i'"},
		{"group not closed", "~LST({A,B},{a,b) h\n", "", "1 " + spec + "~LST({A,B},{a,b) h'"},
		{"not closed", "~LST(A,b\n", "", "1 " + spec + "~LST(A,b'"},
		{"misspelt", "~LSTx(A,b) d\n", "", "1 " + spec + "~LSTx(A,b) d'"},
	})
}

// Definitions that lead to each other cost little even when a sequence uses them.
func TestEndlessSubstitution(t *testing.T) {
	got := lex("$A=$B\n$B=$A\n~SEQ(I,1000000000) a $A\nend\n")
	if n := len(got.lines); n == 0 || got.lines[n-1] != "end" || len(got.complaints) != 2 {
		t.Errorf("%d lines, complaints %q", n, got.complaints)
	}
}

// A sequence of a billion lines ends at the bound, and is reported once.
func TestEndlessSequences(t *testing.T) {
	for _, in := range []string{
		"~SEQ(I,1000000000) a$I\nend\n",
		"~SEQ(I,1000000000)\nend\n",
		"~SEQ(I,40000) ~SEQ(J,40000) ~SEQ(K,40000) a\nend\n",
		"$M=a \\\n ~SEQ(I,1000000000) b\n~SEQ(J,1000000000) $M\nend\n",
		"~SEQ(I,1000000000) include {n,o}{p,q}*.x\nend\n",
	} {
		got := lex(in)
		if n := len(got.lines); n > defaultGenerated+1 || got.lines[n-1] != "end" {
			t.Errorf("%q: %d lines", in, n)
		}
		if len(got.complaints) != 1 || !strings.Contains(got.complaints[0], "generates ") {
			t.Errorf("%q: complaints %q", in, got.complaints)
		}
	}
}
