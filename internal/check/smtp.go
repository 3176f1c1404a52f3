package check

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"
)

// smtpTalk is an SMTP_CHECK: greeting, HELO and QUIT.
type smtpTalk struct {
	c     *checker
	to    endpoint
	stage smtpStage
	out   []byte // what has not been sent
	in    []byte // the line that is being read
}

type smtpStage uint8

const (
	smtpConnecting smtpStage = iota
	smtpGreeting
	smtpHelo
	smtpQuit
)

// smtpMaxLine is the longest line of a server that is looked at.
const smtpMaxLine = 511

func newSMTP(c *checker) talk { return &smtpTalk{c: c, to: c.endpoint()} }

func (t *smtpTalk) server() string {
	return fmt.Sprintf("[%s]:%d", t.to.target.Addr(), t.to.target.Port())
}

func (t *smtpTalk) fail(what string) step { return over(result{reason: what + " " + t.server()}) }

func (t *smtpTalk) begin() (int, step) {
	t.stage, t.out, t.in = smtpConnecting, nil, t.in[:0]
	fd, state, err := t.to.connect(unix.SOCK_STREAM, 0)
	switch state {
	case connecting:
		return fd, writing(t.to.timeout)
	case unprepared:
		return fd, over(postpone("SMTP_CHECK", ".", "SMTP_CHECK connection failed", err))
	case unreachable:
		r := t.c.r.conf
		return fd, over(result{reason: fmt.Sprintf("Network unreachable for server %s - real server [%s]:%d", t.to.target.Addr(), r.Addr, r.Port)})
	}
	return fd, t.expect(smtpGreeting)
}

func (t *smtpTalk) expect(s smtpStage) step {
	t.stage, t.in = s, t.in[:0]
	return reading(t.to.timeout)
}

func (t *smtpTalk) proceed(fd int, trouble bool) step {
	switch {
	case t.stage == smtpConnecting && finishConnect(fd, trouble) != connected:
		return t.fail("Could not connect to server")
	case t.stage == smtpConnecting:
		return t.expect(smtpGreeting)
	case len(t.out) > 0:
		return t.send(fd)
	}
	return t.receive(fd)
}

func (t *smtpTalk) say(fd int, next smtpStage, line string) step {
	t.stage, t.in, t.out = next, t.in[:0], []byte(line)
	return t.send(fd)
}

func (t *smtpTalk) send(fd int) step {
	n, err := unix.SendmsgN(fd, t.out, nil, nil, unix.MSG_NOSIGNAL)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return writing(t.to.timeout)
	case err != nil:
		return t.fail("Write failure to server")
	}
	if t.out = t.out[n:]; len(t.out) > 0 {
		return writing(t.to.timeout)
	}
	return reading(t.to.timeout)
}

func (t *smtpTalk) receive(fd int) step {
	room := takeRoom()
	defer room.giveBack()
	buf := room[:smtpMaxLine]
	n, err := unix.Read(fd, buf)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return step{read: true}
	case err != nil || n == 0:
		return t.fail("Read failure from server")
	}
	t.in = append(t.in, buf[:n]...)
	end := bytes.IndexByte(t.in, '\n')
	if end < 0 {
		if len(t.in) > smtpMaxLine {
			t.in = t.in[:0]
		}
		return step{read: true} // the whole answer has to come in time
	}
	return t.answer(fd, smtpCode(t.in[:end]))
}

// answer goes on after the first line of an answer.
func (t *smtpTalk) answer(fd, code int) step {
	switch t.stage {
	case smtpGreeting:
		if code != 220 {
			return t.fail("Bad greeting banner from server")
		}
		return t.say(fd, smtpHelo, "HELO "+t.c.conf.Detail.SMTP.Helo+"\r\n")
	case smtpHelo:
		if code != 250 {
			return t.fail("Bad HELO response from server")
		}
		return t.say(fd, smtpQuit, "QUIT\r\n")
	}
	return over(result{ok: true})
}

// smtpCode is the reply code of a line (RFC 5321 4.2), 0 if it has none or is
// not the last of its reply.
func smtpCode(line []byte) int {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' {
		return 0
	}
	code := 0
	for _, b := range line[:3] {
		if b < '0' || b > '9' {
			return 0
		}
		code = code*10 + int(b-'0')
	}
	return code
}

func (t *smtpTalk) expired() result {
	what := "Read timeout from server "
	switch {
	case t.stage == smtpConnecting:
		what = "Connection timeout to server "
	case len(t.out) > 0:
		what = "Write timeout to server "
	}
	return result{reason: what + t.server()}
}
