package watchdog

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// vigil sees to it that a child that should send adverts, and does not, is
// replaced in time on a machine that is busy, maybe with just that child: it
// loops, with real-time priority. A thread above all children watches the
// deadline; when that has passed, the whole parent comes above them until the
// successor speaks. Otherwise the parent has the priority that it was started
// with, since what it does may take long, and must not hold up adverts.
type vigil struct {
	*alarm

	mu     sync.Mutex
	usual  unix.SchedAttr // what this process was started with
	level  uint32         // real-time priority of the watching thread; 0: none
	thread int            // 0: it does not run yet
	raised bool
	unseen bool         // the loop has not been told of the deadline
	forks  map[int]bool // threads whose next child inherits what they have
}

// newVigil starts the watching thread.
func newVigil() (*vigil, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("creating a timer: %w", err)
	}
	// It blocks its thread, so that no other one has to pass on what it reads.
	a := &alarm{f: os.NewFile(uintptr(fd), "timer"), rings: make(chan struct{}, 1), clock: unix.CLOCK_MONOTONIC}
	if a.raw, err = a.f.SyscallConn(); err != nil {
		a.f.Close()
		return nil, fmt.Errorf("creating a timer: %w", err)
	}
	v := &vigil{alarm: a, forks: map[int]bool{}}
	if attr, err := unix.SchedGetAttr(0, 0); err == nil {
		v.usual = unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: attr.Policy, Nice: attr.Nice, Priority: attr.Priority}
	}
	go v.listen()
	return v, nil
}

// own is the real-time priority that this process was started with; 0 is none.
func (v *vigil) own() int { return int(v.usual.Priority) }

func (v *vigil) listen() {
	runtime.LockOSThread()
	v.mu.Lock()
	v.thread = unix.Gettid()
	v.place(v.thread)
	v.mu.Unlock()
	var count [8]byte
	for {
		if _, err := v.f.Read(count[:]); err != nil {
			return
		}
		v.raise()
		select {
		case v.rings <- struct{}{}:
		default:
		}
	}
}

// above takes the priorities of the children from a configuration.
func (v *vigil) above(g *config.Global) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.level = 0
	for _, r := range []link.Role{link.RoleVRRP, link.RoleBFD} {
		if own := attributesOf(r, g, v.own()).realtime; own > 0 {
			v.level = max(v.level, min(uint32(own)+1, maxRealtime))
		}
	}
	if v.thread != 0 {
		v.place(v.thread)
	}
}

// place gives a thread the priority of the watch. It is not for its children:
// scripts and other threads begin without. What is not permitted is left.
func (v *vigil) place(tid int) {
	attr := v.usual
	if v.level > 0 {
		attr = unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: v.level}
	}
	attr.Flags = unix.SCHED_FLAG_RESET_ON_FORK
	_ = unix.SchedSetAttr(tid, &attr, 0)
}

// usually gives a thread the priority that the process was started with.
func (v *vigil) usually(tid int) {
	attr := v.usual
	if unix.SchedSetAttr(tid, &attr, 0) != nil {
		// A process that may be real-time and nothing more cannot take this back.
		attr.Flags = unix.SCHED_FLAG_RESET_ON_FORK
		_ = unix.SchedSetAttr(tid, &attr, 0)
	}
}

// raise brings all threads of this process above its children.
func (v *vigil) raise() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.level == 0 {
		return
	}
	v.raised, v.unseen = true, true
	v.each(v.place)
}

// rang notes that the loop has been told of the deadline.
func (v *vigil) rang() {
	v.mu.Lock()
	v.unseen = false
	v.mu.Unlock()
	v.alarm.rang()
}

// keep raises the threads as well that have begun since, or ends it all.
func (v *vigil) keep(urgent bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case !v.raised || v.unseen:
		return
	case urgent:
		v.each(v.place)
		return
	}
	v.raised = false
	v.each(v.usually)
}

// each calls f for the threads of this process, but for the watching one and
// those that are about to start a child.
func (v *vigil) each(f func(tid int)) {
	names, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, name := range names {
		if tid, err := strconv.Atoi(name.Name()); err == nil && tid != v.thread && !v.forks[tid] {
			f(tid)
		}
	}
}

// forking gives the calling thread, which must be locked, the usual priority
// until done is called, so that the child that it starts inherits that or what
// the thread is given.
func (v *vigil) forking() (done func()) {
	if v == nil {
		return func() {}
	}
	tid := unix.Gettid()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.forks[tid] = true
	if v.raised {
		v.usually(tid)
	}
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.forks, tid)
	}
}

// set moves the deadline; if nothing is urgent any more, what the last one has
// begun ends.
func (v *vigil) set(deadline time.Time, urgent bool) error {
	v.keep(urgent)
	return v.alarm.set(deadline)
}
