package notify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// hidden are variables that would change how a shell or the loader behaves.
var hidden = []string{"IFS", "LD_PRELOAD", "LD_LIBRARY_PATH"}

// Limit is a resource limit that scripts have instead of the daemon's.
type Limit struct {
	Resource int // RLIMIT_CORE and so on
	Value    unix.Rlimit
}

// launcher starts processes from one thread that has normal scheduling and that
// lives as long as the launcher. Scripts die with the thread that started them
// (PR_SET_PDEATHSIG), so it must not be one of those that come and go.
type launcher struct {
	env    []string
	limits []Limit
	null   *os.File
	jobs   chan launchJob
	quit   chan struct{}
}

type launchJob struct {
	command  script.Command
	unwanted func() bool
	reply    chan launched
}

// launched is a new process. pidfd is -1 on kernels without process
// descriptors (before 5.4).
type launched struct {
	pid   int
	pidfd int
	err   error
}

// errUnwanted: ended before it was executed.
var errUnwanted = errors.New("no longer wanted")

func newLauncher(env, hide []string, limits []Limit) (*launcher, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("opening input and output of scripts: %w", err)
	}
	l := &launcher{
		env:    scrub(env, append(slices.Clone(hide), hidden...)),
		limits: limits,
		null:   null,
		jobs:   make(chan launchJob),
		quit:   make(chan struct{}),
	}
	go l.run()
	return l, nil
}

func scrub(env, hide []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(hide, name)
	})
}

// start returns when the script is executing, or cannot be. It asks whether the
// script is unwanted at the last moment, because there may be long waits before.
func (l *launcher) start(c script.Command, unwanted func() bool) launched {
	warm(c)
	out := l.ask(c, unwanted)
	for try := 0; errors.Is(out.err, unix.ETXTBSY) && try < busyTries; try++ {
		time.Sleep(busyPause)
		out = l.ask(c, unwanted)
	}
	return out
}

// A script that is open for writing cannot be executed: somebody is about to
// install a new version.
const (
	busyTries = 10
	busyPause = 20 * time.Millisecond
)

func (l *launcher) ask(c script.Command, unwanted func() bool) launched {
	job := launchJob{c, unwanted, make(chan launched, 1)}
	select {
	case l.jobs <- job:
		return <-job.reply
	case <-l.quit:
		return launched{err: errUnwanted}
	}
}

// close ends the thread, and with it what it started.
func (l *launcher) close() { close(l.quit) }

// warm reads the beginning of the script. On a disk or server that does not
// answer this blocks one goroutine, where execve would block every fork of the
// process.
func warm(c script.Command) {
	if c.Test {
		return
	}
	f, err := os.Open(c.File())
	if err != nil {
		return // execve will say so
	}
	defer f.Close()
	_, _ = io.ReadFull(f, make([]byte, 256)) // whether it can be read is execve's business
}

func (l *launcher) run() {
	runtime.LockOSThread() // never unlocked: the thread ends here
	if unix.Gettid() == os.Getpid() {
		// The main thread cannot end, and its scheduling is not ours to change.
		l.moveOn()
		return
	}
	l.serve()
}

// moveOn continues on another thread.
func (l *launcher) moveOn() {
	moved := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		close(moved)
		l.serve()
	}()
	<-moved
	runtime.UnlockOSThread()
}

func (l *launcher) serve() {
	defer l.null.Close()
	for {
		select {
		case job := <-l.jobs:
			job.reply <- l.serveOne(job)
		case <-l.quit:
			return
		}
	}
}

func (l *launcher) serveOne(job launchJob) launched {
	if job.unwanted() {
		return launched{err: errUnwanted}
	}
	return l.fork(job.command)
}

// fork runs on the launcher's thread, whose properties the script inherits.
func (l *launcher) fork(c script.Command) launched {
	normalScheduling()
	// Belt and braces: every descriptor should have the flag already.
	_ = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) // unknown before Linux 5.11
	out := launched{pidfd: -1}
	path, argv := c.Exec()
	attr := &syscall.ProcAttr{
		Env:   l.env,
		Files: []uintptr{l.null.Fd(), l.null.Fd(), l.null.Fd()},
		Sys: &syscall.SysProcAttr{
			Setpgid:    true,
			Pdeathsig:  syscall.SIGTERM,
			Credential: credential(c),
			PidFD:      &out.pidfd,
		},
	}
	unblocked(func() { out.pid, _, out.err = syscall.StartProcess(path, argv, attr) })
	if out.err == nil {
		l.setLimits(out.pid)
	}
	return out
}

// normalScheduling undoes what the daemon has set for itself. A thread may
// always give up real-time priority, but perhaps not take a better nice value.
func normalScheduling() {
	now, err := unix.SchedGetAttr(0, 0)
	if err == nil && now.Policy == unix.SCHED_NORMAL && now.Nice == 0 {
		return
	}
	normal := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}
	if unix.SchedSetAttr(0, &normal, 0) != nil && now != nil {
		normal.Nice = now.Nice
		_ = unix.SchedSetAttr(0, &normal, 0) // then the script has the daemon's nice value
	}
}

// unblocked calls f with no signal blocked, which is the state that a child
// inherits. Handlers are reset by execve.
func unblocked(f func()) {
	var none, own unix.Sigset_t
	if unix.PthreadSigmask(unix.SIG_SETMASK, &none, &own) == nil {
		defer func() { _ = unix.PthreadSigmask(unix.SIG_SETMASK, &own, nil) }() // cannot fail with a mask from the kernel
	}
	f()
}

// credential is nil when an unprivileged daemon runs a script as itself, because
// it may not even set the groups that it has.
func credential(c script.Command) *syscall.Credential {
	own := int(c.UID) == os.Geteuid() && int(c.GID) == os.Getegid()
	if own && os.Geteuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: c.UID, Gid: c.GID, Groups: []uint32{c.GID}}
}

// setLimits changes the limits of a process that has just started; a process
// that has ended already does not mind.
func (l *launcher) setLimits(pid int) {
	for _, limit := range l.limits {
		_ = unix.Prlimit(pid, limit.Resource, &limit.Value, nil)
	}
}
