package check

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// readTalk waits for an octet on a socket, or for so many of them.
type readTalk struct {
	fd     int
	octets int
	limit  time.Duration
	asked  time.Time // when it has last said that it waits
}

func (r *readTalk) begin() (int, step) { return r.fd, reading(r.limit) }

func (r *readTalk) proceed(fd int, _ bool) step {
	var b [1]byte
	if n, _ := unix.Read(fd, b[:]); n != 1 {
		return over(result{reason: "nothing to read"})
	}
	if r.octets--; r.octets > 0 {
		r.asked = time.Now()
		return reading(r.limit)
	}
	return over(result{ok: true})
}

func (r *readTalk) expired() result { return result{reason: "late"} }

// pair is two sockets that are connected; the first belongs to an engine.
func pair(t *testing.T) [2]int {
	t.Helper()
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(p[1]) })
	return p
}

func octets(t *testing.T, fd, n int) {
	t.Helper()
	if _, err := unix.Write(fd, make([]byte, n)); err != nil {
		t.Fatal(err)
	}
}

// TestEngineStoodStill: what servers have said while this machine stood still
// counts, of however many servers.
func TestEngineStoodStill(t *testing.T) {
	e, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	const limit = time.Millisecond
	var sessions []*session
	for range 3*len(e.events) + 1 {
		p := pair(t)
		s := &session{talk: &readTalk{fd: p[0], octets: 1, limit: limit}}
		e.begin(s)
		octets(t, p[1], 1)
		sessions = append(sessions, s)
	}
	silent := &session{talk: &readTalk{fd: pair(t)[0], octets: 1, limit: limit}}
	e.begin(silent)
	for !time.Now().After(silent.until) {
		time.Sleep(limit)
	}
	for len(e.finished) <= len(sessions) {
		e.turn(never)
	}
	for _, d := range e.finished {
		if d.result.ok != (d.s != silent) {
			t.Fatalf("%+v", d.result)
		}
	}
}

// TestEngineDeadlines: a talk has its whole time from when it begins to wait, not
// from when the turn began: another talk may have taken long meanwhile.
func TestEngineDeadlines(t *testing.T) {
	e, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	p := pair(t)
	r := &readTalk{fd: p[0], octets: 2, limit: time.Minute}
	s := &session{talk: r}
	before := time.Now()
	e.begin(s)
	if s.until.Before(before.Add(r.limit)) {
		t.Errorf("the first wait ends %v after its begin, want %v", s.until.Sub(before), r.limit)
	}
	octets(t, p[1], 1)
	for r.asked.IsZero() {
		e.turn(never)
	}
	if s.until.Before(r.asked.Add(r.limit)) {
		t.Errorf("the second wait ends %v after its begin, want %v", s.until.Sub(r.asked), r.limit)
	}
}
