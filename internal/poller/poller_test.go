package poller

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func testPoller(t *testing.T) *Poller {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestPollerDeadline(t *testing.T) {
	p := testPoller(t)
	deadline := time.Now().Add(20 * time.Millisecond)
	for time.Now().Before(deadline) {
		if _, err := p.Wait(deadline, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !p.armed.IsZero() {
		t.Errorf("the timer still counts as armed after it fired")
	}
}

func TestPollerDescriptorAndWake(t *testing.T) {
	p := testPoller(t)
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	if err := p.Add(fds[0]); err != nil {
		t.Fatal(err)
	}
	p.Wake()
	if r, err := p.Wait(time.Time{}, false, nil); err != nil || len(r) != 0 {
		t.Fatalf("wake: got %v, %v", r, err)
	}
	unix.Write(fds[1], []byte("x"))
	for range 2 {
		r, err := p.Wait(time.Time{}, false, nil)
		if err != nil || len(r) != 1 || r[0].FD != fds[0] {
			t.Fatalf("what is unread must wake again: got %v, %v", r, err)
		}
	}
	unix.Close(fds[1])
	if r, _ := p.Wait(time.Time{}, false, nil); len(r) != 1 || !r[0].Hangup {
		t.Fatalf("hangup: got %v", r)
	}
	p.Remove(fds[0])
	p.Wake()
	if r, _ := p.Wait(time.Time{}, false, nil); len(r) != 0 {
		t.Fatalf("removed descriptor reported: %v", r)
	}
}

func TestPollerExactDeadline(t *testing.T) {
	p := testPoller(t)
	// So close to an exact deadline Wait returns at once, without a timer.
	if _, err := p.Wait(time.Now().Add(Lead/2), true, nil); err != nil {
		t.Fatal(err)
	}
	if !p.armed.IsZero() {
		t.Error("the timer was set within the lead of an exact deadline")
	}
	// Before that it sleeps, until the lead begins.
	deadline := time.Now().Add(20 * time.Millisecond)
	if _, err := p.Wait(deadline, true, nil); err != nil {
		t.Fatal(err)
	}
	if time.Now().Before(deadline.Add(-Lead - time.Millisecond)) {
		t.Errorf("returned %v before the deadline", time.Until(deadline))
	}
}
