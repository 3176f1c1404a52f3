package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/sys/unix"
)

// dnsTalk is a DNS_CHECK: one question, any answer without an error code.
type dnsTalk struct {
	c     *checker
	to    endpoint
	query []byte
}

func newDNS(c *checker) talk {
	d := c.conf.Detail.DNS
	return &dnsTalk{c: c, to: c.endpoint(), query: dnsQuery(d.Name, d.Type)}
}

const (
	dnsHeader   = 12
	dnsMaxReply = 768
	dnsMaxLabel = 63
)

// dnsQuery is a question of class IN with recursion desired (RFC 1035 4.1); the
// id is left open.
func dnsQuery(name string, kind uint16) []byte {
	q := []byte{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(name, ".") {
		if label == "" {
			continue
		}
		label = label[:min(len(label), dnsMaxLabel)]
		q = append(q, byte(len(label)))
		q = append(q, label...)
	}
	q = append(q, 0)
	q = binary.BigEndian.AppendUint16(q, kind)
	return binary.BigEndian.AppendUint16(q, 1)
}

func (t *dnsTalk) begin() (int, step) {
	fd, state, err := t.to.connect(unix.SOCK_DGRAM, unix.IPPROTO_UDP)
	switch state {
	case unprepared:
		r := postpone("UDP", ".", "failed", err)
		r.reason = t.c.dnsLine(r, "")
		return -1, over(r)
	case unreachable:
		return -1, over(result{reason: fmt.Sprintf("network unreachable for [%s]:%d", t.to.target.Addr(), t.to.target.Port())})
	}
	binary.BigEndian.PutUint16(t.query, uint16(rand.Uint32()))
	n, err := unix.Write(fd, t.query)
	switch {
	case err != nil:
		return fd, over(result{reason: "failed to write socket."})
	case n != len(t.query):
		return fd, over(result{reason: "failed to write all of the datagram."})
	}
	return fd, reading(t.to.timeout)
}

func (t *dnsTalk) proceed(fd int, _ bool) step {
	room := takeRoom()
	defer room.giveBack()
	buf := room[:dnsMaxReply]
	n, err := unix.Read(fd, buf)
	if err == unix.EAGAIN || err == unix.EINTR {
		return step{read: true}
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return over(result{reason: fmt.Sprintf("failed to read socket; errno %d (%s)", int(errno), errnoText(err))})
	}
	rcode, ok := dnsAnswer(buf[:n], binary.BigEndian.Uint16(t.query))
	switch {
	case !ok:
		return step{read: true} // not the answer: it may still come
	case rcode != 0:
		return over(result{reason: fmt.Sprintf("read error occurred. (rcode = %d)", rcode)})
	}
	return over(result{ok: true})
}

// dnsAnswer reads the code of an answer; ok is false when it is none to the
// question with the id.
func dnsAnswer(msg []byte, id uint16) (rcode byte, ok bool) {
	if len(msg) < dnsHeader || binary.BigEndian.Uint16(msg) != id || msg[2]&0x80 == 0 {
		return 0, false
	}
	return msg[3] & 0x0f, true
}

func (t *dnsTalk) expired() result { return result{reason: "read timeout from socket"} }
