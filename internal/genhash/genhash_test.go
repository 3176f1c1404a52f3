package genhash

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/config"
)

const body = "Hello, world\n"

// answers are what the test server sends, by path; each part in a segment of
// its own.
var answers = map[string][]string{
	"/cl":       {"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n" + body},
	"/nocl":     {"HTTP/1.0 200 OK\r\n\r\n" + body},
	"/short":    {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n" + body},
	"/long":     {"HTTP/1.0 200 OK\r\nContent-Length: 50\r\n\r\n" + body},
	"/500":      {"HTTP/1.0 500 Oops\r\nContent-Length: 4\r\n\r\nfail"},
	"/empty":    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
	"/big":      {"HTTP/1.0 200 OK\r\n\r\n" + pattern(10000)},
	"/noheader": {"garbage without header"},
	"/close":    {},
	"/bighead":  {"HTTP/1.0 200 OK\r\nX: " + strings.Repeat("y", 5000) + "\r\n\r\n" + body},
	"/slowhead": {"HTTP/1.0 200 OK\r\n", "A: b\r\n\r\n", body},
	"/slowbody": {"HTTP/1.0 200 OK\r\n\r\n", body[:5], body[5:]},
}

func pattern(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + 3)
	}
	return string(b)
}

// listen starts a server that answers each connection once.
func listen(t *testing.T, network, addr string, secure *tls.Config) netip.AddrPort {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if secure != nil {
				conn = tls.Server(conn, secure)
			}
			go answer(conn)
		}
	}()
	return netip.MustParseAddrPort(l.Addr().String())
}

func answer(conn net.Conn) {
	defer conn.Close()
	var request []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(request, []byte("\r\n\r\n")) {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		request = append(request, buf[:n]...)
	}
	path := strings.Fields(string(request))[1]
	switch path {
	case "/hang":
		io.Copy(io.Discard, conn)
	case "/req":
		conn.Write(append([]byte("HTTP/1.0 200 OK\r\n\r\n"), request...))
	case "/sni":
		name := conn.(*tls.Conn).ConnectionState().ServerName
		conn.Write([]byte("HTTP/1.0 200 OK\r\n\r\n" + map[bool]string{true: "-", false: name}[name == ""]))
	}
	for i, part := range answers[path] {
		if i > 0 {
			time.Sleep(100 * time.Millisecond) // so that it is a read of its own
		}
		conn.Write([]byte(part))
	}
}

func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func run(o Options) (out, errs string) {
	var a, b bytes.Buffer
	if o.Version == "" {
		o.Version = config.HTTP10
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	Run(o, &a, &b)
	return a.String(), b.String()
}

// TestDigests are those that C keepalived 2.4.3 prints for the same answers.
func TestDigests(t *testing.T) {
	plain := listen(t, "tcp4", "127.0.0.1:0", nil)
	secure := listen(t, "tcp4", "127.0.0.1:0", certificate(t))
	nobody := listen(t, "tcp4", "127.0.0.1:0", nil)
	const hello = "a7966bf58e23583c9a5a4059383ff850\n"
	for _, tt := range []struct {
		o    Options
		want string
		errs string
	}{
		{Options{Server: plain, URL: "/cl"}, hello, ""},
		{Options{Server: plain, URL: "/nocl"}, hello, ""},
		{Options{Server: plain, URL: "/short"}, "8b1a9953c4611296a827abf8c47804d7\n", ""},
		{Options{Server: plain, URL: "/long"}, hello, ""},
		{Options{Server: plain, URL: "/500"}, "e11185b6e35c1b767174dc988aa0f179\n", ""},
		{Options{Server: plain, URL: "/empty"}, "d41d8cd98f00b204e9800998ecf8427e\n", ""},
		{Options{Server: plain, URL: "/big"}, "941546d1c333e2f0d9efd902e5cb94b7\n", ""},
		{Options{Server: plain, URL: "/noheader"}, "", "no data received from remote webserver\n"},
		{Options{Server: plain, URL: "/close"}, "", "no data received from remote webserver\n"},
		{Options{Server: plain, URL: "/bighead"}, "", "no data received from remote webserver\n"},
		{Options{Server: plain, URL: "/hang", Timeout: 300 * time.Millisecond}, "Timeout WEB read\n", ""},
		{Options{Server: netip.MustParseAddrPort("127.0.0.1:1"), URL: "/"}, "Connection failed\n", ""},
		{Options{Server: secure, TLS: true, URL: "/cl"}, hello, ""},
		{Options{Server: secure, TLS: true, URL: "/sni"}, "336d5ebc5436534e61d16e63ddfca327\n", ""},
		{Options{Server: secure, TLS: true, URL: "/sni", VirtualHost: "www.example.com"}, "336d5ebc5436534e61d16e63ddfca327\n", ""},
		{Options{Server: secure, TLS: true, URL: "/sni", SNI: true, VirtualHost: "www.example.com"}, "7c1767b30512b6003fd3c2e618a86522\n", ""},
		{Options{Server: secure, TLS: true, URL: "/hang", Timeout: 2 * time.Second}, "Timeout SSL read\n", ""},
		{Options{Server: secure, TLS: true, URL: "/close"}, "SSL read error from\n", ""},
		{Options{Server: nobody, TLS: true, URL: "/cl", Timeout: 300 * time.Millisecond}, "Timeout connecting\n", ""},
	} {
		if out, errs := run(tt.o); out != tt.want || errs != tt.errs {
			t.Errorf("%s TLS %v: %q, %q; want %q, %q", tt.o.URL, tt.o.TLS, out, errs, tt.want, tt.errs)
		}
	}
}

var times = regexp.MustCompile(`= \d+ usecs`)

// TestVerbose compares with what C keepalived 2.4.3 shows.
func TestVerbose(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0", nil)
	const (
		rule   = "-----------------------"
		head   = rule + "[    HTTP Header Buffer    ]" + rule + "\n"
		text   = rule + "[ HTTP Header Ascii Buffer ]" + rule + "\n"
		page   = rule + "[        HTML Buffer        ]" + rule + "\n"
		digest = "\n" + rule + "[    HTML hash resulting    ]" + rule + "\n"
		final  = rule + "[ HTML hash final resulting ]" + rule + "\n"
		ok     = "0000  48 54 54 50 2f 31 2e 30 - 20 32 30 30 20 4f 4b 0d   HTTP/1.0 200 OK.\n"
		sum    = digest + "0000  a7 96 6b f5 8e 23 58 3c - 9a 5a 40 59 38 3f f8 50   ..k..#X<.Z@Y8?.P\n" + final +
			"a7966bf58e23583c9a5a4059383ff850\n"
	)
	for path, want := range map[string]string{
		"/short": head + ok + "0016  0a 43 6f 6e 74 65 6e 74 - 2d 4c 65 6e 67 74 68 3a   .Content-Length:\n" +
			"0032  20 35 0d 0a 0d 0a       -                            5....          \n" +
			text + "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n\n" +
			page + "0000  48 65 6c 6c 6f          -                           Hello           \n" +
			digest + "0000  8b 1a 99 53 c4 61 12 96 - a8 27 ab f8 c4 78 04 d7   ...S.a...'...x..\n" + final +
			"8b1a9953c4611296a827abf8c47804d7\n",
		"/slowhead": head + head + ok + "0016  0a 41 3a 20 62 0d 0a 0d - 0a                        .A: b....       \n" +
			text + "HTTP/1.0 200 OK\r\nA: b\r\n\r\n\n" + "0000  48 65 6c 6c 6f 2c 20 77 - 6f 72 6c 64 0a            Hello, world.   \n" + sum,
		"/slowbody": head + ok + "0016  0a 0d 0a                -                           ...             \n" +
			text + "HTTP/1.0 200 OK\r\n\r\n\n" + "0000  48 65 6c 6c 6f          -                           Hello           \n" +
			"0000  2c 20 77 6f 72 6c 64 0a -                           , world.        \n" + sum,
	} {
		got, _ := run(Options{Server: server, URL: path, Verbose: true})
		got = times.ReplaceAllString(got, "= N usecs")
		if diff := cmp.Diff(want+"\nGlobal response time for ["+path+"] = N usecs\n", got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// TestRequests: what the server gets.
func TestRequests(t *testing.T) {
	four, six := listen(t, "tcp4", "127.0.0.1:0", nil), listen(t, "tcp6", "[::1]:0", nil)
	for want, o := range map[string]Options{
		"GET /req HTTP/1.0..User-Agent: KeepAliveClient..Host: " + four.String() + "....":                    {Server: four},
		"GET /req HTTP/1.0..User-Agent: KeepAliveClient..Host: " + six.String() + "....":                     {Server: six},
		"GET /req HTTP/1.0..User-Agent: KeepAliveClient..Connection: close..Host: " + four.String() + "....": {Server: four, Version: config.HTTP10Close},
		"GET /req HTTP/1.1..User-Agent: KeepAliveClient..Connection: close..Host: www.example.com....":       {Server: four, Version: config.HTTP11, VirtualHost: "www.example.com"},
	} {
		o.URL, o.Verbose = "/req", true
		out, _ := run(o)
		_, page, _ := strings.Cut(out, "[        HTML Buffer        ]")
		page, _, _ = strings.Cut(page, "[    HTML hash")
		got := ""
		for line := range strings.Lines(page) {
			if line = strings.TrimSuffix(line, "\n"); len(line) > columns && line[0] == '0' {
				got += line[len(line)-columns:]
			}
		}
		if strings.TrimRight(got, " ") != want {
			t.Errorf("request %q, want %q\n%s", got, want, page)
		}
	}
}
