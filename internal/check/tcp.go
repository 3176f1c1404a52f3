package check

// tcpTalk is a TCP_CHECK: the connection alone counts.
type tcpTalk struct {
	c  *checker
	to endpoint
}

func newTCP(c *checker) talk { return &tcpTalk{c, c.endpoint()} }

func (t *tcpTalk) begin() (int, step) {
	fd, state, err := t.to.connect()
	if state == connecting {
		return fd, writing(t.to.timeout)
	}
	return fd, t.concluded(state, err)
}

func (t *tcpTalk) proceed(fd int) step { return t.concluded(finishConnect(fd), nil) }

func (t *tcpTalk) concluded(s connectState, err error) step {
	switch s {
	case connected:
		return over(result{ok: true})
	case unprepared:
		return over(postpone("TCP", ".", err))
	}
	return over(result{reason: "TCP connection to " + t.c.r.name() + " failed."})
}

func (t *tcpTalk) expired() result {
	return result{reason: "TCP connection to " + t.c.r.name() + " timeout."}
}
