package vrrp

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func testPoller(t *testing.T) *poller {
	t.Helper()
	p, err := newPoller()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

func TestPollerDeadline(t *testing.T) {
	p := testPoller(t)
	deadline := time.Now().Add(20 * time.Millisecond)
	for time.Now().Before(deadline) {
		if _, err := p.wait(deadline, false, nil); err != nil {
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
	if err := p.add(fds[0]); err != nil {
		t.Fatal(err)
	}
	p.wake()
	if r, err := p.wait(time.Time{}, false, nil); err != nil || len(r) != 0 {
		t.Fatalf("wake: got %v, %v", r, err)
	}
	unix.Write(fds[1], []byte("x"))
	for range 2 {
		r, err := p.wait(time.Time{}, false, nil)
		if err != nil || len(r) != 1 || r[0].fd != fds[0] {
			t.Fatalf("what is unread must wake again: got %v, %v", r, err)
		}
	}
	unix.Close(fds[1])
	if r, _ := p.wait(time.Time{}, false, nil); len(r) != 1 || !r[0].hangup {
		t.Fatalf("hangup: got %v", r)
	}
	p.remove(fds[0])
	p.wake()
	if r, _ := p.wait(time.Time{}, false, nil); len(r) != 0 {
		t.Fatalf("removed descriptor reported: %v", r)
	}
}

func TestPollerExactDeadline(t *testing.T) {
	p := testPoller(t)
	deadline := time.Now().Add(20 * time.Millisecond)
	rounds := 0
	for ; time.Now().Before(deadline); rounds++ {
		if _, err := p.wait(deadline, true, nil); err != nil {
			t.Fatal(err)
		}
	}
	if rounds < 2 {
		t.Errorf("%d rounds: the deadline was slept through", rounds)
	}
}
