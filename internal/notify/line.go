package notify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// NewLine makes the line between a Runner and the process that starts its
// scripts: server is for Serve, client for the other process.
func NewLine() (server, client *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("making the line for scripts: %w", err)
	}
	return os.NewFile(uintptr(fds[0]), "scripts"), os.NewFile(uintptr(fds[1]), "scripts"), nil
}

// noteLine sends and receives notes. Any goroutine may send, one receives.
type noteLine struct {
	file *os.File
	raw  syscall.RawConn
}

func newNoteLine(f *os.File) (*noteLine, error) {
	raw, err := f.SyscallConn()
	return &noteLine{f, raw}, err
}

// send waits for room.
func (l *noteLine) send(n note) error {
	b := n.encode()
	if len(b) > maxNote {
		return unix.E2BIG
	}
	_, err := l.file.Write(b)
	return err
}

// recv waits for a note; io.EOF is the end of the line, errNote one that the
// receiver does not understand.
func (l *noteLine) recv() (note, error) {
	var b []byte
	var err error
	if rerr := l.raw.Read(func(fd uintptr) bool {
		b, err = packet(int(fd))
		return err != unix.EAGAIN
	}); rerr != nil {
		return note{}, rerr
	}
	if err != nil {
		return note{}, err
	}
	if len(b) == 0 {
		return note{}, io.EOF
	}
	return decodeNote(b)
}

// packet reads one packet of any length.
func packet(fd int) ([]byte, error) {
	const flags = unix.MSG_DONTWAIT | unix.MSG_PEEK | unix.MSG_TRUNC
	n, err := received(fd, nil, flags)
	if err != nil {
		return nil, err
	}
	b := make([]byte, min(n, maxNote))
	n, err = received(fd, b, unix.MSG_DONTWAIT)
	return b[:max(n, 0)], err
}

func received(fd int, b []byte, flags int) (n int, err error) {
	for {
		n, _, _, _, err = unix.Recvmsg(fd, b, nil, flags)
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
