package check

import (
	"container/heap"
	"fmt"
	"os"
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

// engine carries on many talks on the goroutine that calls turn.
//
// It waits for its epoll descriptor by way of the runtime's poller: a goroutine
// that is parked costs less than a thread that sleeps in a system call.
type engine struct {
	epfd int
	bell bell
	file *os.File // epfd
	raw  syscall.RawConn
	look func(fd uintptr) bool
	// armed is the deadline of file, zero: none. late: it has passed.
	armed time.Time
	late  bool

	byFD     []*session
	timers   sessionHeap
	finished []delivery
	ready    int // events that have come
	events   [128]unix.EpollEvent
}

// session is a talk that goes on.
type session struct {
	talk   talk
	c      *checker
	fd     int
	events uint32
	until  time.Time
	index  int // in timers, -1: not there
}

// delivery is the result of a session.
type delivery struct {
	c      *checker
	result result
	s      *session // to be used again; nil: there was none
}

func newEngine() (*engine, error) {
	e := &engine{}
	var err error
	if e.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("creating epoll for checkers: %w", err)
	}
	if err = e.attach(); err != nil {
		unix.Close(e.epfd)
		return nil, err
	}
	if err = e.bell.open(e.epfd); err != nil {
		e.file.Close()
		return nil, err
	}
	return e, nil
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
	e.look = func(fd uintptr) bool {
		e.ready = epollNow(int(fd), e.events[:])
		return e.ready > 0
	}
	return nil
}

// wait waits until there are events, a talk has run out of time or a moment has
// come; a zero one never comes.
func (e *engine) wait(until time.Time) {
	if len(e.timers) > 0 && (until.IsZero() || e.timers[0].until.Before(until)) {
		until = e.timers[0].until
	}
	// An earlier deadline than needed only costs another turn.
	if e.late || !until.IsZero() && (e.armed.IsZero() || until.Before(e.armed)) {
		e.armed, e.late = until, false
		_ = e.file.SetReadDeadline(until)
	}
	e.ready = 0
	if e.late = e.raw.Read(e.look) != nil; e.late {
		e.look(uintptr(e.epfd)) // also when there always is something due
	}
}

// turn waits, carries on the talks whose sockets are ready and ends those that
// have run out of time.
func (e *engine) turn(until time.Time) {
	e.wait(until)
	now := time.Now()
	for _, ev := range e.events[:e.ready] {
		if int(ev.Fd) == e.bell.fd {
			e.bell.rang()
		} else if s := e.session(ev.Fd); s != nil {
			e.after(s, s.talk.proceed(s.fd, ev.Events&(unix.EPOLLERR|unix.EPOLLHUP) != 0))
		}
	}
	e.expire(now)
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

// begin begins a talk. It may be over at once.
func (e *engine) begin(s *session) {
	s.index = -1
	fd, next := s.talk.begin()
	s.fd = fd
	if fd >= 0 {
		e.know(s)
	}
	e.after(s, next)
}

// cut ends the talks that go on, without a result.
func (e *engine) cut() {
	for fd, s := range e.byFD {
		if s != nil {
			unix.Close(fd)
		}
	}
	e.byFD, e.timers = nil, nil
}

// close ends the engine.
func (e *engine) close() {
	e.cut()
	e.file.Close()
	e.bell.close()
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
		s.until = time.Now().Add(next.timeout) // another talk may have taken long in this turn
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
	if err := epollSet(e.epfd, op, s.fd, events); err != nil {
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
			closeNow(s.fd)
		}
	}
	if s.index >= 0 {
		heap.Remove(&e.timers, s.index)
	}
	e.finished = append(e.finished, delivery{c: s.c, result: r, s: s})
}

// expire ends the talks that have run out of time. What their servers have said
// before counts: there can be more of it than one wait tells of when this machine
// stood still.
func (e *engine) expire(now time.Time) {
	for len(e.timers) > 0 && !e.timers[0].until.After(now) {
		s := e.timers[0]
		if ready := pollNow(s.fd, s.events); ready != 0 {
			e.after(s, s.talk.proceed(s.fd, ready&(unix.EPOLLERR|unix.EPOLLHUP) != 0))
		}
		if s.index >= 0 && !s.until.After(now) {
			e.end(s, s.talk.expired(), false)
		}
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
