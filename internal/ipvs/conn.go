package ipvs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	messageHeader = 16 // of netlink: length, type, flags, sequence, port

	// batchMessages and batchBytes bound what one sendmsg carries. The kernel
	// works it off before the call returns; its answers to all of it must fit
	// the receive buffer.
	batchMessages = 256
	batchBytes    = 48 << 10
	receiveBuffer = 1 << 20

	// answerBytes is how much one call receives. As much is made ready, and
	// cleared, by the kernel for each answer to a question with a list for an
	// answer, two for each question.
	answerBytes = 8 << 10

	// answerTimeout is how long the kernel may be busy with one batch.
	answerTimeout = 30 * time.Second
)

// conn is a generic netlink socket.
type conn struct {
	fd  int
	seq uint32
	buf []byte
	out []byte // memory for the next question
}

// dial opens a socket in the network namespace of the calling thread.
func dial() (*conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, fmt.Errorf("opening a netlink socket: %w", err)
	}
	if err := configure(fd); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("setting up a netlink socket: %w", err)
	}
	return &conn{fd: fd, buf: make([]byte, answerBytes)}, nil
}

func configure(fd int) error {
	// More than the system's limit only for the administrator, who alone can
	// change the table anyway.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer); err != nil {
			return err
		}
	}
	// An answer need not repeat the request. Kernels before 4.3 always do.
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	tv := unix.NsecToTimeval(answerTimeout.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv); err != nil {
		return err
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &tv); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

func (c *conn) close() error { return unix.Close(c.fd) }

// openMessage appends a netlink header; closeMessage sets its length.
func (c *conn) openMessage(b []byte, typ, flags uint16) ([]byte, int) {
	c.seq++
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.NativeEndian.AppendUint16(b, typ)
	b = binary.NativeEndian.AppendUint16(b, flags|unix.NLM_F_REQUEST)
	b = binary.NativeEndian.AppendUint32(b, c.seq)
	return append(b, 0, 0, 0, 0), at
}

func closeMessage(b []byte, at int) {
	binary.NativeEndian.PutUint32(b[at:], uint32(len(b)-at))
}

func (c *conn) send(b []byte) error {
	for {
		_, err := unix.Write(c.fd, b) // to the kernel, which is the default
		if err != unix.EINTR {
			return err
		}
	}
}

// message is a received netlink message. Its data is valid until the next
// receive.
type message struct {
	typ, flags uint16
	seq        uint32
	data       []byte
}

// errno is the error number in an NLMSG_ERROR or NLMSG_DONE message, 0 for
// success.
func (m message) errno() syscall.Errno {
	if len(m.data) < 4 {
		return 0
	}
	return syscall.Errno(-int32(binary.NativeEndian.Uint32(m.data)))
}

// receive waits for messages of the kernel and calls f for each until it says
// that this was the last.
func (c *conn) receive(f func(message) (last bool, err error)) error {
	for {
		n, from, err := c.read()
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return fmt.Errorf("no answer from the kernel within %v", answerTimeout)
		case err != nil:
			return err
		case n > len(c.buf):
			return fmt.Errorf("answer of %d bytes is too long", n)
		}
		if from != 0 {
			continue // not from the kernel
		}
		last, err := eachMessage(c.buf[:n], f)
		if last || err != nil {
			return err
		}
	}
}

// read is recvfrom(2) that makes no garbage: from is the sender's port, the
// kernel's is 0.
func (c *conn) read() (n int, from uint32, err error) {
	var a unix.RawSockaddrNetlink
	size := uint32(unsafe.Sizeof(a))
	r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(c.fd), uintptr(unsafe.Pointer(&c.buf[0])), uintptr(len(c.buf)),
		unix.MSG_TRUNC, uintptr(unsafe.Pointer(&a)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return 0, 0, errno
	}
	return int(r), a.Pid, nil
}

// eachMessage splits a datagram into its messages.
func eachMessage(b []byte, f func(message) (bool, error)) (bool, error) {
	for len(b) > 0 {
		if len(b) < messageHeader {
			return false, errors.New("answer ends within a header")
		}
		n := int(binary.NativeEndian.Uint32(b))
		if n < messageHeader || n > len(b) {
			return false, fmt.Errorf("answer of %d bytes claims %d", len(b), n)
		}
		last, err := f(message{
			typ:   binary.NativeEndian.Uint16(b[4:]),
			flags: binary.NativeEndian.Uint16(b[6:]),
			seq:   binary.NativeEndian.Uint32(b[8:]),
			data:  b[messageHeader:n],
		})
		if last || err != nil {
			return last, err
		}
		b = b[min(len(b), (n+3)&^3):]
	}
	return false, nil
}
