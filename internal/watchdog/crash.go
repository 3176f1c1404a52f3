package watchdog

import (
	"bufio"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/watchdog/link"
)

// crashLines is how much of the report of a crash goes to the log: the reason
// and the goroutine that caused it.
const crashLines = 40

// newCrashFile returns a memfd for the report of a child's crash, nil when
// there is none to be had: the child runs without.
func newCrashFile() *os.File {
	fd, err := unix.MemfdCreate("crash", unix.MFD_CLOEXEC)
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), "crash")
}

// logCrash writes what a child left behind when it crashed. Its own log may not
// have got out any more.
func (p *parent) logCrash(h link.Handover, pid int) {
	if h.Crash == nil {
		return
	}
	in := bufio.NewScanner(io.NewSectionReader(h.Crash, 0, 64<<10))
	for n := 0; n < crashLines && in.Scan(); n++ {
		p.log.Errf("%s child process(%d): %s", title(h.Role), pid, in.Text())
	}
}
