package agentx

import (
	"bufio"
	"context"
	"io"
	"net"
	"time"

	"keepalived/internal/agentx/pdu"
)

// maxDatagram is the size of the read buffer: a datagram is read at once.
const maxDatagram = 64 << 10

// received is a PDU, or with err one whose body could not be read, or the end of
// the connection.
type received struct {
	pdu.Message
	err error
	end bool
}

// conn carries PDUs. A goroutine reads them.
type conn struct {
	net.Conn
	in       chan received
	stop     chan struct{}
	patience time.Duration // for writing
	buf      []byte
}

// connect reaches the master agent, or fails within the patience.
func (a *Agent) connect() (*conn, error) {
	network, address, err := parseAddress(a.options.Address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(a.ctx, a.options.Patience)
	defer cancel()
	nc, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: nc, in: make(chan received), stop: make(chan struct{}), patience: a.options.Patience}
	go c.read()
	return c, nil
}

func (c *conn) close() {
	close(c.stop)
	_ = c.Close()
}

// read passes on PDUs until the connection ends.
func (c *conn) read() {
	r := bufio.NewReaderSize(c.Conn, maxDatagram)
	for {
		m, ok := c.readOne(r)
		m.end = !ok
		select {
		case c.in <- m:
		case <-c.stop:
			return
		}
		if !ok {
			return
		}
	}
}

// readOne is false if what follows cannot be found any more.
func (c *conn) readOne(r io.Reader) (received, bool) {
	var head [pdu.HeaderSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return received{err: err}, false
	}
	h, err := pdu.ParseHeader(head[:])
	if err != nil {
		return received{err: err}, false
	}
	body := make([]byte, h.Length)
	if _, err := io.ReadFull(r, body); err != nil {
		return received{err: err}, false
	}
	m, err := pdu.ParseBody(h, body)
	return received{Message: m, err: err}, true
}

// write sends a PDU; a master agent that takes none is given up.
func (c *conn) write(m *pdu.Message) error {
	m.Flags = pdu.FlagNetworkByteOrder
	c.buf = m.Append(c.buf[:0])
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return err
	}
	_, err := c.Write(c.buf)
	return err
}
