package logging

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// fileTime is %c with nanoseconds, as keepalived stamps lines in a file.
const fileTime = "Mon Jan _2 15:04:05.000000000 2006"

// batchBytes is how much is written to a file at once.
const batchBytes = 32 << 10

// fileSink appends lines to a file. They are handed to the kernel as soon as
// they come, so there is nothing left to flush.
type fileSink struct {
	name     string
	complain func(format string, args ...any)
	f        *os.File
	bad      bool
}

func (s *fileSink) write(batch []entry) (lost int) {
	if s.f == nil && !s.open() {
		return len(batch)
	}
	var buf []byte
	pending := 0
	for i, e := range batch {
		buf = e.at.AppendFormat(buf, fileTime)
		buf = append(append(append(buf, ": "...), e.text...), '\n')
		pending++
		if len(buf) < batchBytes && i < len(batch)-1 {
			continue
		}
		if _, err := s.f.Write(buf); err != nil {
			lost += pending
		}
		buf, pending = buf[:0], 0
	}
	return lost
}

// open tries once: a name that is refused stays refused.
func (s *fileSink) open() bool {
	if s.bad {
		return false
	}
	f, err := openLogFile(s.name)
	if err != nil {
		s.bad = true
		s.complain("Unable to open log file: %v", err)
		return false
	}
	s.f = f
	return true
}

// openLogFile opens or makes a regular file of our own. The default name is in
// a directory where everybody may plant files.
func openLogFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
	switch {
	case errors.Is(err, unix.ELOOP):
		return nil, fmt.Errorf("opening %s: it is a symbolic link: %w", name, os.ErrPermission)
	case errors.Is(err, unix.ENXIO):
		return nil, fmt.Errorf("opening %s: not a regular file: %w", name, os.ErrPermission)
	case err != nil:
		return nil, err
	}
	if err := ownRegular(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	return f, nil
}

func ownRegular(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("not a regular file: %w", os.ErrPermission)
	case st.Uid != uint32(os.Geteuid()):
		return fmt.Errorf("it belongs to user %d: %w", st.Uid, os.ErrPermission)
	case st.Nlink != 1:
		return fmt.Errorf("it has %d names (hard links): %w", st.Nlink, os.ErrPermission)
	}
	return nil
}

func (s *fileSink) abort() {}

func (s *fileSink) close() {
	if s.f != nil {
		s.f.Close()
	}
}
