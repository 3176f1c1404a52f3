package notify

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// newRemoteRunner is a Runner whose scripts a server starts with fork.
func newRemoteRunner(t *testing.T, fork Fork) (r *Runner, log *record, s *server) {
	t.Helper()
	conn, client, err := NewLine()
	if err != nil {
		t.Fatal(err)
	}
	if s, err = newServer(conn, fork, nil, &record{}); err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.serve()
	}()
	r, log = newRunner(t, Options{Server: client})
	t.Cleanup(func() {
		r.Close(time.Second)
		<-served
	})
	return r, log, s
}

func TestRemoteOutcomes(t *testing.T) {
	noLeaks(t)
	r, log, _ := newRemoteRunner(t, forkHere)
	for _, tt := range []struct {
		name string
		job  Job
		want Outcome
	}{
		{"success", Job{Command: shellScript(t, "exit 0")}, Outcome{}},
		{"status", Job{Command: shellScript(t, "exit 7")}, Outcome{Status: 7}},
		{"arguments", Job{Command: shellScript(t, `test "$1,$2,$3" = "a b,,\"c"`, "a b", "", `"c`)}, Outcome{}},
		{"signal", Job{Command: shellScript(t, "kill -USR1 $$")}, Outcome{Signal: 10}},
		{"limit", Job{Command: shellScript(t, "sleep 100"), Limit: 500 * time.Millisecond}, Outcome{TimedOut: true}},
		{"limit, deaf", Job{Command: shellScript(t, "trap '' TERM; while :; do sleep 100; done"), Limit: 500 * time.Millisecond, Grace: 50 * time.Millisecond}, Outcome{TimedOut: true}},
		{"openable", Job{Command: script.Command{Argv: []string{"</dev/null"}, Test: true}}, Outcome{}},
	} {
		if got := run(t, r, tt.job); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if log.text() != "" {
		t.Errorf("logged %s", log.text())
	}
}

func TestRemoteCannotExecute(t *testing.T) {
	r, log, _ := newRemoteRunner(t, forkHere)
	for _, tt := range []struct {
		argv []string
		want error
	}{
		{[]string{"/none/script"}, unix.ENOENT},
		{[]string{"/bin/true", "a\x00b"}, unix.EINVAL},
		{[]string{"/bin/true", strings.Repeat("x", maxNote)}, unix.E2BIG},
	} {
		if got := run(t, r, Job{Command: script.Command{Argv: tt.argv}}); !errors.Is(got.Err, tt.want) {
			t.Errorf("%.40q: %+v, want %v", tt.argv, got, tt.want)
		}
	}
	if want := "Error exec-ing command '/none/script', error 2: No such file or directory"; log.count(want) != 1 {
		t.Errorf("logged %q", log.text())
	}
}

// slowFork lets scripts start only when go has room.
type slowFork struct {
	asked chan struct{}
	start chan struct{}
}

func (f slowFork) fork(path string, argv []string, attr *syscall.ProcAttr) (Process, error) {
	f.asked <- struct{}{}
	<-f.start
	return forkHere(path, argv, attr)
}

// A server that does not get to it says nothing about the script, and what is
// unwanted by then is never executed.
func TestRemoteIsSlow(t *testing.T) {
	slow := slowFork{make(chan struct{}, 4), make(chan struct{}, 4)}
	r, _, s := newRemoteRunner(t, slow.fork)
	out := filepath.Join(t.TempDir(), "out")
	first := r.Run(Job{Command: shellScript(t, "exit 0")})
	<-slow.asked // the thread is busy with it
	reported := make(chan Outcome, 1)
	late := r.Run(Job{Command: shellScript(t, "echo run >"+out), Limit: 50 * time.Millisecond, Done: func(o Outcome) { reported <- o }})
	if o := <-reported; o.Err == nil || o.TimedOut {
		t.Errorf("outcome of a script that was not started in time: %+v", o)
	}
	eventually(t, "the server knows", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.runs[2].signal != 0
	})
	slow.start <- struct{}{}
	<-first.Ended()
	<-late.Ended()
	if text := read(t, out); text != "" {
		t.Errorf("executed: %q", text)
	}
}

// Without a server the scripts go on, and those that ran are not waited for.
// What is no longer wanted before it was asked for is not started.
func TestRemoteUnwanted(t *testing.T) {
	var forks atomic.Int32
	r, _, _ := newRemoteRunner(t, func(path string, argv []string, attr *syscall.ProcAttr) (Process, error) {
		forks.Add(1)
		return forkHere(path, argv, attr)
	})
	unwanted := make(chan struct{})
	close(unwanted)
	for range 100 {
		if p, err := r.starter.start(script.Command{Argv: []string{"/bin/true"}}, unwanted); err == nil {
			p.Wait()
		} else if !errors.Is(err, errUnwanted) {
			t.Fatal(err)
		}
	}
	if n := forks.Load(); n > 0 {
		t.Errorf("%d of 100 were started", n)
	}
}

func TestRemoteIsGone(t *testing.T) {
	noLeaks(t)
	r, _, server := newRemoteRunner(t, forkHere)
	running := make(chan Outcome, 1)
	sleeper := r.Run(Job{Command: shellScript(t, "exec sleep 100"), Done: func(o Outcome) { running <- o }})
	<-sleeper.Started()
	pid := sleeper.Pid()
	conn, err := server.line.file.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RDWR) }); err != nil {
		t.Fatal(err)
	}
	if o := <-running; !errors.Is(o.Err, errGone) {
		t.Errorf("outcome %+v", o)
	}
	eventually(t, "the script ends with its server", func() bool { return unix.Kill(pid, 0) != nil })
	if o := run(t, r, Job{Command: shellScript(t, "exit 5")}); o.Status != 5 {
		t.Errorf("outcome without a server: %+v", o)
	}
}

// The end of the Runner is the end of what it had started.
func TestRemoteEndsWithRunner(t *testing.T) {
	server, client, err := NewLine()
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		Serve(server, forkHere, nil, &record{})
	}()
	c := newRemote(client, func() (*launcher, error) { return nil, errors.New("not here") })
	p, err := c.start(shellScript(t, "exec sleep 100"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.close() // as the kernel does for a killed process
	<-served
	eventually(t, "the script gets SIGTERM", func() bool { return unix.Kill(p.Pid(), 0) != nil })
}

// What a server cannot prepare is an error for all scripts.
func TestRemoteCannotEnter(t *testing.T) {
	server, client, err := NewLine()
	if err != nil {
		t.Fatal(err)
	}
	go Serve(server, forkHere, func() error { return fmt.Errorf("entering: %w", unix.ENOENT) }, &record{})
	r, _ := newRunner(t, Options{Server: client})
	if o := run(t, r, Job{Command: shellScript(t, "exit 0")}); !errors.Is(o.Err, unix.ENOENT) {
		t.Errorf("outcome %+v", o)
	}
}

var notes = []note{
	{kind: askStart, id: 1, command: script.Command{Argv: []string{"a", "", "b c"}, Path: "/p", UID: 1, GID: 2, Shell: true}},
	{kind: askStart, id: 1 << 60, command: script.Command{Argv: []string{"</x"}, Test: true}},
	{kind: askEnd, id: 3, a: 15}, {kind: tellStart, id: 4, a: 77}, {kind: tellStart, id: 4, b: 2},
	{kind: tellEnd, id: 5, a: 3}, {kind: tellEnd, id: 5, b: 9}, {kind: tellCancel, id: 6}, {kind: tellLost, id: 7},
}

func TestNotes(t *testing.T) {
	for _, n := range notes {
		if got, err := decodeNote(n.encode()); err != nil || !reflect.DeepEqual(got, n) {
			t.Errorf("%+v became %+v, %v", n, got, err)
		}
	}
}

func FuzzNote(f *testing.F) {
	for _, n := range notes {
		f.Add(n.encode())
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := decodeNote(b)
		if err != nil {
			return
		}
		if got := n.encode(); string(got) != string(b) {
			t.Errorf("%x became %x", b, got)
		}
		if n.kind == askStart && !n.command.IsSet() {
			t.Errorf("%x: a command without a word", b)
		}
	})
}
