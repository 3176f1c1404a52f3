// Package poller is what event loops on a locked thread wait with.
package poller

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Poller waits for descriptors, for one deadline and for posts from other
// goroutines. It belongs to the event loop's locked thread; only Wake may be
// called from elsewhere.
//
// A timerfd is used, not the timeout of epoll_wait: the kernel adds slack in
// proportion to the latter, a per mille of three seconds is more than an
// election may lose.
type Poller struct {
	epfd, timer, event int
	armed              time.Time
	events             []unix.EpollEvent
}

// Ready is a descriptor with input, or whose other end is gone.
type Ready struct {
	FD     int
	Hangup bool
}

// New makes a Poller that watches nothing yet.
func New() (*Poller, error) {
	p := &Poller{epfd: -1, timer: -1, event: -1, events: make([]unix.EpollEvent, 64)}
	var err error
	if p.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("creating epoll: %w", err)
	}
	if p.timer, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		p.Close()
		return nil, fmt.Errorf("creating timerfd: %w", err)
	}
	if p.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		p.Close()
		return nil, fmt.Errorf("creating eventfd: %w", err)
	}
	for _, fd := range []int{p.timer, p.event} {
		if err := p.Add(fd); err != nil {
			p.Close()
			return nil, err
		}
	}
	return p, nil
}

// Close gives its descriptors back.
func (p *Poller) Close() {
	for _, fd := range []int{p.epfd, p.timer, p.event} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// Add watches fd for input, level-triggered: what one wake-up leaves unread
// wakes the loop again.
func (p *Poller) Add(fd int) error {
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	if err := unix.EpollCtl(p.epfd, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
		return fmt.Errorf("watching descriptor %d: %w", fd, err)
	}
	return nil
}

// Remove stops watching fd, which must still be open.
func (p *Poller) Remove(fd int) {
	unix.EpollCtl(p.epfd, unix.EPOLL_CTL_DEL, fd, nil)
}

// Wake makes Wait return; safe from any goroutine.
func (p *Poller) Wake() {
	one := [8]byte{1}
	unix.Write(p.event, one[:])
}

// Lead is how much earlier than an exact deadline Wait returns, and returns
// again at once until it has passed. It is more than a thread needs to wake up.
const Lead = 200 * time.Microsecond

// Wait blocks until a descriptor is readable, the deadline has passed (the zero
// time is none) or Wake was called. An exact deadline is not slept through to
// its end. The returned slice is valid until the next call and holds the
// watched descriptors only.
func (p *Poller) Wait(deadline time.Time, exact bool, ready []Ready) ([]Ready, error) {
	timeout := -1
	if exact {
		deadline = deadline.Add(-Lead)
		if time.Until(deadline) <= 0 {
			timeout = 0
		}
	}
	if timeout != 0 {
		if err := p.arm(deadline); err != nil {
			return nil, err
		}
	}
	n, err := unix.EpollWait(p.epfd, p.events, timeout)
	if err == unix.EINTR {
		return ready[:0], nil
	}
	if err != nil {
		return nil, fmt.Errorf("waiting for events: %w", err)
	}
	ready = ready[:0]
	for _, ev := range p.events[:n] {
		switch int(ev.Fd) {
		case p.timer:
			drainCounter(p.timer)
			p.armed = time.Time{}
		case p.event:
			drainCounter(p.event)
		default:
			hup := ev.Events&(unix.EPOLLHUP|unix.EPOLLERR) != 0
			ready = append(ready, Ready{FD: int(ev.Fd), Hangup: hup})
		}
	}
	return ready, nil
}

// arm sets the timer only when the deadline moved: most wake-ups are adverts of
// a master that do not change the earliest one.
func (p *Poller) arm(deadline time.Time) error {
	if deadline.Equal(p.armed) {
		return nil
	}
	var spec unix.ItimerSpec
	if !deadline.IsZero() {
		d := max(time.Until(deadline), 1)
		spec.Value = unix.NsecToTimespec(int64(d))
	}
	if err := unix.TimerfdSettime(p.timer, 0, &spec, nil); err != nil {
		return fmt.Errorf("arming the timer: %w", err)
	}
	p.armed = deadline
	return nil
}

func drainCounter(fd int) {
	var b [8]byte
	unix.Read(fd, b[:])
}
