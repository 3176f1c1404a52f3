package logging

import (
	"bytes"
	"io"
	"time"
)

// consoleTime is %c of the C locale.
const consoleTime = time.ANSIC

// console writes lines to a terminal or pipe. The write itself may block for as
// long as nobody reads: only this destination waits.
type console struct{ w io.Writer }

func newConsole(w io.Writer) *console { return &console{w} }

func (c *console) write(batch []entry) (lost int) {
	for i, e := range batch {
		line := make([]byte, 0, len(consoleTime)+len(e.text)+4)
		line = e.at.AppendFormat(line, consoleTime)
		line = append(append(append(line, ": "...), e.text...), '\n')
		if _, err := io.Copy(c.w, bytes.NewReader(line)); err != nil {
			return len(batch) - i
		}
	}
	return 0
}

func (c *console) abort() {}
func (c *console) close() {}
