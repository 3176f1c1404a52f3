package lang

import "fmt"

// maxRelated bounds the opening lines that are named for one missing brace.
const maxRelated = 10

// braces are those that are open, outermost first.
type braces struct {
	open    []openBrace
	suspect Pos // the innermost brace whose block seems to lack its end
}

// openBrace is a brace and the column in which its line begins.
type openBrace struct {
	pos    Pos
	indent int
}

// count takes a line that is a brace.
func (b *braces) count(l *Line, diags *Diagnostics) {
	if l.OpenBrace {
		b.open = append(b.open, openBrace{l.Pos, l.indent()})
		return
	}
	if len(b.open) == 0 {
		diags.Add(Diagnostic{
			Pos: l.Pos, Class: ClassUnexpectedEOB, Text: "Extra '}' found",
			Help: "remove it, or add the '{' that it belongs to",
		})
		return
	}
	b.close(l)
}

// close takes the closing brace of the innermost block. When it stands alone
// where the line of an outer block begins, the inner one lost its own.
func (b *braces) close(l *Line) {
	last := len(b.open) - 1
	top := b.open[last]
	b.open = b.open[:last]
	if b.suspect.IsValid() || l.indent() != l.Pos.Column || top.indent <= l.Pos.Column {
		return
	}
	for _, outer := range b.open {
		if outer.indent == l.Pos.Column && outer.pos.File == l.Pos.File {
			b.suspect = top.pos
			return
		}
	}
}

// reportOpen reports the braces that are open at the end of the input, at the
// line that opened the block which most probably lacks its end.
func (b *braces) reportOpen(diags *Diagnostics) {
	n := len(b.open)
	if n == 0 {
		return
	}
	d := Diagnostic{
		Pos: b.open[n-1].pos, Class: ClassMissingEOB, Bare: true,
		Text: fmt.Sprintf("There are %d missing '}'s or extra '{'s", n),
		Help: "the block that is opened here is not closed: add a line with '}'",
	}
	if b.suspect.IsValid() {
		d.Pos = b.suspect
	}
	for _, o := range b.open[max(0, n-maxRelated):] {
		d.Related = append(d.Related, o.pos)
	}
	diags.Add(d)
}

// OpenBraces returns the places of the braces that are open now, outermost first.
func (x *Lexer) OpenBraces() []Pos {
	all := make([]Pos, len(x.braces.open))
	for i, o := range x.braces.open {
		all[i] = o.pos
	}
	return all
}

// indent returns the column in which the physical line of l begins.
func (l *Line) indent() int {
	phys := l.text.org.phys
	i := 0
	for i < len(phys) && isBlank(phys[i]) {
		i++
	}
	return column(phys, i, l.text.org.ascii)
}
