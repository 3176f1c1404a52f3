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
var hidden = []string{"IFS", "LD_PRELOAD", "LD_LIBRARY_PATH", originEnv}

// Limit is a resource limit that scripts have instead of the daemon's.
type Limit struct {
	Resource int // RLIMIT_CORE and so on
	Value    unix.Rlimit
}

// Process is a script that was started. Its methods may be called by several
// goroutines.
type Process interface {
	// Pid is its number, and that of its group.
	Pid() int
	// End sends a signal to its group, or to it alone if it has left that group.
	// What is left of the group is killed when it has ended. It does nothing
	// when it has ended already.
	End(sig syscall.Signal)
	// Wait returns when it has ended, and is called once.
	Wait() Outcome
}

// Fork starts a process like syscall.StartProcess; it is called on the thread
// that has to start it. Whoever reaps processes supplies it.
type Fork func(path string, argv []string, attr *syscall.ProcAttr) (Process, error)

// starter starts scripts: a launcher, or a remote one.
type starter interface {
	// start returns when the script is executing, or cannot be, or is not wanted
	// any more.
	start(c script.Command, cancelled <-chan struct{}) (Process, error)
	// close ends what was started.
	close()
}

// launcher starts processes from one thread that has normal scheduling and that
// lives as long as the launcher. Scripts die with the thread that started them
// (PR_SET_PDEATHSIG), so it must not be one of those that come and go.
type launcher struct {
	env    []string
	limits []Limit
	fork   Fork
	enter  func() error // prepares the thread; may be nil
	null   *os.File
	jobs   chan launchJob
	quit   chan struct{}
}

type launchJob struct {
	command   script.Command
	cancelled <-chan struct{}
	reply     chan launched
}

type launched struct {
	Process
	err error
}

// errUnwanted: ended before it was executed.
var errUnwanted = errors.New("no longer wanted")

func newLauncher(env, hide []string, limits []Limit, fork Fork, enter func() error) (*launcher, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("opening input and output of scripts: %w", err)
	}
	l := &launcher{
		env:    scrub(env, append(slices.Clone(hide), hidden...)),
		limits: limits,
		fork:   fork,
		enter:  enter,
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

// start asks whether the script is still wanted at the last moment, because
// there may be long waits before.
func (l *launcher) start(c script.Command, cancelled <-chan struct{}) (Process, error) {
	job := launchJob{c, cancelled, make(chan launched, 1)}
	select {
	case l.jobs <- job:
		out := <-job.reply
		return out.Process, out.err
	case <-l.quit:
		return nil, errUnwanted
	}
}

// startPatiently is start for a script that may be just being written.
func startPatiently(s starter, c script.Command, cancelled <-chan struct{}) (Process, error) {
	p, err := s.start(c, cancelled)
	for try := 0; errors.Is(err, unix.ETXTBSY) && try < busyTries; try++ {
		time.Sleep(busyPause)
		p, err = s.start(c, cancelled)
	}
	return p, err
}

// A script that is open for writing cannot be executed: somebody is about to
// install a new version.
const (
	busyTries = 10
	busyPause = 20 * time.Millisecond
)

// close ends the thread, and with it what it started.
func (l *launcher) close() { close(l.quit) }

// warm reads the beginning of the script. On a disk or server that does not
// answer this blocks one goroutine, where execve would block everything that
// the process starts.
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
	var err error
	if l.enter != nil {
		err = l.enter()
	}
	for {
		select {
		case job := <-l.jobs:
			job.reply <- l.serveOne(job, err)
		case <-l.quit:
			return
		}
	}
}

func (l *launcher) serveOne(job launchJob, unusable error) (out launched) {
	switch {
	case unusable != nil:
		out.err = unusable
	case isClosed(job.cancelled):
		out.err = errUnwanted
	default:
		out.Process, out.err = l.execute(job.command)
	}
	return out
}

// execute runs on the launcher's thread, whose properties the script inherits.
func (l *launcher) execute(c script.Command) (p Process, err error) {
	normalScheduling()
	// Belt and braces: every descriptor should have the flag already.
	_ = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) // unknown before Linux 5.11
	path, argv := c.Exec()
	attr := &syscall.ProcAttr{
		Env:   l.env,
		Files: []uintptr{l.null.Fd(), l.null.Fd(), l.null.Fd()},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM, Credential: credential(c)},
	}
	withOriginalCore(func() {
		unblocked(func() {
			if cerr := withCapabilitiesFor(c, func() { p, err = l.fork(path, argv, attr) }); cerr != nil {
				err = cerr
			}
		})
	})
	if err == nil {
		l.setLimits(p.Pid())
	}
	return p, err
}

// normalScheduling undoes what the daemon has set for itself. A thread may
// always give up real-time priority, but perhaps not take a better nice value.
func normalScheduling() {
	nice := int32(origin.nice)
	now, err := unix.SchedGetAttr(0, 0)
	if err == nil && now.Policy == unix.SCHED_NORMAL && now.Nice == nice {
		return
	}
	normal := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Nice: nice}
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
	if origin.changed() {
		_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &origin.core, nil) // the hard limit, see withOriginalCore
	}
	for _, limit := range l.limits {
		_ = unix.Prlimit(pid, limit.Resource, &limit.Value, nil)
	}
}
