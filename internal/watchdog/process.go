package watchdog

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// selfExe is this binary, also after its file was replaced.
const selfExe = "/proc/self/exe"

// processes starts processes and reaps all that the kernel gives us: as process
// 1 of a container or as a subreaper we also get those of others.
type processes struct {
	vigil *vigil // may be nil

	mu    sync.Mutex
	known map[int]*running
	// A process may end before whoever started it has learnt its number.
	starting int
	early    map[int]exitResult // of unknown ones, while any is starting
}

// running is a process that has not been reaped.
type running struct {
	over  chan<- exitResult
	sweep bool // what is left of its group is killed when it has ended
}

func newProcesses() *processes {
	return &processes{known: map[int]*running{}, early: map[int]exitResult{}}
}

// command is a process to start.
type command struct {
	path  string
	argv  []string
	env   []string
	files []*os.File // 0, 1, 2, ...
	attr  attributes
}

// start starts c from a thread of its own, with the thread attributes of c, and
// returns its pid. The thread lives until the process has ended: the signal
// that the process gets when its parent dies is bound to it. exited receives
// how the process ended.
func (p *processes) start(c command) (pid int, exited <-chan exitResult, err error) {
	type started struct {
		pid int
		err error
	}
	result, done := make(chan started), make(chan exitResult, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its attributes
		forked := p.vigil.forking()
		if err := c.attr.apply(); err != nil {
			forked()
			result <- started{err: err}
			return
		}
		over := make(chan exitResult, 1)
		pid, err := p.fork(c, over)
		forked()
		result <- started{pid, err}
		if err == nil {
			done <- <-over
		}
	}()
	r := <-result
	return r.pid, done, r.err
}

func (p *processes) fork(c command, over chan<- exitResult) (int, error) {
	attr := &syscall.ProcAttr{Env: c.env, Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}}
	for _, f := range c.files {
		attr.Files = append(attr.Files, f.Fd())
	}
	pid, err := p.execute(c.path, c.argv, attr, over)
	runtime.KeepAlive(c.files)
	if err != nil {
		return 0, fmt.Errorf("executing %s: %w", c.path, err)
	}
	return pid, nil
}

// execute starts a process and sees to it that over gets how it ended. Nobody
// who reaps or signals is kept waiting meanwhile: on a busy machine the start
// takes its time.
func (p *processes) execute(path string, argv []string, attr *syscall.ProcAttr, over chan<- exitResult) (int, error) {
	p.mu.Lock()
	p.starting++
	p.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, attr)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starting--
	if result, ended := p.early[pid]; err == nil && ended {
		delete(p.early, pid)
		over <- result
	} else if err == nil {
		p.known[pid] = &running{over: over}
	}
	if p.starting == 0 {
		clear(p.early)
	}
	return pid, err
}

// reap collects all processes that have ended. It is called for SIGCHLD.
func (p *processes) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		pid := nextEnded()
		if pid <= 0 {
			return
		}
		x := p.known[pid]
		if x != nil && x.sweep {
			// Until it is reaped the number of its group cannot be another's.
			_ = unix.Kill(-pid, unix.SIGKILL)
		}
		result, ok := collect(pid)
		switch {
		case !ok:
			return
		case x != nil:
			delete(p.known, pid)
			x.over <- result
		case p.starting > 0:
			p.early[pid] = result
		}
	}
}

// nextEnded is the number of a process that can be reaped; 0: there is none.
func nextEnded() int {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || info.Signo == 0 {
			return 0
		}
		return pidOf(&info)
	}
}

// pidOf is si_pid of sigaction(2): the first word of a union behind three
// numbers, which is aligned like a pointer.
func pidOf(info *unix.Siginfo) int {
	const word = unsafe.Sizeof(uintptr(0))
	const union = (3*unsafe.Sizeof(info.Signo) + word - 1) / word * word
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(info), union)))
}

func collect(pid int) (exitResult, bool) {
	var ws unix.WaitStatus
	for {
		got, err := unix.Wait4(pid, &ws, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		return resultOf(ws), err == nil && got == pid
	}
}

func resultOf(ws unix.WaitStatus) exitResult {
	if ws.Signaled() {
		return exitResult{signal: int(ws.Signal()), name: signalName(ws.Signal()), core: ws.CoreDump()}
	}
	return exitResult{status: ws.ExitStatus()}
}

// kill signals a process that has not been reaped, so that the pid is its own.
func (p *processes) kill(pid int, sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.known[pid]; ok {
		_ = unix.Kill(pid, sig)
	}
}

// end signals the group that the process leads, or it alone if it has left it.
// What is left of the group is killed when the process has ended.
func (p *processes) end(pid int, sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x, ok := p.known[pid]
	if !ok {
		return
	}
	x.sweep = true
	if unix.Kill(-pid, sig) == unix.ESRCH {
		_ = unix.Kill(pid, sig)
	}
}

// signalName is strsignal(3) for the signals that end processes.
func signalName(s syscall.Signal) string {
	names := map[syscall.Signal]string{
		unix.SIGHUP: "Hangup", unix.SIGINT: "Interrupt", unix.SIGQUIT: "Quit", unix.SIGILL: "Illegal instruction",
		unix.SIGTRAP: "Trace/breakpoint trap", unix.SIGABRT: "Aborted", unix.SIGBUS: "Bus error",
		unix.SIGFPE: "Floating point exception", unix.SIGKILL: "Killed", unix.SIGUSR1: "User defined signal 1",
		unix.SIGSEGV: "Segmentation fault", unix.SIGUSR2: "User defined signal 2", unix.SIGPIPE: "Broken pipe",
		unix.SIGALRM: "Alarm clock", unix.SIGTERM: "Terminated", unix.SIGXCPU: "CPU time limit exceeded",
		unix.SIGSYS: "Bad system call",
	}
	if name, ok := names[s]; ok {
		return name
	}
	return fmt.Sprintf("Signal %d", int(s))
}
