// Package poller is what event loops wait with.
package poller

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Poller waits for descriptors, for one deadline and for posts from other
// goroutines. It belongs to the event loop's goroutine; only Wake may be called
// from elsewhere.
//
// Deadlines are those of a timerfd: the runtime's timers are some tens of
// microseconds later, and the kernel adds slack to the timeout of epoll_wait.
// Waiting is the runtime's business, which parks the goroutine on the epoll
// descriptor; a thread of our own in epoll_wait would have the runtime's monitor
// look after it fifty times for every wake-up. The calls that follow never wait
// and do not tell the runtime, for the same reason.
type Poller struct {
	epfd, timer, event int
	file               *os.File // of epfd, for the runtime
	raw                syscall.RawConn
	armed              time.Time
	events             []unix.EpollEvent
	found              int // events that look found
	err                error
	look               func(uintptr) bool // p.poll, made a value once
}

// Ready is a descriptor with input, or whose other end is gone.
type Ready struct {
	FD     int
	Hangup bool
}

// New makes a Poller that watches nothing yet.
func New() (*Poller, error) {
	p := &Poller{epfd: -1, timer: -1, event: -1, events: make([]unix.EpollEvent, 64)}
	p.look = p.poll
	var err error
	if p.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("creating epoll: %w", err)
	}
	if err := p.register(); err != nil {
		p.Close()
		return nil, err
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

// register hands the epoll descriptor to the runtime.
func (p *Poller) register() (err error) {
	if err := unix.SetNonblock(p.epfd, true); err != nil {
		return fmt.Errorf("preparing epoll: %w", err)
	}
	p.file = os.NewFile(uintptr(p.epfd), "epoll")
	if p.raw, err = p.file.SyscallConn(); err != nil {
		return fmt.Errorf("preparing epoll: %w", err)
	}
	return nil
}

// Close gives its descriptors back.
func (p *Poller) Close() {
	for _, fd := range []int{p.timer, p.event} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	if p.file != nil {
		p.file.Close()
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
// again at once until it has passed. It is more than a thread needs to wake up,
// also on a processor of a virtual machine that its host let sleep.
const Lead = time.Millisecond

// Wait blocks until a descriptor is readable, the deadline has passed (the zero
// time is none) or Wake was called. An exact deadline is not slept through to
// its end. The returned slice is valid until the next call and holds the
// watched descriptors only.
func (p *Poller) Wait(deadline time.Time, exact bool, ready []Ready) ([]Ready, error) {
	if exact {
		deadline = deadline.Add(-Lead)
	}
	if err := p.find(deadline, exact && time.Until(deadline) <= 0); err != nil {
		return nil, fmt.Errorf("waiting for events: %w", err)
	}
	ready = ready[:0]
	for _, ev := range p.events[:p.found] {
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

// find gets the events that there are at once, or waits for some.
func (p *Poller) find(deadline time.Time, atOnce bool) error {
	p.found, p.err = 0, nil
	if atOnce {
		p.poll(0)
		return p.err
	}
	if err := p.arm(deadline); err != nil {
		return err
	}
	if err := p.raw.Read(p.look); err != nil {
		return err
	}
	return p.err
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
	_, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(p.timer), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("arming the timer: %w", errno)
	}
	p.armed = deadline
	return nil
}

// poll looks for events and reports whether Wait has something to return.
func (p *Poller) poll(uintptr) bool {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epfd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	switch errno {
	case 0:
		p.found = int(n)
	case unix.EINTR:
	default:
		p.err = errno
	}
	return p.found > 0 || p.err != nil
}

func drainCounter(fd int) {
	var b [8]byte
	unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b)), uintptr(len(b)))
}
