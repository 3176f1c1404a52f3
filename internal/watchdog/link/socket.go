package link

import (
	"errors"
	"fmt"
	"io"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrAgain means that there is nothing to receive, or no room to send.
var ErrAgain = errors.New("try again later")

// send writes one message to a non-blocking socket.
func send(fd int, m Message) error {
	var rights []byte
	if m.Part != nil {
		rights = unix.UnixRights(int(m.Part.Fd()))
	}
	b := encode(m)
	for {
		err := sendmsg(fd, b, rights)
		switch err {
		case nil:
			return nil
		case unix.EINTR:
			continue
		case unix.EAGAIN, unix.ENOBUFS, unix.ETOOMANYREFS:
			return ErrAgain
		case unix.EPIPE, unix.ECONNRESET:
			return io.EOF
		}
		return fmt.Errorf("sending %v: %w", m.Type, err)
	}
}

// recv reads one message from a non-blocking socket.
func recv(fd int) (Message, error) {
	buf := make([]byte, maxMessage+1)
	oob := make([]byte, unix.CmsgSpace(4*4))
	n, oobn, err := recvmsg(fd, buf, oob)
	switch {
	case err == unix.EAGAIN:
		return Message{}, ErrAgain
	case err == unix.ECONNRESET:
		return Message{}, io.EOF
	case err != nil:
		return Message{}, fmt.Errorf("receiving: %w", err)
	}
	parts := descriptors(oob[:oobn])
	if n == 0 && len(parts) == 0 {
		return Message{}, io.EOF
	}
	m, err := decode(buf[:n], len(parts) == 1)
	if err != nil || len(parts) > 1 {
		closeAll(parts)
		return Message{}, errors.Join(err, extra(parts))
	}
	if len(parts) == 1 {
		m.Part = parts[0]
	}
	return m, nil
}

func extra(parts []*os.File) error {
	if len(parts) > 1 {
		return fmt.Errorf("%d descriptors: %w", len(parts), ErrMalformed)
	}
	return nil
}

// sendmsg and recvmsg never wait and do not tell the runtime: it would wake its
// monitor thread, twice, for every Hello of an idle daemon.
func sendmsg(fd int, b, rights []byte) error {
	var iov unix.Iovec
	iov.Base = &b[0]
	iov.SetLen(len(b))
	hdr := unix.Msghdr{Iov: &iov}
	hdr.SetIovlen(1)
	if len(rights) > 0 {
		hdr.Control = &rights[0]
		hdr.SetControllen(len(rights))
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdr)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
	return number(errno)
}

func recvmsg(fd int, buf, oob []byte) (n, oobn int, err error) {
	for {
		var iov unix.Iovec
		iov.Base = &buf[0]
		iov.SetLen(len(buf))
		hdr := unix.Msghdr{Iov: &iov, Control: &oob[0]}
		hdr.SetIovlen(1)
		hdr.SetControllen(len(oob))
		r, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdr)), unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
		if errno != unix.EINTR {
			n = int(r)
			if errno != 0 {
				n = -1
			}
			return n, int(hdr.Controllen), number(errno)
		}
	}
}

// number makes nil of success.
func number(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// descriptors returns the files that came with a message.
func descriptors(oob []byte) []*os.File {
	var files []*os.File
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil
	}
	for i := range msgs {
		fds, err := unix.ParseUnixRights(&msgs[i])
		if err != nil {
			continue
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), partName))
		}
	}
	return files
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
