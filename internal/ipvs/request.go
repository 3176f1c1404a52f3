package ipvs

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// batch is a number of requests sent at once. None asks to be acknowledged: the
// kernel works them off in order and reports each failure, so the
// acknowledgement of an empty message behind them tells that the others succeeded.
//
// That of the last request would not do: the kernel says nothing at all about a
// request that fails with EINTR, which is what stopping a sync daemon comes to
// whose thread has not begun to run. It is stopped all the same.
type batch struct {
	buf   []byte
	first uint32 // sequence number of the first request
	count int
}

func (b *batch) full() bool { return b.count >= batchMessages || len(b.buf) >= batchBytes }

// add appends a request, whose body appendBody appends. When that fails the
// batch is as before.
func (c *conn) add(b *batch, family uint16, appendBody func([]byte) ([]byte, error)) error {
	seq := c.seq
	buf, at := c.openMessage(b.buf, family, 0)
	buf, err := appendBody(buf)
	if err != nil {
		c.seq = seq
		b.buf = buf[:at]
		return err
	}
	closeMessage(buf, at)
	if b.count == 0 {
		b.first = c.seq
	}
	b.buf = buf
	b.count++
	return nil
}

// do sends a batch, waits until the kernel has carried it out, calls failed for
// the requests that it refused, by their index, and empties the batch.
func (c *conn) do(b *batch, failed func(i int, errno syscall.Errno)) error {
	if b.count == 0 {
		return nil
	}
	buf, at := c.openMessage(b.buf, unix.NLMSG_NOOP, unix.NLM_F_ACK)
	closeMessage(buf, at)
	b.buf = buf
	if err := c.send(b.buf); err != nil {
		return fmt.Errorf("sending to the kernel: %w", err)
	}
	first, count := b.first, b.count
	b.buf, b.count = b.buf[:0], 0
	err := c.receive(func(m message) (bool, error) {
		i := m.seq - first // wraps far away for answers to something else
		if m.typ != unix.NLMSG_ERROR || i > uint32(count) {
			return false, nil
		}
		if i == uint32(count) {
			return true, nil
		}
		if no := m.errno(); no != 0 {
			failed(int(i), no)
		}
		return false, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the kernel: %w", err)
	}
	return nil
}

// call sends one request and returns nothing but its failure.
func (c *conn) call(family uint16, body []byte) error {
	var b batch
	if err := c.add(&b, family, func(buf []byte) ([]byte, error) { return append(buf, body...), nil }); err != nil {
		return err
	}
	var errno syscall.Errno
	if err := c.do(&b, func(_ int, no syscall.Errno) { errno = no }); err != nil {
		return err
	}
	if errno != 0 {
		return errno
	}
	return nil
}

// ask sends a request that is answered with data and calls f for each answer:
// one, or with dump any number. After an error of f it is not called again, but
// the rest is still received, as the kernel carries on with it.
func (c *conn) ask(family uint16, body []byte, dump bool, f func(data []byte) error) error {
	var flags uint16
	if dump {
		flags = unix.NLM_F_DUMP
	}
	buf, at := c.openMessage(c.out[:0], family, flags)
	buf = append(buf, body...)
	closeMessage(buf, at)
	c.out = buf
	seq := c.seq
	if err := c.send(buf); err != nil {
		return fmt.Errorf("sending to the kernel: %w", err)
	}
	var failed error
	err := c.receive(func(m message) (bool, error) {
		switch {
		case m.seq != seq:
			return false, nil
		case m.typ == unix.NLMSG_DONE || m.typ == unix.NLMSG_ERROR:
			if no := m.errno(); no != 0 {
				return true, no
			}
			return true, nil
		case failed == nil:
			failed = f(m.data)
		}
		return !dump, nil
	})
	if err == nil {
		err = failed
	}
	return err
}
