package check

import (
	"container/heap"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// talk is one conversation with a server over one non-blocking socket. The
// engine calls it on its own goroutine, so it must not wait for anything.
type talk interface {
	// begin opens the socket. A talk may be over at once.
	begin() (fd int, next step)
	// proceed goes on when the socket is ready, as far as it gets. trouble: the
	// kernel reports an error on it, or that it was hung up.
	proceed(fd int, trouble bool) step
	// expired is what it means that nothing came in time.
	expired() result
}

// step is what a talk waits for now.
type step struct {
	result  result
	over    bool          // result is final
	read    bool          // wait for input, else for room to write
	timeout time.Duration // from now; 0: the time that was left goes on
	keep    bool          // when over: the socket stays open, the talk owns it
}

// over is the last step.
func over(r result) step { return step{result: r, over: true} }

// reading and writing wait with a new time limit.
func reading(limit time.Duration) step { return step{read: true, timeout: limit} }
func writing(limit time.Duration) step { return step{timeout: limit} }

// engine carries on many talks on one goroutine.
//
// It waits for its epoll descriptor by way of the runtime's poller: a goroutine
// that is parked costs less than a thread that sleeps in a system call.
type engine struct {
	epfd, event int
	file        *os.File // epfd
	raw         syscall.RawConn
	armed       time.Time // deadline of file, zero: none
	deliver     func([]delivery)

	mu      sync.Mutex
	waiting []*session
	stopped bool

	byFD     []*session
	timers   sessionHeap
	admitted []*session // room for the next ones that wait
	finished []delivery
	events   [128]unix.EpollEvent
}

// session is a talk that goes on.
type session struct {
	talk   talk
	c      *checker
	run    uint64 // of the checker, returned with the result
	fd     int
	events uint32
	until  time.Time
	index  int // in timers, -1: not there
}

// delivery is the result of a session.
type delivery struct {
	c      *checker
	run    uint64
	result result
	s      *session // to be used again; nil: there was none
}

func newEngine(deliver func([]delivery)) (*engine, error) {
	e := &engine{deliver: deliver}
	var err error
	if e.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("creating epoll for checkers: %w", err)
	}
	if e.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		unix.Close(e.epfd)
		return nil, fmt.Errorf("creating eventfd for checkers: %w", err)
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(e.event)}
	if err = unix.EpollCtl(e.epfd, unix.EPOLL_CTL_ADD, e.event, &ev); err != nil {
		unix.Close(e.epfd)
		unix.Close(e.event)
		return nil, fmt.Errorf("watching eventfd for checkers: %w", err)
	}
	return e, e.attach()
}

// attach gives the epoll descriptor to the runtime's poller.
func (e *engine) attach() error {
	if err := unix.SetNonblock(e.epfd, true); err != nil {
		return fmt.Errorf("preparing epoll for checkers: %w", err)
	}
	e.file = os.NewFile(uintptr(e.epfd), "epoll of checkers")
	var err error
	if e.raw, err = e.file.SyscallConn(); err != nil {
		return fmt.Errorf("waiting for the sockets of checkers: %w", err)
	}
	return nil
}

// wait returns how many events there are: none when a time limit has passed.
func (e *engine) wait() (n int) {
	if len(e.timers) > 0 && (e.armed.IsZero() || e.timers[0].until.Before(e.armed)) {
		e.armed = e.timers[0].until
		_ = e.file.SetReadDeadline(e.armed)
	}
	err := e.raw.Read(func(fd uintptr) bool {
		n, _ = unix.EpollWait(int(fd), e.events[:], 0)
		return n > 0
	})
	if err != nil {
		e.armed = time.Time{}
		_ = e.file.SetReadDeadline(e.armed)
	}
	return max(n, 0)
}

// know makes the session of a descriptor be found.
func (e *engine) know(s *session) {
	if n := s.fd + 1 - len(e.byFD); n > 0 {
		e.byFD = append(e.byFD, make([]*session, n)...)
	}
	e.byFD[s.fd] = s
}

// session is that of a descriptor, nil for none.
func (e *engine) session(fd int32) *session {
	if int(fd) < len(e.byFD) {
		return e.byFD[fd]
	}
	return nil
}

// start begins talks; the list is not kept. It may be called from any goroutine.
func (e *engine) start(list []*session) {
	e.mu.Lock()
	first := len(e.waiting) == 0
	e.waiting = append(e.waiting, list...)
	e.mu.Unlock()
	if first {
		e.wake()
	}
}

func (e *engine) wake() {
	one := [8]byte{1}
	unix.Write(e.event, one[:])
}

// stop ends the engine; talks that go on are cut off without a result.
func (e *engine) stop() {
	e.mu.Lock()
	e.stopped = true
	e.mu.Unlock()
	e.wake()
}

// run serves talks until stop.
func (e *engine) run() {
	for {
		for _, ev := range e.events[:e.wait()] {
			if int(ev.Fd) == e.event {
				var b [8]byte
				unix.Read(e.event, b[:])
			} else if s := e.session(ev.Fd); s != nil {
				e.after(s, s.talk.proceed(s.fd, ev.Events&(unix.EPOLLERR|unix.EPOLLHUP) != 0))
			}
		}
		e.expire(time.Now())
		if !e.admit() {
			e.close()
			return
		}
		if len(e.finished) > 0 {
			e.deliver(e.finished)
			clear(e.finished)
			e.finished = e.finished[:0]
		}
	}
}

// admit starts what waits; false when the engine is to end.
func (e *engine) admit() bool {
	e.mu.Lock()
	list, stopped := e.waiting, e.stopped
	e.waiting, e.admitted = e.admitted[:0], list
	e.mu.Unlock()
	for _, s := range list {
		if stopped {
			break
		}
		s.index = -1
		fd, next := s.talk.begin()
		s.fd = fd
		if fd >= 0 {
			e.know(s)
		}
		e.after(s, next)
	}
	clear(list)
	return !stopped
}

func (e *engine) close() {
	for fd, s := range e.byFD {
		if s != nil {
			unix.Close(fd)
		}
	}
	e.file.Close()
	unix.Close(e.event)
}

// after carries out what a talk wants next.
func (e *engine) after(s *session, next step) {
	if next.over {
		e.end(s, next.result, next.keep)
		return
	}
	events := uint32(unix.EPOLLOUT)
	if next.read {
		events = unix.EPOLLIN
	}
	if next.timeout > 0 {
		s.until = time.Now().Add(next.timeout)
		if s.index < 0 {
			heap.Push(&e.timers, s)
		} else {
			heap.Fix(&e.timers, s.index)
		}
	}
	if events == s.events {
		return
	}
	op := unix.EPOLL_CTL_MOD
	if s.events == 0 {
		op = unix.EPOLL_CTL_ADD
	}
	ev := unix.EpollEvent{Events: events, Fd: int32(s.fd)}
	if err := unix.EpollCtl(e.epfd, op, s.fd, &ev); err != nil {
		e.end(s, result{postponed: true, reason: fmt.Sprintf("watching the socket of a checker: %v", err)}, false)
		return
	}
	s.events = events
}

// end closes the socket, which takes it out of the epoll set, too.
func (e *engine) end(s *session, r result, keep bool) {
	if s.fd >= 0 {
		e.byFD[s.fd] = nil
		if keep {
			unix.EpollCtl(e.epfd, unix.EPOLL_CTL_DEL, s.fd, nil)
		} else {
			unix.Close(s.fd)
		}
	}
	if s.index >= 0 {
		heap.Remove(&e.timers, s.index)
	}
	e.finished = append(e.finished, delivery{c: s.c, run: s.run, result: r, s: s})
}

func (e *engine) expire(now time.Time) {
	for len(e.timers) > 0 && !e.timers[0].until.After(now) {
		s := e.timers[0]
		e.end(s, s.talk.expired(), false)
	}
}

// sessionHeap is ordered by time limit.
type sessionHeap []*session

func (h sessionHeap) Len() int           { return len(h) }
func (h sessionHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h sessionHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *sessionHeap) Push(x any) {
	s := x.(*session)
	s.index = len(*h)
	*h = append(*h, s)
}

// Pop implements heap.Interface.
func (h *sessionHeap) Pop() any {
	old := *h
	s := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	s.index = -1
	return s
}
