package watchdog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// pidFile is a pid file that this process holds locked. The lock goes with the
// process, however that ends, so a file that is left behind never hinders the
// next start.
type pidFile struct {
	path string
	f    *os.File
}

// lockedError says that a running process holds a pid file.
type lockedError struct {
	path string
	pid  int // 0: unknown
}

func (e *lockedError) Error() string {
	return fmt.Sprintf("pid file %s is locked by process %d", e.path, e.pid)
}

// openPidFile makes path ours and empties it. The name may be in a directory
// where others plant files: what is not a regular file of our own with a single
// name is refused and left as it is.
func openPidFile(path string) (*pidFile, error) {
	for range 10 {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
		if err != nil {
			return nil, explainOpen(path, err)
		}
		p := &pidFile{path: path, f: f}
		if err := p.claim(); err != nil {
			f.Close()
			return nil, err
		}
		if p.inPlace() {
			return p, p.empty()
		}
		f.Close() // its owner removed it between our open and our lock
	}
	return nil, fmt.Errorf("opening pid file %s: it keeps being replaced", path)
}

func explainOpen(path string, err error) error {
	if errors.Is(err, unix.ELOOP) {
		return fmt.Errorf("opening pid file %s: it is a symbolic link", path)
	}
	return fmt.Errorf("opening pid file: %w", err)
}

func (p *pidFile) claim() error {
	if err := p.trusted(); err != nil {
		return fmt.Errorf("opening pid file %s: %w", p.path, err)
	}
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	err := unix.FcntlFlock(p.f.Fd(), unix.F_OFD_SETLK, &lock)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return &lockedError{path: p.path, pid: p.read()}
	}
	if err != nil {
		return fmt.Errorf("locking pid file %s: %w", p.path, err)
	}
	return nil
}

func (p *pidFile) trusted() error {
	info, err := p.f.Stat()
	if err != nil {
		return err
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case st.Uid != uint32(os.Geteuid()):
		return fmt.Errorf("it belongs to user %d", st.Uid)
	case st.Nlink > 1:
		return fmt.Errorf("it has %d names (hard links)", st.Nlink)
	}
	return nil
}

// inPlace says whether the locked file is the one that path leads to.
func (p *pidFile) inPlace() bool {
	a, err1 := p.f.Stat()
	b, err2 := os.Lstat(p.path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

func (p *pidFile) empty() error {
	if err := p.f.Chmod(0o644); err != nil {
		return fmt.Errorf("preparing pid file %s: %w", p.path, err)
	}
	if err := p.f.Truncate(0); err != nil {
		return fmt.Errorf("emptying pid file %s: %w", p.path, err)
	}
	return nil
}

// read returns the pid in the file, 0 when there is none.
func (p *pidFile) read() int {
	buf := make([]byte, 16)
	n, _ := p.f.ReadAt(buf, 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
	if err != nil || pid < 1 {
		return 0
	}
	return pid
}

// write stores pid.
func (p *pidFile) write(pid int) error {
	if err := p.f.Truncate(0); err != nil {
		return fmt.Errorf("writing pid file %s: %w", p.path, err)
	}
	if _, err := p.f.WriteAt(fmt.Appendf(nil, "%d\n", pid), 0); err != nil {
		return fmt.Errorf("writing pid file %s: %w", p.path, err)
	}
	return nil
}

// remove removes the file, if it is still ours, and unlocks it.
func (p *pidFile) remove() {
	if p == nil {
		return
	}
	if p.inPlace() {
		os.Remove(p.path)
	}
	p.f.Close()
}
