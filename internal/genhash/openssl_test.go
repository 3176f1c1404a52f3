package genhash

import (
	"bufio"
	"io"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/test/need"
)

// opensslServer is openssl(1) as a server with which the test talks.
type opensslServer struct {
	addr  netip.AddrPort
	in    io.WriteCloser
	lines *bufio.Scanner
}

// serveOpenSSL starts a server with a new certificate of its own. options are
// those of the key and the certificate.
func serveOpenSSL(t *testing.T, options, server []string) *opensslServer {
	t.Helper()
	need.Program(t, "openssl", "openssl")
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	args := append([]string{"req", "-x509", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=test"}, options...)
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %q: %v: %s", args, err, out)
	}
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", cert}, server...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	s := &opensslServer{in: in, lines: bufio.NewScanner(out)}
	s.addr = netip.MustParseAddrPort(strings.Fields(s.until(t, "ACCEPT 127.0.0.1:"))[1])
	return s
}

// until reads up to a line with a text and returns that line.
func (s *opensslServer) until(t *testing.T, text string) string {
	t.Helper()
	var seen []string
	for s.lines.Scan() {
		line := s.lines.Text()
		if strings.Contains(line, text) {
			return line
		}
		seen = append(seen, line)
	}
	t.Fatalf("no %q in the output of openssl: %q", text, seen)
	return ""
}

func (s *opensslServer) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(s.in, text); err != nil {
		t.Fatal(err)
	}
}

// TestOddCertificates: certificates that nobody should have, and some have: they
// are not verified.
func TestOddCertificates(t *testing.T) {
	for name, options := range map[string][]string{
		"negative serial number": {"-newkey", "rsa:2048", "-set_serial", "-5"},
		"short key":              {"-newkey", "rsa:512"},
	} {
		s := serveOpenSSL(t, options, []string{"-www", "-tls1_2", "-cipher", "ALL:@SECLEVEL=0"})
		if out, errs := run(Options{Server: s.addr, URL: "/", TLS: true}); len(out) != len("a7966bf58e23583c9a5a4059383ff850\n") || errs != "" {
			t.Errorf("%s: %q, %q", name, out, errs)
		}
	}
}

// TestRenegotiation: some servers ask for a client's certificate when they have
// seen which page is wanted.
func TestRenegotiation(t *testing.T) {
	s := serveOpenSSL(t, []string{"-newkey", "rsa:2048"}, []string{"-tls1_2", "-crlf"})
	type result struct{ out, errs string }
	fetched := make(chan result, 1)
	go func() {
		out, errs := run(Options{Server: s.addr, URL: "/", TLS: true})
		fetched <- result{out, errs}
	}()
	s.until(t, "Host: ")
	s.say(t, "r\n")
	s.until(t, "SSL_do_handshake")
	s.say(t, "HTTP/1.0 200 OK\n\n"+body)
	s.in.Close()
	if got := <-fetched; got.out != "1375c95a8bcef4db8a7b0f0c304504d0\n" || got.errs != "" { // body with CR LF
		t.Errorf("%q, %q", got.out, got.errs)
	}
}
