// Package genhash fetches a page as HTTP_GET and SSL_GET do and shows its MD5
// digest, for the digest of a url in keepalived.conf(5); see genhash(1).
package genhash

import (
	"bufio"
	"context"
	"crypto/md5"
	"crypto/tls"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/check/web"
	"keepalived/internal/config"
)

// Options say what to fetch.
type Options struct {
	Server      netip.AddrPort
	URL         string // path
	VirtualHost string // for the Host header and, with SNI, for TLS
	Version     config.HTTPVersion
	TLS, SNI    bool
	Fwmark      uint32        // 0: none
	Timeout     time.Duration // of the connection and of each answer
	Verbose     bool
}

// Run fetches the page and writes its digest, or why there is none, to out.
// Only a page without a header is a matter of errs.
func Run(o Options, out, errs io.Writer) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	f := fetch{Options: o, out: w, sum: md5.New(), length: -1}
	began := time.Now()
	switch reason := f.run(); {
	case reason != "":
		fmt.Fprintln(w, reason)
		return
	case !f.headed:
		fmt.Fprintln(errs, "no data received from remote webserver")
		return
	}
	f.digest()
	if o.Verbose {
		fmt.Fprintf(w, "\nGlobal response time for [%s] = %d usecs\n", o.URL, time.Since(began).Microseconds())
	}
}

// fetch is a page on its way.
type fetch struct {
	Options
	out    *bufio.Writer
	sum    hash.Hash
	head   []byte // what came, while the header is not complete
	headed bool
	length int64 // Content-Length, -1: none
	got    int64 // octets of the body
}

// readSize is how much is read at once; it shows in the verbose output.
const readSize = web.MaxHeader

// run returns why the page could not be fetched, "" when it was.
func (f *fetch) run() string {
	limit := time.Now().Add(f.Timeout)
	conn, reason := f.connect(limit)
	if conn == nil {
		return reason
	}
	defer conn.Close()
	if f.TLS {
		secure := f.secure(conn)
		_ = secure.SetDeadline(limit)
		if err := secure.Handshake(); err != nil {
			return handshakeFailure(err)
		}
		conn = secure
	}
	host := f.VirtualHost
	if host == "" {
		host = web.Authority(f.Server)
	}
	_ = conn.SetDeadline(time.Now().Add(f.Timeout))
	if _, err := conn.Write(web.Request(f.Version, f.URL, host)); err != nil {
		return "Cannot send get request to"
	}
	return f.read(conn)
}

func (f *fetch) secure(conn net.Conn) *tls.Conn {
	c := web.ClientTLS()
	if f.SNI {
		c.ServerName = f.VirtualHost
	}
	return tls.Client(conn, c)
}

func handshakeFailure(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "Timeout connecting"
	}
	return "SSL handshake/communication error connecting to"
}

func (f *fetch) connect(limit time.Time) (net.Conn, string) {
	d := net.Dialer{Deadline: limit, KeepAlive: -1, Control: func(_, _ string, raw syscall.RawConn) (err error) {
		if f.Fwmark == 0 {
			return nil
		}
		if e := raw.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, int(f.Fwmark))
		}); e != nil {
			return e
		}
		return err
	}}
	conn, err := d.DialContext(context.Background(), "tcp", f.Server.String())
	switch {
	case err == nil:
		return conn, ""
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, "Timeout connecting"
	case errors.Is(err, unix.ENETUNREACH) || errors.Is(err, unix.EHOSTUNREACH):
		return nil, "HTTP/SSL_CHECK - network unreachable"
	case errors.Is(err, unix.EPERM):
		return nil, fmt.Sprintf("Setting the mark of the socket: %v", err)
	}
	return nil, "Connection failed"
}

// read takes the response in, up to its end.
func (f *fetch) read(conn net.Conn) string {
	buf := make([]byte, readSize)
	for first := true; ; first = false {
		n, err := conn.Read(buf[:f.room()])
		f.take(buf[:n])
		switch {
		case err == nil:
			_ = conn.SetDeadline(time.Now().Add(f.Timeout))
		case errors.Is(err, os.ErrDeadlineExceeded) && f.TLS:
			return "Timeout SSL read"
		case errors.Is(err, os.ErrDeadlineExceeded):
			return map[bool]string{true: "Timeout WEB read", false: "Timeout HTTP read"}[first]
		case f.TLS && first && n == 0:
			return "SSL read error from"
		case errors.Is(err, io.EOF) || f.TLS && f.headed:
			return ""
		case f.TLS:
			return "SSL read error from"
		default:
			return "Read error with"
		}
		if !f.headed && len(f.head) >= web.MaxHeader {
			return ""
		}
	}
}

// room is how much of the buffer may be filled: a header does not grow beyond it.
func (f *fetch) room() int {
	if f.headed {
		return readSize
	}
	return readSize - len(f.head)
}

// take adds what one read brought.
func (f *fetch) take(data []byte) {
	if len(data) == 0 {
		return
	}
	if f.headed {
		f.body(data, false)
		return
	}
	f.head = append(f.head, data...)
	f.delimiter("    HTTP Header Buffer    ")
	end := web.EndOfHeader(f.head)
	if end < 0 {
		return
	}
	f.headed = true
	f.length = web.ContentLength(f.head[:end])
	f.header(f.head[:end])
	if rest := f.head[end:]; len(rest) > 0 {
		f.body(rest, true)
	}
}

// body adds a part of the page, as far as Content-Length says that it is one.
func (f *fetch) body(data []byte, first bool) {
	if f.length >= 0 {
		data = data[:min(int64(len(data)), max(f.length-f.got, 0))]
	}
	f.got += int64(len(data))
	f.sum.Write(data)
	f.content(data, first)
}
