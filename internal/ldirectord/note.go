package ldirectord

import "fmt"

// Note is something about a line that the result does not have, or has in
// another way.
type Note struct {
	Line int // 1-based
	Text string
	// Harmless is true when nothing is lost.
	Harmless bool
}

// notes collects what there is to say.
type notes []Note

func (n *notes) lost(line int, format string, args ...any) {
	*n = append(*n, Note{Line: line, Text: fmt.Sprintf(format, args...)})
}

func (n *notes) mention(line int, format string, args ...any) {
	*n = append(*n, Note{Line: line, Text: fmt.Sprintf(format, args...), Harmless: true})
}
