package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Colours of the terminal, as SGR parameters.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// view writes the timeline: lines that stay and, on a terminal, one live line
// below them.
type view struct {
	out    io.Writer
	live   bool // there is a live line
	colour bool
	width  int

	mu     sync.Mutex
	shown  bool // the live line is on the screen
	closed bool
}

func newView(f *os.File, plain bool) *view {
	v := &view{out: f, width: 100}
	if size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ); err == nil && !plain {
		v.live = os.Getenv("TERM") != "dumb"
		v.colour = v.live && os.Getenv("NO_COLOR") == ""
		if size.Col > 0 {
			v.width = int(size.Col)
		}
	}
	return v
}

// paint wraps text in a colour where colours are wanted.
func (v *view) paint(colour, text string) string {
	if !v.colour || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// line writes a line that stays, above the live one.
func (v *view) line(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	fmt.Fprintln(v.out, text)
}

// event writes a line of the timeline.
func (v *view) event(at time.Duration, who, colour, what string) {
	v.line(fmt.Sprintf("%s  %s  %s", v.paint(dim, fmt.Sprintf("%8.3f s", at.Seconds())),
		v.paint(bold, fmt.Sprintf("%-6s", who)), v.paint(colour, what)))
}

// status replaces the live line.
func (v *view) status(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.live || v.closed {
		return
	}
	fmt.Fprint(v.out, "\r", text, "\x1b[K")
	v.shown = true
}

func (v *view) erase() {
	if v.shown {
		fmt.Fprint(v.out, "\r\x1b[K")
		v.shown = false
	}
}

// close takes the live line away for good.
func (v *view) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	v.closed = true
}

// rule is a line across the timeline with a heading.
func (v *view) rule(heading string) {
	width := min(v.width, 96)
	v.line("")
	v.line(v.paint(cyan, "── "+heading+" "+strings.Repeat("─", max(0, width-len(heading)-4))))
}
