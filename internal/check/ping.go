package check

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// pingTalk is a PING_CHECK. Its socket stays open as long as answers come.
type pingTalk struct {
	c        *checker
	to       endpoint
	fd       int           // -1: none
	sequence atomic.Uint32 // its lower 16 bits; others may look at it
}

func newPing(c *checker) talk { return &pingTalk{c: c, to: c.endpoint(), fd: -1} }

// pingData is the length of an echo request's data.
const pingData = 128

var pingText = bytes.Repeat([]byte("keepalived check - "), pingData/19+1)[:pingData]

func (t *pingTalk) types() (request, reply byte, proto int) {
	if t.to.target.Addr().Is4() {
		return 8, 0, unix.IPPROTO_ICMP
	}
	return 128, 129, unix.IPPROTO_ICMPV6
}

func (t *pingTalk) begin() (int, step) {
	if t.fd < 0 {
		if r, ok := t.open(); !ok {
			return -1, over(r)
		}
	}
	sequence := uint16(t.sequence.Add(1))
	request, _, _ := t.types()
	msg := make([]byte, 8+pingData)
	msg[0] = request
	binary.BigEndian.PutUint16(msg[6:], sequence)
	copy(msg[8:], pingText)
	if err := unix.Sendto(t.fd, msg, 0, sockaddr(t.to.target)); err != nil {
		return t.drop(), over(t.failed())
	}
	return t.fd, reading(t.to.timeout)
}

// open makes the socket; the kernel gives it its identifier.
func (t *pingTalk) open() (result, bool) {
	_, _, proto := t.types()
	fd, err := t.to.socket(unix.SOCK_DGRAM, proto)
	if err != nil {
		if uncreated(err) {
			name := "ICMP"
			if proto == unix.IPPROTO_ICMPV6 {
				name = "ICMPv6"
			}
			return postpone(name, ".", name+" connect fail", err), false
		}
		return t.failed(), false
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<17)
	t.fd = fd
	t.sequence.Store(0)
	return result{}, true
}

// drop gives the socket up; the engine closes it.
func (t *pingTalk) drop() int {
	fd := t.fd
	t.fd = -1
	return fd
}

func (t *pingTalk) proceed(fd int, _ bool) step {
	room := takeRoom()
	defer room.giveBack()
	buf := room[:1<<11]
	n, err := unix.Read(fd, buf)
	if err == unix.EAGAIN || err == unix.EINTR {
		return step{read: true}
	}
	_, reply, _ := t.types()
	if err != nil || !echoes(buf[:n], reply, uint16(t.sequence.Load())) {
		t.drop()
		return over(t.failed())
	}
	s := over(result{ok: true})
	s.keep = true
	return s
}

// echoes says whether a message is the expected answer.
func echoes(msg []byte, reply byte, sequence uint16) bool {
	return len(msg) >= 8 && msg[0] == reply && msg[1] == 0 && binary.BigEndian.Uint16(msg[6:]) == sequence
}

func (t *pingTalk) failed() result {
	return result{reason: "ICMP connection to " + t.c.r.name() + " of " + t.c.r.v.name() + " failed."}
}

func (t *pingTalk) expired() result {
	t.drop()
	return result{reason: "ICMP connection to address " + t.c.r.name() + " timeout."}
}

// release closes the socket; no check goes on.
func (t *pingTalk) release() {
	if fd := t.drop(); fd >= 0 {
		unix.Close(fd)
	}
}
