package link

import (
	"fmt"
	"os"
	"strconv"
	"strings"

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
	Lock   *os.File // stays open as long as the child lives; may be nil
}

// Files returns the files to inherit. The child finds them at first, first+1, ...
func (h Handover) Files() []*os.File {
	files := []*os.File{h.Socket, h.Config}
	for _, f := range []*os.File{h.Held, h.Lock} {
		if f != nil {
			files = append(files, f)
		}
	}
	return files
}

// Environ returns the variable that announces files inherited at first and up.
func (h Handover) Environ(first int) string {
	optional, next := [2]int{-1, -1}, first+2
	for i, f := range []*os.File{h.Held, h.Lock} {
		if f != nil {
			optional[i] = next
			next++
		}
	}
	return fmt.Sprintf("%s=%s %d %d %d %d %s", envName, h.Role, first, first+1, optional[0], optional[1], h.Ident)
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
	f := strings.SplitN(v, " ", 6)
	if len(f) != 6 {
		return nil, fmt.Errorf("%d fields, not 6", len(f))
	}
	var fds [4]int
	for i, word := range f[1:5] {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		fds[i] = n
	}
	c := &Child{role: Role(f[0]), ident: f[5], fd: fds[0]}
	if err := checkSocket(c.fd); err != nil {
		return nil, err
	}
	c.config = inherited(fds[1])
	if _, err := partReader(c.config); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c.lock = inherited(fds[3])
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
