// Package web is what HTTP_GET, SSL_GET and genhash have in common: the request,
// the TLS settings and the reading of a response's header.
package web

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/netip"
	"strconv"

	"keepalived/internal/config"
)

// Request is the octets that ask for a path. host is what the Host header says.
func Request(v config.HTTPVersion, path, host string) []byte {
	version, closing := "1.0", ""
	if v == config.HTTP11 {
		version = "1.1"
	}
	if v != config.HTTP10 {
		closing = "Connection: close\r\n"
	}
	return fmt.Appendf(nil, "GET %s HTTP/%s\r\nUser-Agent: KeepAliveClient\r\n%sHost: %s\r\n\r\n", path, version, closing, host)
}

// Authority is an address and a port for a Host header.
func Authority(a netip.AddrPort) string {
	if a.Addr().Is4() {
		return a.Addr().String() + ":" + strconv.Itoa(int(a.Port()))
	}
	return "[" + a.Addr().String() + "]:" + strconv.Itoa(int(a.Port()))
}

// ClientTLS takes every version and cipher that there is and verifies nothing
// (go.mod has crypto/tls take odd certificates, too). Servers may negotiate anew:
// some want a certificate only when they have seen which page is asked for.
func ClientTLS() *tls.Config {
	c := &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, Renegotiation: tls.RenegotiateFreelyAsClient,
		// Without those against quantum computers, whose keys make the greeting
		// longer than a segment: some servers do not put the two together.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
	}
	for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, suite := range list {
			c.CipherSuites = append(c.CipherSuites, suite.ID)
		}
	}
	return c
}

// MaxHeader is how long a header may be, with what came in the same read.
const MaxHeader = 4095

// EndOfHeader is where the body begins, -1 while the header is incomplete.
func EndOfHeader(b []byte) int {
	if i := bytes.Index(b[:min(len(b), MaxHeader)], []byte("\r\n\r\n")); i >= 0 {
		return i + 4
	}
	return -1
}

// ContentLength is what a header says, -1 for nothing. Its name counts as it is
// usually written.
func ContentLength(head []byte) int64 {
	_, rest, ok := bytes.Cut(head, []byte("Content-Length:"))
	if !ok {
		return -1
	}
	value, _, _ := bytes.Cut(rest, []byte("\r\n"))
	n, err := strconv.ParseUint(string(bytes.TrimLeft(value, " \t")), 10, 62)
	if err != nil {
		return -1
	}
	return int64(n)
}
