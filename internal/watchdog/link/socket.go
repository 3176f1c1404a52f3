package link

import (
	"errors"
	"fmt"
	"io"
	"os"

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
	for {
		err := unix.Sendmsg(fd, encode(m), rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
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

func recvmsg(fd int, buf, oob []byte) (n, oobn int, err error) {
	for {
		n, oobn, _, _, err = unix.Recvmsg(fd, buf, oob, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT)
		if err != unix.EINTR {
			return n, oobn, err
		}
	}
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
