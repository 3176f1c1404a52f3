package watchdog

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// selfExe is this binary, also after its file was replaced.
const selfExe = "/proc/self/exe"

// processes starts processes and reaps all that the kernel gives us: as process
// 1 of a container or as a subreaper we also get those of others.
type processes struct {
	mu    sync.Mutex
	known map[int]chan<- exitResult
}

func newProcesses() *processes { return &processes{known: map[int]chan<- exitResult{}} }

// command is a process to start.
type command struct {
	path  string
	argv  []string
	env   []string
	files []*os.File // 0, 1, 2, ...
	dir   string
	attr  attributes
	cred  *syscall.Credential
	sys   func(*syscall.SysProcAttr)
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
		if err := c.attr.apply(); err != nil {
			result <- started{err: err}
			return
		}
		over := make(chan exitResult, 1)
		pid, err := p.fork(c, over)
		result <- started{pid, err}
		if err == nil {
			done <- <-over
		}
	}()
	r := <-result
	return r.pid, done, r.err
}

// fork registers the process before anybody can reap it.
func (p *processes) fork(c command, over chan<- exitResult) (int, error) {
	sys := &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Credential: c.cred}
	if c.sys != nil {
		c.sys(sys)
	}
	attr := &syscall.ProcAttr{Dir: c.dir, Env: c.env, Sys: sys}
	for _, f := range c.files {
		attr.Files = append(attr.Files, f.Fd())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pid, err := syscall.ForkExec(c.path, c.argv, attr)
	runtime.KeepAlive(c.files)
	if err != nil {
		return 0, fmt.Errorf("executing %s: %w", c.path, err)
	}
	p.known[pid] = over
	return pid, nil
}

// reap collects all processes that have ended. It is called for SIGCHLD.
func (p *processes) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		var ws unix.WaitStatus
		pid, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if over, ok := p.known[pid]; ok {
			delete(p.known, pid)
			over <- resultOf(ws)
		}
	}
}

func resultOf(ws unix.WaitStatus) exitResult {
	if ws.Signaled() {
		return exitResult{signal: int(ws.Signal()), name: signalName(ws.Signal()), core: ws.CoreDump()}
	}
	return exitResult{status: ws.ExitStatus()}
}

// kill signals a process that has not been reaped, so that the pid is its own.
func (p *processes) kill(pid int, sig syscall.Signal) { p.killAs(pid, pid, sig) }

// killGroup signals the group that the process leads.
func (p *processes) killGroup(pid int, sig syscall.Signal) { p.killAs(pid, -pid, sig) }

func (p *processes) killAs(pid, target int, sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.known[pid]; ok {
		_ = unix.Kill(target, sig)
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
