package check

import (
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/check/web"
	"keepalived/internal/config"
)

// httpTalk is an HTTP_GET: one URL for each check.
type httpTalk struct {
	urls
	to    endpoint
	url   *config.URLCheck
	page  *pageReader
	stage httpStage
	out   []byte
	until time.Time // when the whole answer has to be there
	// asks is the requests by URL, made when first needed.
	asks [][]byte
}

type httpStage uint8

const (
	httpConnecting httpStage = iota
	httpSending
	httpWaiting // for the first octet
	httpReading
)

// readSize is how much is read at once.
const readSize = 4096

func newHTTP(c *checker) talk {
	return &httpTalk{urls: newURLs(c), to: c.endpoint(), asks: make([][]byte, len(c.http().URLs))}
}

// urls is what HTTP_GET and SSL_GET have in common.
type urls struct {
	c        *checker
	patterns []*pattern // by URL
	bad      error      // a pattern that cannot be used
	noted    map[string]int64
}

func newURLs(c *checker) urls {
	w := urls{c: c, noted: map[string]int64{}}
	for i := range c.http().URLs {
		p, err := compilePattern(c.http().URLs[i].Regex)
		if err != nil {
			w.bad = err
		}
		w.patterns = append(w.patterns, p)
	}
	return w
}

// heavy says that a pattern is searched for, which may take long.
func (w *urls) heavy() bool {
	return slices.ContainsFunc(w.patterns, func(p *pattern) bool { return p != nil })
}

// request is the octets that are sent for a URL.
func (c *checker) request(u *config.URLCheck) []byte {
	host := c.virtualHost(u)
	if host == "" {
		host = web.Authority(c.conf.Target(c.r.conf))
	}
	return web.Request(c.http().Version, u.Path, host)
}

// virtualHost is the configured host of a URL, "" for none.
func (c *checker) virtualHost(u *config.URLCheck) string {
	for _, h := range []string{u.VirtualHost, c.http().VirtualHost, c.r.conf.Rare().VirtualHost, c.r.v.conf.Rare().VirtualHost} {
		if h != "" {
			return h
		}
	}
	return ""
}

func (t *httpTalk) begin() (int, step) {
	if t.bad != nil {
		return -1, over(result{postponed: true, reason: t.bad.Error()})
	}
	i := t.c.page
	t.url = &t.c.http().URLs[i]
	t.page = newPageReader(t.url, t.patterns[i])
	t.stage = httpConnecting
	if t.asks[i] == nil {
		t.asks[i] = t.c.request(t.url)
	}
	t.out = t.asks[i]
	fd, state, err := t.to.connect(unix.SOCK_STREAM, 0)
	switch state {
	case connecting:
		return fd, writing(t.to.timeout)
	case unprepared:
		return fd, over(postpone("WEB", "", "WEB connection fail", err))
	case unreachable:
		return fd, t.fail("HTTP/SSL_CHECK - network unreachable")
	}
	return fd, t.send(fd)
}

func (t *httpTalk) fail(reason string) step {
	t.page = nil
	return over(result{reason: reason})
}

func (t *httpTalk) proceed(fd int, trouble bool) step {
	switch t.stage {
	case httpConnecting:
		if finishConnect(fd, trouble) != connected {
			return t.fail("Connection failed")
		}
		return t.send(fd)
	case httpSending:
		return t.send(fd)
	}
	return t.receive(fd)
}

func (t *httpTalk) send(fd int) step {
	t.stage = httpSending
	n, err := unix.SendmsgN(fd, t.out, nil, nil, unix.MSG_NOSIGNAL)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return writing(t.to.timeout)
	case err != nil:
		return t.fail("Cannot send get request to")
	}
	if t.out = t.out[n:]; len(t.out) > 0 {
		return writing(t.to.timeout)
	}
	t.stage = httpWaiting
	t.until = time.Now().Add(answerWaits * t.to.timeout)
	return reading(t.to.timeout)
}

// answerWaits is how many times connect_timeout a whole answer may take: each
// piece of it has that time, and a server that sends one octet after the other
// must not keep a checker busy for ever.
const answerWaits = 10

// more waits for the next piece.
func (t *httpTalk) more() step {
	left := min(t.to.timeout, time.Until(t.until))
	if left <= 0 {
		return over(t.expired())
	}
	return reading(left)
}

// readsPerTurn is how often one talk may read before others have their turn.
const readsPerTurn = 16

func (t *httpTalk) receive(fd int) step {
	room := takeRoom()
	defer room.giveBack()
	buf := room[:readSize]
	for range readsPerTurn {
		n, err := unix.Read(fd, buf)
		switch {
		case err == unix.EAGAIN || err == unix.EINTR:
			return t.more()
		case err != nil:
			return t.fail("Read error with")
		case n == 0:
			return t.finish()
		}
		t.stage = httpReading
		if !t.page.feed(buf[:n]) {
			return t.finish()
		}
	}
	return t.more()
}

func (t *httpTalk) finish() step {
	p := t.page
	t.page = nil
	return over(p.result(t.c, t.url, t.noted))
}

func (t *httpTalk) expired() result {
	t.page = nil
	switch t.stage {
	case httpConnecting:
		return result{reason: "Timeout connecting"}
	case httpReading:
		return result{reason: "Timeout HTTP read"}
	}
	return result{reason: "Timeout WEB read"}
}
