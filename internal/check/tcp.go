package check

import "golang.org/x/sys/unix"

// tcpTalk is a TCP_CHECK: the connection alone counts.
type tcpTalk struct {
	c  *checker
	to endpoint
}

func newTCP(c *checker) talk { return &tcpTalk{c, c.endpoint()} }

func (t *tcpTalk) begin() (int, step) {
	fd, state, err := t.to.connect(unix.SOCK_STREAM, 0)
	if state == connecting {
		return fd, writing(t.to.timeout)
	}
	return fd, t.concluded(state, err)
}

func (t *tcpTalk) proceed(fd int, trouble bool) step {
	return t.concluded(finishConnect(fd, trouble), nil)
}

func (t *tcpTalk) concluded(s connectState, err error) step {
	switch s {
	case connected:
		return over(result{ok: true})
	case unprepared:
		return over(postpone("TCP", ".", "TCP connect fail", err))
	case unreachable:
		return over(result{}) // not worth a line of its own
	}
	return over(result{reason: "TCP connection to " + t.c.r.name() + " failed."})
}

func (t *tcpTalk) expired() result {
	return result{reason: "TCP connection to " + t.c.r.name() + " timeout."}
}
