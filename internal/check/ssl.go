package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"keepalived/internal/check/web"
	"keepalived/internal/config"
	"keepalived/internal/logging"
)

// sslProber is an SSL_GET. Each check has a goroutine while it goes on.
type sslProber struct {
	urls
	to     endpoint
	config *tls.Config
}

func newSSL(c *checker, l *lab) prober {
	return &sslProber{urls: newURLs(c), to: c.endpoint(), config: l.client}
}

func (p *sslProber) begin(l *lab, c *checker) {
	if p.bad != nil {
		l.deliver([]delivery{{c: c, result: result{postponed: true, reason: p.bad.Error()}}})
		return
	}
	i := c.page
	go func() { l.deliver([]delivery{{c: c, result: p.check(i)}}) }()
}

func (p *sslProber) cancel() {}

func (p *sslProber) release() {}

// check fetches URL i.
func (p *sslProber) check(i int) result {
	u := &p.c.http().URLs[i]
	limit := time.Now().Add(p.to.timeout)
	raw, res := p.dial(limit)
	if raw == nil {
		return res
	}
	conf := p.config.Clone()
	conf.ServerName = p.serverName(u)
	ending := &endWatch{Conn: raw}
	conn := tls.Client(ending, conf)
	defer p.hangUp(conn, u)
	_ = conn.SetDeadline(limit)
	if err := conn.Handshake(); errors.Is(err, os.ErrDeadlineExceeded) {
		return result{reason: "Timeout connecting"}
	} else if err != nil {
		return result{reason: "SSL handshake/communication error connecting to"}
	}
	_ = conn.SetDeadline(time.Now().Add(p.to.timeout))
	if _, err := conn.Write(p.c.request(u)); err != nil {
		return result{reason: "Cannot send get request to"}
	}
	return p.read(conn, ending, u, p.patterns[i])
}

// endWatch notes that a connection has ended below TLS, which crypto/tls takes
// for a close in good order.
type endWatch struct {
	net.Conn
	ended bool
}

func (e *endWatch) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	e.ended = e.ended || err == io.EOF
	return n, err
}

func (p *sslProber) read(conn *tls.Conn, ending *endWatch, u *config.URLCheck, re *pattern) result {
	page := newPageReader(u, re)
	buf := make([]byte, readSize)
	// A server of TLS 1.3 has sent its tickets, which counts as an answer.
	first := conn.ConnectionState().Version < tls.VersionTLS13
	for begun := false; ; {
		n, err := conn.Read(buf)
		if n > 0 && !begun {
			begun, first = true, false
			_ = conn.SetDeadline(time.Now().Add(p.to.timeout))
		}
		if n > 0 && !page.feed(buf[:n]) {
			break
		}
		if err == nil {
			continue
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && first:
			return result{reason: "Timeout WEB read"}
		case errors.Is(err, os.ErrDeadlineExceeded):
			return result{reason: "Timeout SSL read"}
		case err == io.EOF && !ending.ended && !page.headed:
			return result{reason: "SSL read error from"}
		}
		break
	}
	return page.result(p.c, u, p.noted)
}

// hangUp closes without close_notify unless the server insists on it.
func (p *sslProber) hangUp(conn *tls.Conn, u *config.URLCheck) {
	if p.c.http().TLSCompliant || u.TLSCompliant {
		_ = conn.SetDeadline(time.Now().Add(p.to.timeout))
		_ = conn.Close()
		return
	}
	_ = conn.NetConn().Close()
}

// serverName is what SNI says: as with C keepalived never the virtualhost of the
// real server.
func (p *sslProber) serverName(u *config.URLCheck) string {
	h := p.c.http()
	if !h.EnableSNI {
		return ""
	}
	for _, name := range []string{u.VirtualHost, h.VirtualHost, p.c.r.v.conf.Rare().VirtualHost} {
		if name != "" {
			return name
		}
	}
	return ""
}

// dial connects with the options of the endpoint; without a connection the
// result says why.
func (p *sslProber) dial(limit time.Time) (net.Conn, result) {
	var begun connectState
	var setup error
	d := net.Dialer{Deadline: limit, KeepAlive: -1, Control: func(_, _ string, raw syscall.RawConn) error {
		var failed error
		err := raw.Control(func(fd uintptr) {
			if begun, setup = p.to.start(int(fd)); begun == unprepared || begun == unreachable {
				failed = errNotBegun
			}
		})
		return errors.Join(err, failed)
	}}
	conn, err := d.DialContext(context.Background(), "tcp", p.to.target.String())
	switch {
	case err == nil:
		return conn, result{}
	case begun == unprepared:
		return nil, postpone("WEB", "", "WEB connection fail", setup)
	case begun == unreachable:
		return nil, result{reason: "HTTP/SSL_CHECK - network unreachable"}
	}
	if late := net.Error(nil); errors.As(err, &late) && late.Timeout() {
		return nil, result{reason: "Timeout connecting"}
	}
	return nil, result{reason: "Connection failed"}
}

// errNotBegun ends a dial that connect(2) has refused at once.
var errNotBegun = errors.New("connection not begun")

// clientTLS is what all SSL_GET checks present: every version and cipher that
// there is, no verification.
func clientTLS(log *logging.Logger, s config.SSLContext) *tls.Config {
	c := web.ClientTLS()
	if s.Certificate != "" || s.Key != "" {
		cert, err := loadKeyPair(s)
		if err != nil {
			log.Infof("SSL error : Cant load certificate or key file (%v); SSL_GET checks present none", err)
		} else {
			c.Certificates = []tls.Certificate{cert}
		}
	}
	if s.CA != "" {
		pem, err := os.ReadFile(s.CA)
		if err == nil && !x509.NewCertPool().AppendCertsFromPEM(pem) {
			err = errors.New("no certificates in it")
		}
		if err != nil {
			log.Infof("SSL error : Cant load CA file (%s: %v)", s.CA, err)
		}
	}
	return c
}

func loadKeyPair(s config.SSLContext) (tls.Certificate, error) {
	cert, key := s.Certificate, s.Key
	if cert == "" {
		cert = key
	}
	if key == "" {
		key = cert
	}
	chain, err := os.ReadFile(cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	private, err := os.ReadFile(key)
	if err == nil {
		private, err = plainKey(private, s.Password)
	}
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("reading the key file %s: %w", key, err)
	}
	pair, err := tls.X509KeyPair(chain, private)
	if err != nil {
		return pair, fmt.Errorf("loading %s and %s: %w", cert, key, err)
	}
	return pair, nil
}
