package lvs

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"keepalived/test/lab"
)

// server is something that checkers look at: it answers as it is told and
// keeps what it saw.
type server struct {
	t    *testing.T
	node *lab.Node
	kind string // tcp, tls, smtp, dns or udp
	addr string

	closer io.Closer

	mu   sync.Mutex
	page string            // what it answers
	at   map[string]string // to requests for a path, where that is something else
	seen map[string]bool
	came []time.Time
}

// defaultPages are the answers of servers that nobody told anything.
var defaultPages = map[string]string{
	"tcp": "HTTP/1.0 200 OK\r\n\r\nok", "tls": "HTTP/1.0 200 OK\r\n\r\nok", "smtp": "220 hello\r\n", "dns": "0",
}

func newServer(t *testing.T, n *lab.Node, kind, addr string) *server {
	t.Helper()
	s := &server{t: t, node: n, kind: kind, addr: addr, page: defaultPages[kind], at: map[string]string{}, seen: map[string]bool{}}
	s.up()
	t.Cleanup(s.down)
	return s
}

// up makes the server listen.
func (s *server) up() {
	s.t.Helper()
	err := s.node.Do(func() error {
		if s.kind == "dns" || s.kind == "udp" {
			c, err := net.ListenPacket("udp", s.addr)
			if err == nil {
				s.closer = c
				go s.packets(c)
			}
			return err
		}
		l, err := net.Listen("tcp", s.addr)
		if err == nil {
			s.closer = l
			go s.accept(l)
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("starting the %s server: %v", s.kind, err)
	}
}

// down makes it refuse.
func (s *server) down() { s.closer.Close() }

// answer changes what it says, whatever it is asked.
func (s *server) answer(page string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.page, s.at = page, map[string]string{}
}

// answerAt changes what it says to requests for a path.
func (s *server) answerAt(path, page string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[path] = page
}

// saysTo is the answer to a request.
func (s *server) saysTo(request string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if words := strings.Fields(request); len(words) > 1 {
		if page, ok := s.at[words[1]]; ok {
			return page
		}
	}
	return s.page
}

func (s *server) says() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page
}

// arrived notes the time of a check.
func (s *server) arrived() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.came = append(s.came, time.Now())
}

// note keeps what came from where. Ports are kept that no kernel chooses.
func (s *server) note(from net.Addr, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source := netip.MustParseAddrPort(from.String())
	who := source.Addr().Unmap().String()
	if p := source.Port(); p < 32768 || p > 60999 {
		who += ":" + strconv.Itoa(int(p))
	}
	s.seen[fmt.Sprintf("%s %s from %s: %q", s.kind, s.addr, who, what)] = true
}

// take returns what was seen since the last call, and when each check came.
func (s *server) take() (seen []string, came []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range s.seen {
		seen = append(seen, line)
	}
	came = s.came
	s.seen, s.came = map[string]bool{}, nil
	slices.Sort(seen)
	return seen, came
}

func (s *server) packets(c net.PacketConn) {
	for b := make([]byte, 2048); ; {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		s.arrived()
		page := s.says()
		if s.kind == "udp" {
			s.note(from, hex.EncodeToString(b[:n]))
			if page != "" {
				c.WriteTo([]byte(page), from)
			}
			continue
		}
		if n < 12 {
			continue
		}
		s.note(from, hex.EncodeToString(b[2:n])) // the identity is random
		if code, err := strconv.Atoi(page); err == nil {
			b[2] |= 0x80
			b[3] = b[3]&0xf0 | byte(code)
			c.WriteTo(b[:n], from)
		}
	}
}

func (s *server) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.arrived()
		go func() {
			defer c.Close()
			c.SetDeadline(time.Now().Add(time.Minute))
			switch s.kind {
			case "smtp":
				s.mail(c)
			case "tls":
				s.secure(c)
			default:
				s.web(c, "")
			}
		}()
	}
}

// web reads a request and answers with the page.
func (s *server) web(c net.Conn, before string) {
	in := bufio.NewReader(c)
	var head strings.Builder
	for {
		line, err := in.ReadString('\n')
		head.WriteString(line)
		if err != nil {
			break
		}
		if line == "\r\n" {
			page, hang := strings.CutSuffix(s.saysTo(head.String()), "<hang>")
			io.WriteString(c, page)
			if hang {
				io.Copy(io.Discard, c)
			}
			break
		}
	}
	s.note(c.RemoteAddr(), before+head.String())
}

// secure is web after a TLS handshake.
func (s *server) secure(c net.Conn) {
	var name string
	conn := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate()}, ClientAuth: tls.RequestClientCert,
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			name = h.ServerName
			return nil, nil
		}})
	if err := conn.Handshake(); err != nil {
		s.note(c.RemoteAddr(), "no handshake")
		return
	}
	client := ""
	for _, c := range conn.ConnectionState().PeerCertificates {
		client += c.Subject.CommonName
	}
	s.web(conn, fmt.Sprintf("SNI %q certificate %q ", name, client))
	conn.Close()
}

var certificate = sync.OnceValue(func() tls.Certificate { return newCertificate("server") })

func newCertificate(name string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// mail is the side of a mail server.
func (s *server) mail(c net.Conn) {
	var all strings.Builder
	io.WriteString(c, s.says())
	in := bufio.NewScanner(c)
	for in.Scan() {
		line := in.Text()
		if strings.HasPrefix(line, "Date: ") {
			line = "Date: (now)"
		}
		all.WriteString(line + "|")
		switch command, _, _ := strings.Cut(line, " "); command {
		case "DATA":
			io.WriteString(c, "354 go\r\n")
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
		case "HELO", "MAIL", "RCPT", ".":
			io.WriteString(c, "250 yes\r\n")
		}
	}
	// 2.4.3 puts each recipient on a line of its own, 2.2.7 all on one.
	s.note(c.RemoteAddr(), strings.ReplaceAll(all.String(), ",| ", ", "))
}
