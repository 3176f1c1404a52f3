package lab

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"time"
)

// Line is a line of text with the time at which it was read.
type Line struct {
	At   time.Time
	Text string
}

// Lines collects what is written to a log, a syslog socket or a FIFO.
type Lines struct {
	t    TB
	what string

	mu    sync.Mutex
	lines []Line
}

// read collects lines until r ends or is closed.
func (l *Lines) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		text, err := in.ReadString('\n')
		if text != "" {
			l.add(strings.TrimRight(text, "\n"))
		}
		if err != nil {
			return
		}
	}
}

func (l *Lines) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, Line{At: time.Now(), Text: text})
}

// Mark is the number of lines so far, for the methods that look at what came
// later.
func (l *Lines) Mark() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// Since returns the lines after a mark; Since(0) returns all.
func (l *Lines) Since(mark int) []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[mark:len(l.lines):len(l.lines)]
}

// Count returns how many lines after a mark contain the text.
func (l *Lines) Count(mark int, text string) int {
	n := 0
	for _, line := range l.Since(mark) {
		if strings.Contains(line.Text, text) {
			n++
		}
	}
	return n
}

// Wait returns the first line that contains the text, also one that was there
// before, and ends the test when none comes.
func (l *Lines) Wait(text string) Line {
	l.t.Helper()
	return l.WaitSince(0, Patience, text)
}

// WaitSince is Wait for the lines after a mark, with a bound of its own.
func (l *Lines) WaitSince(mark int, within time.Duration, text string) Line {
	l.t.Helper()
	var found Line
	Wait(l.t, within, l.what+" says "+text, func() bool {
		for _, line := range l.Since(mark) {
			if strings.Contains(line.Text, text) {
				found = line
				return true
			}
		}
		return false
	})
	return found
}

// String is the whole text, with the time of each line.
func (l *Lines) String() string {
	var b strings.Builder
	for _, line := range l.Since(0) {
		b.WriteString(line.At.Format("15:04:05.000000 ") + line.Text + "\n")
	}
	return b.String()
}
