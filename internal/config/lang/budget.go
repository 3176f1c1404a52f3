package lang

import (
	"fmt"
	"strings"
)

// defaultGenerated bounds the lines that do not stand in a file for the first
// time: those of sequences, lists, multi-line definitions and files read again.
const defaultGenerated = 1_000_000

// stepsPerLine is how much work, on average, each of these lines may cost. A step
// is as much as a short line without substitutions costs.
const stepsPerLine = 4

// What else costs steps, beyond the length of the text.
const (
	replacementSteps = 3 // a substitution
	sequenceSteps    = 4 // the beginning of a sequence or list
	complaintSteps   = 8 // something wrong with either
	alternativeSteps = 8 // a file name or pattern that is looked up
)

// bytesPerStep is how many bytes of a text cost a step, bracesPerStep how many
// braces, at which it is divided.
const (
	bytesPerStep  = 64
	bracesPerStep = 2
)

// budget is what a text may still generate, so that a short one cannot cost any
// amount of time. Each byte of a file allows for one step more: what stands in a
// file may use definitions as it likes.
type budget struct {
	maxLines  int
	maxSteps  int
	lines     int // generated so far
	steps     int // what that cost
	exhausted bool
}

func newBudget(maxLines int) budget {
	if maxLines == 0 {
		maxLines = defaultGenerated
	}
	return budget{maxLines: maxLines, maxSteps: maxLines * stepsPerLine}
}

// generator is a source whose lines do not stand in a file for the first time.
type generator interface {
	// made returns what generates the lines, as a person writes it, its place, and
	// how many lines it has yielded.
	made() (name string, pos Pos, lines int)
}

// stepsOf is what text costs to read.
func stepsOf(s string) int {
	n := 1 + len(s)/bytesPerStep
	if strings.ContainsAny(s, "{}") {
		n += (strings.Count(s, "{") + strings.Count(s, "}")) / bracesPerStep
	}
	return n
}

// mayGenerate counts a line that costs n steps, and says whether it may be
// generated.
func (x *Lexer) mayGenerate(n int) bool {
	if x.budget.lines >= x.budget.maxLines && !x.budget.exhausted {
		x.exhaust(fmt.Sprintf("generates more than %d lines - the rest is ignored", x.budget.maxLines), "", Pos{})
	}
	if x.budget.exhausted {
		return false
	}
	x.budget.lines++
	return x.spend(n, "", Pos{})
}

// spend counts n steps, and says whether they may be done. name, if there is one,
// is what costs them when no source generates lines.
func (x *Lexer) spend(n int, name string, pos Pos) bool {
	switch {
	case x.budget.exhausted:
		return false
	case x.budget.steps > x.budget.maxSteps-n:
		x.exhaust("generates too much text - the rest is ignored", name, pos)
		return false
	}
	x.budget.steps += n
	return true
}

// exhaust reports what generates too much: of the sources being read that with
// the most lines, otherwise name. From now on nothing is generated.
func (x *Lexer) exhaust(reason, name string, pos Pos) {
	x.budget.exhausted = true
	most := 1
	for _, s := range x.stack {
		if g, ok := s.(generator); ok {
			if n, p, lines := g.made(); lines > most {
				name, pos, most = n, p, lines
			}
		}
	}
	if name == "" {
		name, pos = "the configuration", x.where()
	}
	x.diags.addAlways(Diagnostic{
		Pos: pos, Class: ClassGeneralError, Text: name + " " + reason,
		Help: fmt.Sprintf("choose smaller ranges: sequences, lists, definitions and repeated includes may generate %d lines altogether",
			x.budget.maxLines),
	})
}
