package notify

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// record is a Log that remembers.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *record) Alertf(format string, args ...any)  { r.add(format, args...) }
func (r *record) Infof(format string, args ...any)   { r.add(format, args...) }
func (r *record) Detailf(format string, args ...any) { r.add(format, args...) }

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

func (r *record) count(part string) int { return strings.Count(r.text(), part) }

// eventually waits for a state.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// shellScript writes an executable script and returns its command.
func shellScript(t *testing.T, body string, args ...string) script.Command {
	t.Helper()
	name := filepath.Join(t.TempDir(), "script")
	// A process that is forked just now would have the file open for writing
	// until it executes, which on a busy machine may take longer than the
	// runner is patient.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return script.Command{Argv: append([]string{name}, args...)}
}

func newRunner(t *testing.T, o Options) (*Runner, *record) {
	t.Helper()
	log := &record{}
	r, err := NewRunner(log, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(time.Second) })
	return r, log
}

// run runs one job to its end.
func run(t *testing.T, r *Runner, j Job) Outcome {
	t.Helper()
	out := make(chan Outcome, 1)
	j.Done = func(o Outcome) { out <- o }
	if r.Run(j) == nil {
		t.Fatal("the runner is closed")
	}
	select {
	case o := <-out:
		return o
	case <-time.After(20 * time.Second):
		t.Fatal("no outcome")
		return Outcome{}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

// noLeaks fails if descriptors or goroutines are left when the test ends. Call
// it first.
func noLeaks(t *testing.T) {
	t.Helper()
	startPoller(t)
	fds, goroutines := descriptors(t), runtime.NumGoroutine()
	t.Cleanup(func() {
		eventually(t, "goroutines and descriptors back to normal", func() bool {
			return descriptors(t) <= fds && runtime.NumGoroutine() <= goroutines
		})
	})
}

// startPoller makes the runtime open its own descriptors, which stay.
func startPoller(t *testing.T) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	w.Close()
}

func descriptors(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// fullListener returns the address of a listener that takes no more connections
// and does not refuse them either.
func fullListener(t *testing.T) netip.AddrPort {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(name.(*unix.SockaddrInet4).Port))
	conn, err := net.Dial("tcp", addr.String()) // takes the only place
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return addr
}
