package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/config/lang"
)

// testConfig is --config-test: it prints what is wrong in the C daemon's
// format and returns the exit status of keepalived(8).
func testConfig(s *settings, errs io.Writer) int {
	out := errs
	if s.testLog != "" {
		f, err := openTestLog(s.testLog)
		if err != nil {
			fmt.Fprintln(errs, err)
			return statusFatal
		}
		defer f.Close()
		out = f
	}
	w := bufio.NewWriter(out)
	defer w.Flush()
	r := s.load()
	for _, d := range r.Diagnostics.All() {
		if d.Severity != lang.Lint {
			fmt.Fprintln(w, describe(d))
		}
	}
	if n := r.Diagnostics.Dropped(); n > 0 {
		fmt.Fprintf(w, "%d more messages\n", n)
	}
	return r.Diagnostics.ExitStatus()
}

func describe(d lang.Diagnostic) string {
	if d.Bare || !d.Pos.IsValid() {
		return d.Text
	}
	return fmt.Sprintf("(%s: Line %d) %s", d.Pos.File, d.Pos.Line, d.Text)
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
