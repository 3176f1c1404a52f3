package notify

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Outcome is how a script ended.
type Outcome struct {
	Status   int // exit status, if it ended by itself
	Signal   int // signal that ended it, or 0
	TimedOut bool
	// Err: it could not be executed, or its end was not seen. This says nothing
	// about what the script would have found out.
	Err error
}

// OK says whether the script succeeded.
func (o Outcome) OK() bool { return o == Outcome{} }

// process is a script that this process has started. It is reaped by Wait only,
// so until Wait returns its number belongs to it and its group.
type process struct {
	pid   int
	pidfd *os.File // nil on old kernels

	mu     sync.Mutex
	reaped bool
	sweep  bool // what is left of its group is killed when it has ended
}

// forkHere is the Fork of a process that reaps each script by itself.
func forkHere(path string, argv []string, attr *syscall.ProcAttr) (Process, error) {
	pidfd := -1 // stays on kernels without process descriptors (before 5.4)
	attr.Sys.PidFD = &pidfd
	pid, _, err := syscall.StartProcess(path, argv, attr)
	if err != nil {
		return nil, err
	}
	p := &process{pid: pid}
	if pidfd >= 0 {
		_ = unix.SetNonblock(pidfd, true) // lets os.File wait without a thread
		p.pidfd = os.NewFile(uintptr(pidfd), "pidfd")
	}
	return p, nil
}

func (p *process) Pid() int { return p.pid }

func (p *process) End(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep = true
	if !p.reaped && unix.Kill(-p.pid, sig) == unix.ESRCH {
		_ = unix.Kill(p.pid, sig) // may have ended this instant, which Wait sees
	}
}

func (p *process) Wait() Outcome {
	if p.pidfd == nil || p.waitReadable() != nil {
		waitThread(p.pid)
	}
	status, err := p.reap()
	switch {
	case err != nil:
		return Outcome{Err: fmt.Errorf("waiting for process %d: %w", p.pid, err)}
	case status.Signaled():
		return Outcome{Signal: int(status.Signal())}
	default:
		return Outcome{Status: status.ExitStatus()}
	}
}

// waitReadable parks the goroutine until the process has ended.
func (p *process) waitReadable() error {
	conn, err := p.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = conn.Read(func(fd uintptr) (ended bool) {
		ended, refused = hasEnded(int(fd))
		return ended || refused != nil
	})
	return errors.Join(err, refused)
}

// hasEnded asks without waiting and without reaping.
func hasEnded(pidfd int) (bool, error) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PIDFD, pidfd, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	if err == unix.EINTR {
		return false, nil
	}
	return info.Signo != 0, err
}

// waitThread waits with a thread, and does not reap.
func waitThread(pid int) {
	for unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
}

func (p *process) reap() (syscall.WaitStatus, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sweep {
		_ = unix.Kill(-p.pid, unix.SIGKILL) // nobody left is what it should find
	}
	p.reaped = true
	if p.pidfd != nil {
		p.pidfd.Close()
	}
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(p.pid, &status, 0, nil)
		if err != syscall.EINTR {
			return status, err
		}
	}
}
