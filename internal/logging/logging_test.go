package logging

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// soon bounds waits for something that must happen; it is never waited out.
const soon = 10 * time.Second

// syslogd binds a socket as a syslog daemon does; nothing is read unless asked.
func syslogd(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func readLine(t *testing.T, c net.Conn) string {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(soon))
	buf := make([]byte, 4096)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatalf("no log line: %v", err)
	}
	return string(buf[:n])
}

func TestSyslogFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	d := syslogd(t, path)
	l := New(Options{Ident: "Keepalived", Facility: Local0 + 2, Syslog: true, SyslogPath: path})
	defer l.Close(soon)
	l.Infof("(%s) Entering %s STATE", "VI_1", "MASTER")
	l.SetIdent("Keepalived_ns")
	l.Alertf("two\nlines")
	l.Detailf("hidden")
	want := []string{
		fmt.Sprintf(`^<150>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d Keepalived\[%d\]: \(VI_1\) Entering MASTER STATE$`, os.Getpid()),
		fmt.Sprintf(`^<145>.{15} Keepalived_ns\[%d\]: two lines$`, os.Getpid()),
	}
	for _, w := range want {
		if got := readLine(t, d); !regexp.MustCompile(w).MatchString(got) {
			t.Errorf("got %q, want %s", got, w)
		}
	}
}

// A syslog daemon that does not read: the caller goes on, memory is bounded,
// what is lost is counted and reported once the daemon reads again.
func TestFrozenSyslog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	d := syslogd(t, path)
	l := New(Options{Syslog: true, SyslogPath: path})
	const lines = 3 * queueMax
	start := time.Now()
	for i := range lines {
		l.Infof("line %d", i)
	}
	if took := time.Since(start); took > soon {
		t.Fatalf("%d lines took the caller %v", lines, took)
	}
	lost := l.Lost()
	if lost == 0 {
		t.Fatal("nothing was lost: the daemon did read?")
	}
	report := fmt.Sprintf("%d log messages lost", lost)
	for n := 0; ; n++ {
		line := readLine(t, d)
		if strings.HasSuffix(line, report) {
			break
		}
		if n > lines {
			t.Fatalf("no %q", report)
		}
	}
	if err := l.Close(soon); err != nil {
		t.Error(err)
	}
}

func TestCloseIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	syslogd(t, path)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := New(Options{Syslog: true, SyslogPath: path, Console: w})
	for i := range queueMax {
		l.Infof("line %d", i)
	}
	start := time.Now()
	err = l.Close(50 * time.Millisecond)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Close: %v", err)
	}
	if took := time.Since(start); took > soon {
		t.Errorf("Close took %v", took)
	}
	l.Infof("after the end") // must not panic
}

// One destination that is stuck does not hold up another.
func TestFullPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	d := syslogd(t, path)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := New(Options{Syslog: true, SyslogPath: path, Console: w})
	for i := range 4000 {
		l.Infof("a line that fills the pipe, number %d", i)
		if got := readLine(t, d); !strings.HasSuffix(got, fmt.Sprint(i)) {
			t.Fatalf("line %d: %q", i, got)
		}
	}
	l.Close(0)
}

func TestReconnect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	d := syslogd(t, path)
	l := New(Options{Syslog: true, SyslogPath: path})
	defer l.Close(soon)
	l.Infof("one")
	readLine(t, d)
	d.Close()
	os.Remove(path)
	l.Infof("two")
	d = syslogd(t, path)
	if got := readLine(t, d); !strings.HasSuffix(got, "two") {
		t.Errorf("after the restart of the daemon: %q", got)
	}
}

func TestNoSyslogLosesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := New(Options{Syslog: true, SyslogPath: path})
	defer l.Close(soon)
	for i := range 10 {
		l.Infof("line %d", i)
	}
	for limit := time.Now().Add(soon); l.Lost() < 10; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("%d lost, want 10", l.Lost())
		}
	}
	d := syslogd(t, path)
	l.Infof("now")
	for _, want := range []string{"10 log messages lost", "now"} {
		if got := readLine(t, d); !strings.HasSuffix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestStreamSyslog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	l := New(Options{Ident: "Keepalived", Syslog: true, SyslogPath: path})
	defer l.Close(soon)
	l.Infof("by stream")
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(soon))
	got, err := bufio.NewReader(c).ReadString(0)
	if err != nil || !strings.HasSuffix(got, ": by stream\x00") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestConsoleFormat(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	l := New(Options{Ident: "Keepalived", Console: w})
	l.Infof("Startup complete")
	if err := l.Close(soon); err != nil {
		t.Fatal(err)
	}
	w.Close()
	got, _ := bufio.NewReader(r).ReadString('\n')
	if !regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d \d{4}: Startup complete\n$`).MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "keepalived.log")
	if err := os.WriteFile(name, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := New(Options{File: name})
	for i := range 5000 {
		l.Infof("line %d", i)
	}
	if err := l.Close(soon); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	stamped := regexp.MustCompile(`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d\.\d{9} \d{4}: line 0$`)
	if len(lines) != 5001 || lines[0] != "before" || !stamped.MatchString(lines[1]) {
		t.Errorf("%d lines, first %q, %q", len(lines), lines[0], lines[1])
	}
}

func TestFileIsRefused(t *testing.T) {
	for name, plant := range map[string]func(path, victim string) error{
		"symbolic link":      func(path, victim string) error { return os.Symlink(victim, path) },
		"hard links":         func(path, victim string) error { return os.Link(victim, path) },
		"not a regular file": func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"belongs to user 1000": func(path, _ string) error {
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				return err
			}
			return os.Chown(path, 1000, 1000)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			victim, path := filepath.Join(dir, "victim"), filepath.Join(dir, "log")
			if err := os.WriteFile(victim, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := plant(path, victim); err != nil {
				if errors.Is(err, os.ErrPermission) {
					t.Skipf("it needs root: %v", err)
				}
				t.Fatal(err)
			}
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			l := New(Options{Console: w, File: path})
			l.Infof("secret")
			in := bufio.NewReader(r)
			first, _ := in.ReadString('\n')
			second, _ := in.ReadString('\n')
			if !strings.Contains(first+second, name) {
				t.Errorf("complaint: %q", first+second)
			}
			l.Close(soon)
			if data, _ := os.ReadFile(victim); len(data) > 0 {
				t.Errorf("written to the victim: %q", data)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	a := func(n int) string { return "'" + strings.Repeat("a", n) + "'" }
	cmd := []string{"'/usr/local/sbin/keepalived'", "'-n'", "'-l'", "'-G'", "'-f'", "'/tmp/x.conf'", "'-i'"}
	tests := []struct {
		words []string
		want  []int // lengths of the lines
	}{
		{nil, []int{14}},
		{append(cmd[:7:7], a(77), "'-i'", "'b'"), []int{81, 102}},
		{append(cmd[:7:7], a(78), "'-i'", "'b'"), []int{81, 99, 17}},
		{[]string{a(300), a(3)}, []int{316, 19}},
	}
	for _, tt := range tests {
		lines := Wrap("Command line: ", tt.words)
		var got []int
		for _, l := range lines {
			got = append(got, len(l))
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v: lengths %v, want %v", tt.words, got, tt.want)
		}
	}
}

func TestParseFacility(t *testing.T) {
	for word, want := range map[string]Facility{"0": Local0, "7": Local0 + 7, "local3": Local0 + 3, "user": User, "daemon": Daemon} {
		if got, ok := ParseFacility(word); got != want || !ok {
			t.Errorf("%s: %d, %v", word, got, ok)
		}
	}
	for _, word := range []string{"8", "local8", "-1", "", "bogus", "local", "999"} {
		if got, ok := ParseFacility(word); got != Daemon || ok {
			t.Errorf("%q: %d, %v", word, got, ok)
		}
	}
}

func TestDetail(t *testing.T) {
	for detail, want := range map[int]string{0: "i", 1: "id", 2: "idx"} {
		var got strings.Builder
		l := New(Options{Detail: detail, Tee: func(_ Level, text string) { got.WriteString(text) }})
		l.Infof("i")
		l.Detailf("d")
		l.Debugf("x")
		if got.String() != want {
			t.Errorf("detail %d: %q, want %q", detail, got.String(), want)
		}
	}
}

func TestClean(t *testing.T) {
	long := strings.Repeat("x", maxText-1) + "äöü"
	if got := clean(long); len(got) > maxText || strings.ContainsRune(got, '�') {
		t.Errorf("%d bytes, %q", len(got), got[len(got)-4:])
	}
	if got := clean("a\x1b[2Jb\tc\r\n"); got != "a [2Jb\tc  " {
		t.Errorf("%q", got)
	}
}

func TestNilLogger(t *testing.T) {
	var l *Logger
	l.Infof("nothing")
	l.SetIdent("x")
	if l.Lost() != 0 || l.Close(0) != nil {
		t.Error("a nil logger does something")
	}
}
