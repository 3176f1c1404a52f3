package check

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// udpTalk is a UDP_CHECK: a server that does not answer is as good as one that
// does, unless an answer is required; only an ICMP error is a failure.
type udpTalk struct {
	c   *checker
	to  endpoint
	own *config.UDPCheck
}

func newUDP(c *checker) talk {
	to := c.endpoint()
	if o := to.options; o != nil && o.BindIf != "" { // keepalived.conf(5): not for UDP_CHECK
		without := *o
		without.BindIf = ""
		to.options = &without
	}
	return &udpTalk{c, to, c.conf.Detail.UDP}
}

func (t *udpTalk) begin() (int, step) {
	fd, err := t.to.socket(unix.SOCK_DGRAM, unix.IPPROTO_UDP)
	if err != nil {
		if uncreated(err) {
			return -1, over(postpone("UDP", ".", "UDP connect fail", err))
		}
		r := result{} // not worth the line that an answer is worth
		if b := (*bindError)(nil); errors.As(err, &b) {
			errno, _ := b.err.(unix.Errno)
			r.notes = []string{fmt.Sprintf("bind failed. errno: %d, error: %s", int(errno), errnoText(errno))}
		}
		return -1, over(r)
	}
	level, option := unix.IPPROTO_IPV6, unix.IPV6_RECVERR
	if t.to.target.Addr().Is4() {
		level, option = unix.IPPROTO_IP, unix.IP_RECVERR
	}
	_ = unix.SetsockoptInt(fd, level, option, 1)
	if err := unix.Connect(fd, sockaddr(t.to.target)); err != nil {
		return fd, over(t.cannot("UDP connect", err))
	}
	if _, err := unix.Write(fd, t.own.Payload); err != nil {
		return fd, over(t.cannot("UDP send", err))
	}
	return fd, reading(t.to.timeout)
}

func (t *udpTalk) proceed(fd int, _ bool) step {
	room := takeRoom()
	defer room.giveBack()
	buf := room[:]
	n, err := unix.Read(fd, buf)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return step{read: true}
	case err != nil:
		return over(t.failed())
	case t.own.RequireReply && !replyMatches(t.own, buf[:n]):
		return over(result{reason: "UDP check to " + t.c.r.name() + " reply data mismatch."})
	}
	return over(result{ok: true})
}

func (t *udpTalk) failed() result {
	return result{reason: "UDP connection to " + t.c.r.name() + " failed."}
}

// cannot is the failure of what was tried.
func (t *udpTalk) cannot(what string, err error) result {
	r := result{}
	if line := t.to.news(what, err); line != "" {
		r.details = []string{line}
	}
	return r
}

func (t *udpTalk) expired() result {
	if t.own.RequireReply {
		return t.failed()
	}
	return result{ok: true}
}

// replyMatches compares an answer with what is expected, if anything is: as far
// as both go, but for the bits that do not count.
func replyMatches(u *config.UDPCheck, got []byte) bool {
	if len(u.Reply) == 0 {
		return true
	}
	if len(got) < int(u.MinReply) || len(got) > int(u.MaxReply) {
		return false
	}
	for i := range min(len(got), len(u.Reply)) {
		mask := byte(0xff)
		if i < len(u.ReplyMask) {
			mask = u.ReplyMask[i]
		}
		if (got[i]^u.Reply[i])&mask != 0 {
			return false
		}
	}
	return true
}
