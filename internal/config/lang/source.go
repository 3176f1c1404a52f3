package lang

// maxNesting bounds the sources that wait for another one to end.
const maxNesting = 2 * maxMatches

// source is where raw lines come from, without comments: a file, a sequence, a
// list, the stored lines of a definition. ok is false at its end.
type source interface {
	next(x *Lexer) (t text, ok bool)
}

// push makes s the next source to be read; what is being read now waits.
func (x *Lexer) push(s source) {
	if len(x.stack) >= maxNesting {
		if g, ok := s.(generator); ok && !x.budget.exhausted {
			name, pos, _ := g.made()
			x.budget.exhausted = true
			x.diags.Errorf(pos, ClassGeneralError, "%s is nested too deeply - the rest is ignored", name)
		}
		return
	}
	x.stack = append(x.stack, s)
}

// pull returns the next raw line of the topmost source that has one.
func (x *Lexer) pull() (text, bool) {
	if x.again = x.hasRest; x.again {
		x.hasRest = false
		return x.rest, true
	}
	for len(x.stack) > 0 {
		top := len(x.stack) - 1
		source := x.stack[top]
		if t, ok := source.next(x); ok {
			f, isFile := source.(*fileSource)
			x.generated = !isFile || f.again
			return t, ok
		}
		x.stack[top] = nil
		x.stack = x.stack[:top]
	}
	return text{}, false
}

// where returns the place of the line being read.
func (x *Lexer) where() Pos {
	if f := x.current(); f != nil {
		return f.org.pos()
	}
	return Pos{}
}

// current returns the file being read, nil before the first.
func (x *Lexer) current() *fileSource {
	for i := len(x.stack) - 1; i >= 0; i-- {
		if f, ok := x.stack[i].(*fileSource); ok && f.opened {
			return f
		}
	}
	return nil
}
