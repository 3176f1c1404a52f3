package link

import (
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Peer is the parent's end of a link.
type Peer struct {
	f   *os.File
	raw syscall.RawConn
}

// NewPair makes a link. child is for the other process; close it here after
// the start.
func NewPair() (parent *Peer, child *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("making a link: %w", err)
	}
	return newPeer(fds[0]), os.NewFile(uintptr(fds[1]), "link"), nil
}

func newPeer(fd int) *Peer {
	f := os.NewFile(uintptr(fd), "link")
	raw, err := f.SyscallConn()
	if err != nil { // only for a closed file
		panic(err)
	}
	return &Peer{f: f, raw: raw}
}

// Recv waits for a message. It returns io.EOF when the child is gone, an
// ErrMalformed after which it can be called again, or os.ErrClosed after Close.
func (p *Peer) Recv() (Message, error) {
	var m Message
	var err error
	if rerr := p.raw.Read(func(fd uintptr) bool {
		m, err = recv(int(fd))
		return err != ErrAgain
	}); rerr != nil {
		return Message{}, rerr
	}
	return m, err
}

// Send sends m or returns ErrAgain when the child's queue is full, io.EOF when
// the child is gone. m.Part stays open.
func (p *Peer) Send(m Message) error {
	var err error
	if rerr := p.raw.Control(func(fd uintptr) { err = send(int(fd), m) }); rerr != nil {
		return rerr
	}
	return err
}

// SendWait is Send that waits for room.
func (p *Peer) SendWait(m Message) error {
	var err error
	if rerr := p.raw.Write(func(fd uintptr) bool {
		err = send(int(fd), m)
		return err != ErrAgain
	}); rerr != nil {
		return rerr
	}
	return err
}

// Close ends the link.
func (p *Peer) Close() error { return p.f.Close() }

var _ io.Closer = (*Peer)(nil)
