package lang

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// maxFileSize bounds one configuration file, in bytes.
const maxFileSize = 256 << 20

// How long a file that somebody is writing is waited for, and how often it is
// looked at meanwhile.
const (
	writerPatience = 2 * time.Second
	writerPoll     = 5 * time.Millisecond
)

// errWriting says that a file is open for writing.
var errWriting = errors.New("being written by another process")

// OS is the file system of the machine.
type OS struct{}

// Stat implements [FS].
func (OS) Stat(name string) (fs.FileMode, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

// ReadDir implements [FS].
func (OS) ReadDir(name string) ([]string, error) {
	d, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// RealPath implements [FS].
func (OS) RealPath(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// ReadFile implements [FS]. A file that is being rewritten in place is waited for
// (up to two seconds), so that what is returned is one version of it.
func (OS) ReadFile(name string) (string, error) {
	deadline := time.Now().Add(writerPatience)
	for {
		text, err := readOnce(name)
		if !errors.Is(err, errWriting) || time.Now().After(deadline) {
			return text, err
		}
		time.Sleep(writerPoll)
	}
}

func readOnce(name string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return "", err
	}
	switch {
	case !before.Mode().IsRegular():
		return "", fmt.Errorf("reading %s: not a regular file", name)
	case before.Size() > maxFileSize:
		return "", fmt.Errorf("reading %s: larger than %d bytes", name, maxFileSize)
	}
	if err := excludeWriters(f); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	var text strings.Builder
	text.Grow(int(before.Size()) + 1)
	if _, err := io.Copy(&text, io.LimitReader(f, maxFileSize)); err != nil {
		return "", err
	}
	after, err := f.Stat()
	if err != nil {
		return "", err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return "", fmt.Errorf("reading %s: %w", name, errWriting)
	}
	return text.String(), nil
}

// excludeWriters takes a read lease, which the kernel refuses while the file is
// open for writing; a writer that comes later waits until f is closed. Where
// leases are not to be had (another owner, some file systems) it does nothing.
func excludeWriters(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil
	}
	var errno syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETLEASE, syscall.F_RDLCK)
	})
	if err == nil && errno == syscall.EAGAIN {
		return errWriting
	}
	return nil
}
