package lang

// maxGenerated bounds the lines that do not stand in a file for the first time:
// those of sequences, lists, multi-line definitions and files read again.
const maxGenerated = 1_000_000

// restBytes is how many bytes of a rest of a line with substitutions cost as much
// as a generated line.
const restBytes = 8

// maxNesting bounds the sources that wait for another one to end.
const maxNesting = 2 * maxMatches

// maxReplacements bounds the substitutions of definitions in all lines together.
const maxReplacements = 5_000_000

// source is where raw lines come from, without comments: a file, a sequence, a
// list, the stored lines of a definition. ok is false at its end.
type source interface {
	next(x *Lexer) (t text, ok bool)
}

// push makes s the next source to be read; what is being read now waits.
func (x *Lexer) push(s source) {
	if len(x.stack) >= maxNesting {
		x.exhaust(x.where(), "Includes, definitions or sequences are nested too deeply")
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
		if t, ok := x.stack[top].next(x); ok {
			return t, ok
		}
		x.stack[top] = nil
		x.stack = x.stack[:top]
	}
	return text{}, false
}

// mayGenerate counts a line that does not stand in a file for the first time, and
// says whether it may be produced.
func (x *Lexer) mayGenerate(pos Pos) bool { return x.charge(1, pos) }

// charge counts work that costs as much as n generated lines, and says whether it
// may be done.
func (x *Lexer) charge(n int, pos Pos) bool {
	if x.generated > maxGenerated-n {
		x.exhaust(pos, "More than 1000000 lines were generated, the rest is ignored")
		return false
	}
	x.generated += n
	return true
}

// exhaust reports why no more lines are generated; from now on there are none.
func (x *Lexer) exhaust(pos Pos, reason string) {
	if !x.exhausted {
		x.exhausted = true
		x.diags.Errorf(pos, ClassGeneralError, "%s", reason)
	}
	x.generated = maxGenerated
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
