package link

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Role is what a child does.
type Role string

// The children.
const (
	RoleVRRP    Role = "vrrp"
	RoleChecker Role = "check"
	RoleBFD     Role = "bfd"
)

// envName is the variable that tells a process that it is a child.
const envName = "KEEPALIVED_CHILD"

// Handover is what a child is started with. The files are inherited; they stay
// open here.
type Handover struct {
	Role   Role
	Ident  string
	Socket *os.File // from NewPair
	Config *os.File // from EncodePart
	Held   *os.File // from the predecessor; may be nil
	// HeardAt is when the predecessor said something last; zero without one.
	HeardAt time.Time
	Lock    *os.File // stays open as long as the child lives; may be nil
	Crash   *os.File // gets the report of a crash; may be nil
	Express *os.File // this child's end of NewExpress; may be nil
	Scripts *os.File // the line to who starts its scripts; may be nil
}

// Files returns the files to inherit. The child finds them at first, first+1, ...
func (h Handover) Files() []*os.File {
	files := []*os.File{h.Socket, h.Config}
	for _, f := range h.optional() {
		if f != nil {
			files = append(files, f)
		}
	}
	return files
}

func (h Handover) optional() [5]*os.File {
	return [5]*os.File{h.Held, h.Lock, h.Crash, h.Express, h.Scripts}
}

// Environ returns the variable that announces files inherited at first and up.
func (h Handover) Environ(first int) string {
	optional, next := [5]int{-1, -1, -1, -1, -1}, first+2
	for i, f := range h.optional() {
		if f != nil {
			optional[i] = next
			next++
		}
	}
	return fmt.Sprintf("%s=%s %d %d %d %d %d %d %d %d %s", envName, h.Role, first, first+1,
		optional[0], optional[1], optional[2], optional[3], optional[4], h.heardNanos(), h.Ident)
}

// heardNanos is HeardAt on the clock that all processes share; 0 is never.
func (h Handover) heardNanos() int64 {
	if h.HeardAt.IsZero() {
		return 0
	}
	return max(monotonic()-int64(time.Since(h.HeardAt)), 1)
}

// monotonic is CLOCK_MONOTONIC in nanoseconds.
func monotonic() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return 0
	}
	return ts.Nano()
}

// FromEnv returns the link that this process was started with and removes the
// variable, so that no script inherits it. It returns nil without an error when
// the process is no child.
func FromEnv() (*Child, error) {
	v, ok := os.LookupEnv(envName)
	if !ok {
		return nil, nil
	}
	os.Unsetenv(envName)
	c, err := parseEnv(v)
	if err != nil {
		return nil, fmt.Errorf("reading %s=%q: %w", envName, v, err)
	}
	return c, nil
}

func parseEnv(v string) (*Child, error) {
	f := strings.SplitN(v, " ", 10)
	if len(f) != 10 {
		return nil, fmt.Errorf("%d fields, not 10", len(f))
	}
	var fds [7]int
	for i, word := range f[1:8] {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		fds[i] = n
	}
	heard, err := strconv.ParseInt(f[8], 10, 64)
	if err != nil {
		return nil, err
	}
	c := &Child{role: Role(f[0]), ident: f[9], fd: fds[0], heard: heard}
	if err := checkSocket(c.fd); err != nil {
		return nil, err
	}
	c.config = inherited(fds[1])
	if _, err := partReader(c.config); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c.lock, c.crash, c.express = inherited(fds[3]), inherited(fds[4]), inherited(fds[5])
	if fds[6] >= 0 {
		_ = unix.SetNonblock(fds[6], true) // before it becomes a File, which then waits without a thread
	}
	c.scripts = inherited(fds[6])
	return c, c.readHeld(inherited(fds[2]))
}

func (c *Child) readHeld(f *os.File) (err error) {
	if f == nil {
		return nil
	}
	defer f.Close()
	c.held, err = ReadPart(f)
	return err
}

func inherited(fd int) *os.File {
	if fd < 0 {
		return nil
	}
	unix.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), partName)
}

// checkSocket insists on the kind of socket that the parent makes.
func checkSocket(fd int) error {
	typ, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return fmt.Errorf("descriptor %d: %w", fd, err)
	}
	if typ != unix.SOCK_SEQPACKET {
		return fmt.Errorf("descriptor %d: socket type %d", fd, typ)
	}
	unix.CloseOnExec(fd)
	return unix.SetNonblock(fd, true)
}
