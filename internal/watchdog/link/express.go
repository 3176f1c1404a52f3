package link

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// NewExpress makes the line on which the BFD child tells the VRRP child the
// states of sessions, past the parent: a failover waits for them, and the
// parent has to share the processors with everybody else. Keep both ends open,
// for the successors of both children.
func NewExpress() (bfd, vrrp *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("making the line from BFD to VRRP: %w", err)
	}
	return os.NewFile(uintptr(fds[0]), "express"), os.NewFile(uintptr(fds[1]), "express"), nil
}

// ExpressFD is the end of the express line of a child, for the poller of its
// event loop; -1 without one.
func (c *Child) ExpressFD() int {
	if c.express == nil {
		return -1
	}
	return int(c.express.Fd())
}

// RecvExpress returns the next state of a session, which the parent tells as
// well, maybe later. It returns ErrAgain when there is none, io.EOF when the
// line is cut, and ErrMalformed after which the next call goes on.
func (c *Child) RecvExpress() (SessionState, error) {
	m, err := recv(c.ExpressFD())
	if err != nil {
		return SessionState{}, err
	}
	return ParseSessionState(m)
}

// SessionState tells the state of a session: by the express line, and by the
// parent, who keeps it for those that start later. A line that is full or cut
// leaves it to the parent.
func (c *Child) SessionState(s SessionState) error {
	if c.express != nil {
		_ = send(c.ExpressFD(), s.Message())
	}
	return c.tell(s.Message())
}
