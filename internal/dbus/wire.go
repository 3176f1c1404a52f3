package dbus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// maxMessage is the longest message that is looked at, in octets; the longest
// that anybody needs to send us has some hundred.
const maxMessage = 16 << 10

// headSize is how much of a message tells how long it is (D-Bus specification,
// Message Format).
const headSize = 16

var errFrame = errors.New("the bus sends something that is no message")

// wire is the connection to the bus without messages that are too long. Everybody
// on the machine may send some of many megabytes, and the library takes each
// apart, at thirty times its size, before anybody is asked about it.
type wire struct {
	net.Conn
	in      *bufio.Reader
	framed  bool   // the handshake is over, what comes are messages
	pending []byte // of the message being read: what was looked at already
	left    int64  // and the octets that follow
}

func newWire(c net.Conn) *wire { return &wire{Conn: c, in: bufio.NewReaderSize(c, maxMessage)} }

// Write notes the end of the handshake, which comes before the first message is
// read.
func (w *wire) Write(b []byte) (int, error) {
	if !w.framed && string(b) == "BEGIN\r\n" {
		w.framed = true
	}
	return w.Conn.Write(b)
}

// Read implements [io.Reader].
func (w *wire) Read(b []byte) (int, error) {
	if !w.framed {
		return w.in.Read(b)
	}
	for len(w.pending) == 0 && w.left == 0 {
		if err := w.next(); err != nil {
			return 0, err
		}
	}
	if len(w.pending) > 0 {
		n := copy(b, w.pending)
		w.pending = w.pending[n:]
		return n, nil
	}
	n, err := w.in.Read(b[:min(int64(len(b)), w.left)])
	w.left -= int64(n)
	return n, err
}

// next looks at the beginning of a message, and passes over it if it is too long.
func (w *wire) next() error {
	head := make([]byte, headSize)
	if _, err := io.ReadFull(w.in, head); err != nil {
		return err
	}
	var order binary.ByteOrder
	switch head[0] {
	case 'l':
		order = binary.LittleEndian
	case 'B':
		order = binary.BigEndian
	default:
		return errFrame
	}
	body, fields := int64(order.Uint32(head[4:])), int64(order.Uint32(head[12:]))
	left := (fields+7)/8*8 + body
	if headSize+left > maxMessage {
		_, err := io.CopyN(io.Discard, w.in, left)
		return err
	}
	w.pending, w.left = head, left
	return nil
}
