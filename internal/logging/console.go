package logging

import (
	"io"
	"time"
)

// consoleTime is %c of the C locale.
const consoleTime = time.ANSIC

// consoleBytes is how much is written at once: up to this much of a pipe's
// writes is not torn apart by those of other processes (PIPE_BUF, pipe(7)).
const consoleBytes = 4096

// console writes lines to a terminal or pipe. The write itself may block for as
// long as nobody reads: only this destination waits.
type console struct {
	w     io.Writer
	stamp []byte // the time of the last line
	at    int64  // its second
}

func newConsole(w io.Writer) *console { return &console{w: w} }

func (c *console) write(batch []entry) (lost int) {
	buf := make([]byte, 0, min(len(batch)*128, consoleBytes))
	first := 0 // line in buf
	for i := range batch {
		e := &batch[i]
		if len(buf) > 0 && len(buf)+len(consoleTime)+len(e.text)+len(": \n")+1 > consoleBytes {
			if _, err := c.w.Write(buf); err != nil {
				return len(batch) - first
			}
			buf, first = buf[:0], i
		}
		buf = append(append(append(append(buf, c.time(e.at)...), ": "...), e.text...), '\n')
	}
	if _, err := c.w.Write(buf); err != nil {
		return len(batch) - first
	}
	return 0
}

// time is the time of a line: most are of the same second as the one before.
func (c *console) time(t time.Time) []byte {
	if s := t.Unix(); s != c.at || c.stamp == nil {
		c.stamp, c.at = t.AppendFormat(c.stamp[:0], consoleTime), s
	}
	return c.stamp
}

func (c *console) abort() {}
func (c *console) close() {}
