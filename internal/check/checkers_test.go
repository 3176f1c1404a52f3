package check

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/notify"
)

// ask runs one check of the only checker of a configuration, of which %s is the
// server's address and port.
func ask(t *testing.T, target, checker string) result {
	t.Helper()
	host, port, _ := net.SplitHostPort(target)
	c := parse(t, fmt.Sprintf("virtual_server 10.0.0.1 80 {\nprotocol TCP\nvirtualhost vs.example\nreal_server %s %s {\n%s\n}\n}", host, port, checker))
	topo := newTopology(c, nil, marks{})
	return once(t, topo.virtuals[0].reals[0].checks[0])
}

// once lets a checker run once.
func once(t *testing.T, c *checker) result {
	t.Helper()
	log := logging.New(logging.Options{Console: os.Stderr})
	t.Cleanup(func() { log.Close(time.Second) })
	runner, err := notify.NewRunner(log, notify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { runner.Close(time.Second) })
	l, err := newLab(log, runner)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.close(); l.end() })
	l.client = clientTLS(log, parse(t, "virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\n}\n}").LVS.SSL)
	p := newProber(c, l)
	p.begin(l, c)
	l.submit()
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); l.wait(limit) {
		if list := l.collect(); len(list) > 0 {
			p.release()
			return list[0].result
		}
	}
	t.Fatal("no result")
	return result{}
}

// listen serves each connection with f.
func listen(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
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
			go func() {
				defer conn.Close()
				f(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// answerUDP answers each datagram with what f returns, nil: not at all.
func answerUDP(t *testing.T, f func([]byte) []byte) string {
	t.Helper()
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	go func() {
		buf := make([]byte, 2048)
		for {
			n, from, err := p.ReadFrom(buf)
			if err != nil {
				return
			}
			if out := f(buf[:n]); out != nil {
				p.WriteTo(out, from)
			}
		}
	}()
	return p.LocalAddr().String()
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestTCP(t *testing.T) {
	needNamespace(t)
	open := listen(t, func(net.Conn) {})
	if r := ask(t, open, "TCP_CHECK {\n}"); !r.ok {
		t.Errorf("%+v", r)
	}
	if r := ask(t, closedPort(t), "TCP_CHECK {\n}"); r.ok || r.postponed || !strings.HasSuffix(r.reason, "failed.") {
		t.Errorf("closed port: %+v", r)
	}
	if r := ask(t, open, "TCP_CHECK {\nbindto 192.0.2.77\n}"); !r.postponed || r.reason != "TCP socket bind failed. Rescheduling." {
		t.Errorf("an address that is not ours to bind to is no failure of the server: %+v", r)
	}
}

func TestHTTP(t *testing.T) {
	needNamespace(t)
	var request atomic.Value
	web := func(response string) string {
		return listen(t, func(c net.Conn) {
			var b strings.Builder
			for r := bufio.NewReader(c); ; {
				line, err := r.ReadString('\n')
				b.WriteString(line)
				if err != nil || line == "\r\n" {
					break
				}
			}
			request.Store(b.String())
			io.WriteString(c, response)
		})
	}
	target := web("HTTP/1.0 200 OK\r\n\r\nhello")
	for _, tt := range []struct{ name, checker, want string }{
		{"1.0", "HTTP_GET {\nurl {\npath /a?b=c\nvirtualhost url.example\n}\n}", "GET /a?b=c HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: url.example\r\n\r\n"},
		{"1.1", "HTTP_GET {\nhttp_protocol 1.1\nvirtualhost check.example\nurl {\npath /\n}\n}", "GET / HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: check.example\r\n\r\n"},
		{"1.0C", "HTTP_GET {\nhttp_protocol 1.0C\nurl {\npath /\n}\n}", "GET / HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: vs.example\r\n\r\n"},
	} {
		if r := ask(t, target, tt.checker); !r.ok || request.Load() != tt.want {
			t.Errorf("%s: %+v, request %q, want %q", tt.name, r, request.Load(), tt.want)
		}
	}
	const plain = "HTTP_GET {\nconnect_timeout 1\nurl {\npath /\n}\n}"
	if r := ask(t, web("HTTP/1.0 500 Broken\r\n\r\n"), plain); r.ok || r.reason != "HTTP status code error to" {
		t.Errorf("500: %+v", r)
	}
	silent := listen(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	if r := ask(t, silent, plain); r.ok || r.reason != "Timeout WEB read" {
		t.Errorf("no answer: %+v", r)
	}
	if r := ask(t, closedPort(t), plain); r.ok || r.postponed {
		t.Errorf("closed: %+v", r)
	}
}

func TestSSL(t *testing.T) {
	needNamespace(t)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "sni %s host %s", r.TLS.ServerName, r.Host)
	}))
	defer s.Close()
	target := s.Listener.Addr().String()
	for _, tt := range []struct{ sni, want string }{{"", "sni  host vs.example"}, {"enable_sni", "sni vs.example host vs.example"}} {
		checker := fmt.Sprintf("SSL_GET {\n%s\nurl {\npath /\nregex \"%s\"\n}\n}", tt.sni, tt.want)
		if r := ask(t, target, checker); !r.ok {
			t.Errorf("%q: %+v", tt.sni, r)
		}
	}
	if r := ask(t, listen(t, func(net.Conn) {}), "SSL_GET {\nurl {\npath /\n}\n}"); r.ok || r.reason != "SSL handshake/communication error connecting to" {
		t.Errorf("no TLS: %+v", r)
	}
	silent := listen(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	if r := ask(t, silent, "SSL_GET {\nconnect_timeout 1\nurl {\npath /\n}\n}"); r.ok || r.reason != "Timeout connecting" {
		t.Errorf("no handshake: %+v", r)
	}
	for _, rule := range []string{"add table inet hole", "add chain inet hole in { type filter hook input priority 0; }", "add rule inet hole in tcp dport 8888 drop"} {
		if out, err := exec.Command("nft", rule).CombinedOutput(); err != nil {
			t.Fatalf("nft %s: %v: %s", rule, err, out)
		}
	}
	defer exec.Command("nft", "delete table inet hole").Run()
	if r := ask(t, "127.0.0.1:8888", "SSL_GET {\nconnect_timeout 1\nurl {\npath /\n}\n}"); r.ok || r.reason != "Timeout connecting" {
		t.Errorf("no connection: %+v", r)
	}
}

// TestSSLWithoutPage: how the connection ends tells what was wrong.
func TestSSLWithoutPage(t *testing.T) {
	needNamespace(t)
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	for _, tt := range []struct {
		name, want string
		version    uint16
		end        func(c *tls.Conn)
	}{
		{"closed in good order", "SSL read error from", tls.VersionTLS13, func(c *tls.Conn) { c.Close() }},
		{"cut off", "Read, no data received from ", tls.VersionTLS13, func(c *tls.Conn) { c.NetConn().Close() }},
		{"silence", "Timeout SSL read", tls.VersionTLS13, func(c *tls.Conn) { io.Copy(io.Discard, c) }},
		{"silence of an old server", "Timeout WEB read", tls.VersionTLS12, func(c *tls.Conn) { io.Copy(io.Discard, c) }},
	} {
		target := listen(t, func(raw net.Conn) {
			conf := certificate.TLS.Clone()
			conf.MaxVersion = tt.version
			c := tls.Server(raw, conf)
			if _, err := bufio.NewReader(c).ReadString('\n'); err == nil {
				tt.end(c)
			}
		})
		if r := ask(t, target, "SSL_GET {\nconnect_timeout 2\nurl {\npath /\n}\n}"); r.ok || r.reason != tt.want {
			t.Errorf("%s: %+v, want %q", tt.name, r, tt.want)
		}
	}
}

// TestObstacles: what connect(2) refuses at once is a failure of the server only
// where it speaks about the way there.
func TestObstacles(t *testing.T) {
	needNamespace(t)
	for i, kind := range []string{"blackhole", "prohibit", "unreachable"} {
		addr := fmt.Sprintf("10.66.0.%d", i+1)
		if out, err := exec.Command("ip", "route", "replace", kind, addr).CombinedOutput(); err != nil {
			t.Fatalf("ip route: %v: %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "route", "del", kind, addr).Run() })
	}
	for _, tt := range []struct{ checker, bound, detail, failed string }{
		{"TCP_CHECK {\n", "TCP socket bind failed. Rescheduling.", "socket connect", ""},
		{"HTTP_GET {\nurl {\npath /\n}\n", "WEB socket bind failed. Rescheduling", "socket connect", "HTTP/SSL_CHECK - network unreachable"},
		{"SSL_GET {\nurl {\npath /\n}\n", "WEB socket bind failed. Rescheduling", "socket connect", "HTTP/SSL_CHECK - network unreachable"},
		{"SMTP_CHECK {\n", "SMTP_CHECK socket bind failed. Rescheduling.", "socket connect",
			"Network unreachable for server 10.66.0.3 - real server [10.66.0.3]:80"},
		{"DNS_CHECK {\n", "DNS_CHECK ([10.66.0.%]:tcp:80) UDP socket bind failed. Rescheduling.", "socket connect", "network unreachable for [10.66.0.3]:80"},
		{"UDP_CHECK {\n", "", "UDP connect", ""},
	} {
		name, _, _ := strings.Cut(tt.checker, " ")
		for n, errno := range map[int]string{1: "22 - Invalid argument", 2: "13 - Permission denied"} {
			r := ask(t, fmt.Sprintf("10.66.0.%d:80", n), tt.checker+"}")
			bound := strings.ReplaceAll(tt.bound, "%", fmt.Sprint(n))
			if want := tt.detail + " error " + errno; r.ok || r.postponed != (tt.bound != "") || tt.bound != "" && r.reason != bound || strings.Join(r.details, ";") != want {
				t.Errorf("%s, route %d: %+v, want %q and %q", name, n, r, bound, want)
			}
		}
		if r := ask(t, "10.66.0.3:80", tt.checker+"}"); r.ok || r.postponed || r.reason != tt.failed {
			t.Errorf("%s, no route: %+v, want %q", name, r, tt.failed)
		}
	}
	if r := ask(t, closedPort(t), "SSL_GET {\nurl {\npath /\n}\n}"); r.ok || r.reason != "Connection failed" {
		t.Errorf("closed port: %+v", r)
	}
}

func TestSMTP(t *testing.T) {
	needNamespace(t)
	var said atomic.Value
	serve := func(answers ...string) string {
		return listen(t, func(c net.Conn) {
			var lines string
			r := bufio.NewReader(c)
			for i, a := range answers {
				if i > 0 {
					line, err := r.ReadString('\n')
					if err != nil {
						return
					}
					lines += line
					said.Store(lines)
				}
				io.WriteString(c, a)
			}
		})
	}
	good := serve("220 hello\r\n", "250 you\r\n", "221 bye\r\n")
	if r := ask(t, good, "SMTP_CHECK {\nhelo_name me.example\n}"); !r.ok || said.Load() != "HELO me.example\r\nQUIT\r\n" {
		t.Errorf("%+v, said %q", r, said.Load())
	}
	for _, tt := range []struct {
		answers []string
		want    string
	}{
		{[]string{"554 go away\r\n"}, "Bad greeting banner from server"},
		{[]string{"220 hello\r\n", "250-more\r\n"}, "Bad HELO response from server"},
		{[]string{"220 hello\r\n"}, "Read failure from server"},
	} {
		target := serve(tt.answers...)
		host, port, _ := net.SplitHostPort(target)
		want := fmt.Sprintf("%s [%s]:%s", tt.want, host, port)
		if r := ask(t, target, "SMTP_CHECK {\n}"); r.ok || r.reason != want {
			t.Errorf("%q: %+v, want %q", tt.answers, r, want)
		}
	}
}

// TestTrickle: a server that always says a little more does not hold a check up
// for ever.
func TestTrickle(t *testing.T) {
	needNamespace(t)
	trickle := func(begin string) string {
		return listen(t, func(c net.Conn) {
			for text := begin; ; text = "x" {
				if _, err := io.WriteString(c, text); err != nil {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	greeting := trickle("220 ")
	host, port, _ := net.SplitHostPort(greeting)
	if r := ask(t, greeting, "SMTP_CHECK {\nconnect_timeout 0.5\n}"); r.ok || r.reason != "Read timeout from server ["+host+"]:"+port {
		t.Errorf("greeting: %+v", r)
	}
	for _, begin := range []string{"HTTP/1.0 200 OK\r\n", "HTTP/1.0 200 OK\r\n\r\n"} {
		if r := ask(t, trickle(begin), "HTTP_GET {\nconnect_timeout 0.5\nurl {\npath /\n}\n}"); r.ok || r.reason != "Timeout HTTP read" {
			t.Errorf("%q: %+v", begin, r)
		}
	}
}

func TestDNS(t *testing.T) {
	needNamespace(t)
	var query atomic.Value
	var code atomic.Uint32
	target := answerUDP(t, func(q []byte) []byte {
		query.Store(string(q))
		a := append([]byte(nil), q...)
		a[2], a[3] = a[2]|0x80, byte(code.Load())
		return a
	})
	if r := ask(t, target, "DNS_CHECK {\ntype A\nname www.example.com\n}"); !r.ok {
		t.Errorf("%+v", r)
	}
	if want := "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01"; query.Load().(string)[2:] != want {
		t.Errorf("query %q, want %q", query.Load(), want)
	}
	code.Store(3)
	if r := ask(t, target, "DNS_CHECK {\n}"); r.ok || r.reason != "read error occurred. (rcode = 3)" {
		t.Errorf("%+v", r)
	}
}

func TestUDP(t *testing.T) {
	needNamespace(t)
	target := answerUDP(t, func(q []byte) []byte { return []byte{0xab, 0xcd, 0x01, 0x99} })
	for _, tt := range []struct {
		checker string
		ok      bool
	}{
		{"UDP_CHECK {\n}", true},
		{"UDP_CHECK {\nrequire_reply ABxD 01\n}", true},
		{"UDP_CHECK {\nrequire_reply AC\n}", false},
		{"UDP_CHECK {\nrequire_reply AB\nmin_reply_length 5\n}", false},
	} {
		if r := ask(t, target, tt.checker); r.ok != tt.ok {
			t.Errorf("%q: %+v", tt.checker, r)
		}
	}
	silent := answerUDP(t, func([]byte) []byte { return nil })
	if r := ask(t, silent, "UDP_CHECK {\nconnect_timeout 1\n}"); !r.ok {
		t.Errorf("no answer is needed: %+v", r)
	}
	if r := ask(t, silent, "UDP_CHECK {\nconnect_timeout 1\nrequire_reply\n}"); r.ok {
		t.Error("an answer is needed")
	}
	if r := ask(t, closedPort(t), "UDP_CHECK {\n}"); r.ok {
		t.Error("ICMP says that nobody is there")
	}
}

func TestPing(t *testing.T) {
	needNamespace(t)
	p, err := openPingRange()
	if err != nil {
		t.Fatal(err)
	}
	defer p.restore()
	if r := ask(t, "127.0.0.1:80", "PING_CHECK {\n}"); !r.ok {
		t.Errorf("%+v", r)
	}
	if r := ask(t, "192.0.2.1:80", "PING_CHECK {\nconnect_timeout 1\n}"); r.ok {
		t.Errorf("no route: %+v", r)
	}
}

func TestMisc(t *testing.T) {
	needNamespace(t)
	for _, tt := range []struct {
		checker string
		ok      bool
		want    string
	}{
		{`misc_path "/bin/true"`, true, "{0 0 false}"},
		{`misc_path "/bin/sh -c 'exit 3'"`, false, "{3 0 false}"},
		{"misc_dynamic\nmisc_path \"/bin/sh -c 'exit 3'\"", true, "{3 0 false}"},
		{"misc_timeout 1\nmisc_path \"/bin/sleep 60\"", false, "{0 0 true}"},
	} {
		r := ask(t, "127.0.0.1:80", "MISC_CHECK {\n"+tt.checker+"\n}")
		if got := fmt.Sprint(struct {
			status, signal int
			late           bool
		}{r.status, r.signal, r.timedOut}); r.ok != tt.ok || got != tt.want {
			t.Errorf("%q: ok %v %s, want %v %s", tt.checker, r.ok, got, tt.ok, tt.want)
		}
	}
}
