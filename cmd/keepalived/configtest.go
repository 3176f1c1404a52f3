package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/resident"
)

// testConfig is --config-test and --check. A person gets each problem once, with
// its line; where nobody looks the text is the C daemon's. The exit status is
// that of keepalived(8) in any case.
func testConfig(s *settings, stdout, stderr *os.File) int {
	out := stderr
	if s.testLog != "" {
		f, err := openTestLog(s.testLog)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return statusFatal
		}
		defer f.Close()
		out, stdout = f, f
	}
	if info, err := os.Stat(s.useFile); err == nil && info.Size() > largeFile {
		// What of the program only its start needed makes room for the configuration.
		resident.Release()
	}
	// Nearly all that is read is kept: collecting garbage would only take time.
	debug.SetGCPercent(400)
	r := s.load()
	if s.check.on || isTerminal(out) {
		return s.showCheck(r, stdout, out)
	}
	messages, status := s.messages(r)
	if err := printPlain(out, messages); err != nil {
		return statusFatal
	}
	return status
}

// largeFile is from when on, in bytes, the memory of a configuration counts for
// more than the millisecond that it takes to make room for it.
const largeFile = 1 << 20

// printPlain writes messages, each once.
func printPlain(out io.Writer, messages []string) error {
	w := bufio.NewWriter(out)
	said := map[string]bool{}
	for _, m := range messages {
		if !said[m] {
			said[m] = true
			fmt.Fprintln(w, m)
		}
	}
	return w.Flush()
}

// messages is what is wrong as the C daemon says it, process by process, and its
// exit status.
func (s *settings) messages(r config.Result) (out []string, status int) {
	if len(r.Diagnostics.All()) == r.Diagnostics.Lints() {
		return nil, r.Diagnostics.ExitStatus()
	}
	passes := s.passes(r)
	for _, p := range passes {
		for _, d := range p.Diagnostics {
			if d.Severity != lang.Lint {
				out = append(out, describe(d, p))
			}
		}
		if p.Dropped > 0 {
			out = append(out, fmt.Sprintf("%d more messages", p.Dropped))
		}
	}
	return out, config.ExitStatus(passes)
}

// describe is a message of a process of the C daemon. Its parent does not name
// the file when there is only one.
func describe(d lang.Diagnostic, p config.Pass) string {
	switch {
	case d.Bare || !d.Pos.IsValid():
		return d.Text
	case p.Stage == lang.StageParent && p.Files < 2:
		return fmt.Sprintf("(Line %d) %s", d.Pos.Line, d.Text)
	}
	return fmt.Sprintf("(%s: Line %d) %s", d.Pos.File, d.Pos.Line, d.Text)
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// openTestLog appends to a log file, but follows no link and waits for no FIFO.
func openTestLog(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if errors.Is(err, unix.ELOOP) {
		return nil, fmt.Errorf("opening config-test log file %s: it is a symbolic link", name)
	}
	if err != nil {
		return nil, fmt.Errorf("opening config-test log file: %w", err)
	}
	return f, nil
}
