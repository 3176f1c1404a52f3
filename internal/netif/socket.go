package netif

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// socket is one rtnetlink socket; it belongs to one goroutine.
type socket struct {
	fd  int
	seq uint32
	buf []byte // for received messages
}

// message is one netlink message; body is a part of the socket's buffer.
type message struct {
	typ, flags uint16
	seq        uint32
	body       []byte
}

// openSocket opens a socket that receives the given RTMGRP_* groups.
func openSocket(groups uint32) (*socket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("opening rtnetlink: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("binding rtnetlink: %w", err)
	}
	// Both make errors clearer or shorter; older kernels do without.
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	return &socket{fd: fd, buf: make([]byte, 64<<10)}, nil
}

// setReceiveBuffer sets the size in bytes; above net.core.rmem_max it needs
// force, which needs privilege.
func (s *socket) setReceiveBuffer(size int, force bool) error {
	option := unix.SO_RCVBUF
	if force {
		option = unix.SO_RCVBUFFORCE
	}
	if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, option, size); err != nil {
		return fmt.Errorf("setting the netlink receive buffer to %d bytes: %w", size, err)
	}
	return nil
}

func (s *socket) close() { unix.Close(s.fd) }

// send passes whole messages to the kernel, which carries out requests before
// it returns.
func (s *socket) send(b []byte) error {
	return retry(func() error { return unix.Sendto(s.fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) })
}

// errTruncated is a datagram that was longer than the buffer.
var errTruncated = errors.New("netlink message longer than the buffer")

// receive reads one datagram of the kernel and calls f for each message in it.
func (s *socket) receive(flags int, f func(message)) error {
	var n, recvflags int
	var from unix.Sockaddr
	err := retry(func() (err error) {
		n, _, recvflags, from, err = unix.Recvmsg(s.fd, s.buf, nil, flags)
		return err
	})
	if err != nil {
		return err
	}
	if nl, ok := from.(*unix.SockaddrNetlink); !ok || nl.Pid != 0 {
		return nil // not from the kernel
	}
	if recvflags&unix.MSG_TRUNC != 0 {
		return errTruncated
	}
	messages(s.buf[:n], f)
	return nil
}

// messages splits a datagram. What is cut off at the end is left out.
func messages(b []byte, f func(message)) {
	for len(b) >= unix.NLMSG_HDRLEN {
		n := int(host.Uint32(b))
		if n < unix.NLMSG_HDRLEN || n > len(b) {
			return
		}
		f(message{
			typ:   host.Uint16(b[4:]),
			flags: host.Uint16(b[6:]),
			seq:   host.Uint32(b[8:]),
			body:  b[unix.NLMSG_HDRLEN:n],
		})
		n = (n + unix.NLMSG_ALIGNTO - 1) &^ (unix.NLMSG_ALIGNTO - 1)
		if n > len(b) {
			return
		}
		b = b[n:]
	}
}

// appendMessage appends one message with the given payload.
func appendMessage(b []byte, typ, flags uint16, seq uint32, body []byte) []byte {
	b = host.AppendUint32(b, uint32(unix.NLMSG_HDRLEN+len(body)))
	b = host.AppendUint16(b, typ)
	b = host.AppendUint16(b, flags)
	b = host.AppendUint32(b, seq)
	b = host.AppendUint32(b, 0) // our port: the kernel fills it in
	b = append(b, body...)
	for len(b)%unix.NLMSG_ALIGNTO != 0 {
		b = append(b, 0)
	}
	return b
}

func retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// pollable makes the socket one that Go's scheduler waits on, so that closing
// it ends a wait. The socket's descriptor belongs to the file from then on.
func (s *socket) pollable() (*os.File, error) {
	if err := unix.SetNonblock(s.fd, true); err != nil {
		return nil, fmt.Errorf("making rtnetlink non-blocking: %w", err)
	}
	return os.NewFile(uintptr(s.fd), "rtnetlink"), nil
}
