package link

import (
	"os"

	"golang.org/x/sys/unix"
)

// InProcess returns both ends of a link within one process, for tests of a
// child's event loop. config and held may be nil.
func InProcess(role Role, config *os.File, held []byte) (*Peer, *Child, error) {
	parent, sock, err := NewPair()
	if err != nil {
		return nil, nil, err
	}
	defer sock.Close()
	fd, err := unix.FcntlInt(sock.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		parent.Close()
		return nil, nil, err
	}
	return parent, &Child{role: role, ident: "Keepalived_" + string(role), fd: fd, config: config, held: held}, nil
}
