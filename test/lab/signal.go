package lab

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Role is what one of a daemon's processes does.
type Role string

// The roles. Every keepalived that runs VRRP has the first two.
const (
	Parent  Role = "parent"
	VRRP    Role = "vrrp"
	Checker Role = "checkers"
	BFD     Role = "bfd"
)

// pidFiles are the places where the versions keep the pids of their processes.
func (r Role) pidFiles() []string {
	if r == Parent {
		return []string{"/run/keepalived.pid", "/run/keepalived/keepalived.pid"}
	}
	return []string{"/run/" + string(r) + ".pid", "/run/keepalived_" + string(r) + ".pid", "/run/keepalived/" + string(r) + ".pid"}
}

// Processes returns the daemon's own processes, children before parents;
// scripts that it runs are not among them.
func (d *Daemon) Processes() []Process {
	var own []Process
	for _, p := range d.Node.Processes() {
		if fi, err := os.Stat(procPath(p.PID, "exe")); err == nil && os.SameFile(fi, d.binary) {
			own = append(own, p)
		}
	}
	depth := func(p Process) int {
		n := 0
		for i := 0; i >= 0; n++ {
			i = slices.IndexFunc(own, func(q Process) bool { return q.PID == p.Parent })
			if i >= 0 {
				p = own[i]
			}
		}
		return n
	}
	slices.SortStableFunc(own, func(a, b Process) int { return depth(b) - depth(a) })
	return own
}

// Process waits for the process with a role and returns it.
func (d *Daemon) Process(r Role) Process {
	d.t.Helper()
	var found Process
	Wait(d.t, Patience, fmt.Sprintf("%s on %s has a %s process", d.Program.Name, d.Node.Name, r), func() bool {
		var ok bool
		found, ok = d.find(r)
		return ok
	})
	return found
}

func (d *Daemon) find(r Role) (Process, bool) {
	own := d.Processes()
	for _, path := range r.pidFiles() {
		text, ok := d.Node.ReadFile(path)
		pid, err := strconv.Atoi(strings.TrimSpace(text))
		if !ok || err != nil {
			continue
		}
		i := slices.IndexFunc(own, func(p Process) bool { return p.Inner == pid })
		if i >= 0 {
			return own[i], true
		}
	}
	return Process{}, false
}

// Signal sends a signal to the process with a role.
func (d *Daemon) Signal(r Role, s syscall.Signal) {
	d.t.Helper()
	p := d.Process(r)
	if err := unix.Kill(p.PID, s); err != nil {
		d.t.Fatalf("sending %v to the %s process on %s: %v", s, r, d.Node.Name, err)
	}
}

// Reload sends SIGHUP to the parent.
func (d *Daemon) Reload() { d.t.Helper(); d.Signal(Parent, unix.SIGHUP) }

// Term sends SIGTERM to the parent.
func (d *Daemon) Term() { d.t.Helper(); d.Signal(Parent, unix.SIGTERM) }

// KillChild kills one process.
func (d *Daemon) KillChild(r Role) { d.t.Helper(); d.Signal(r, unix.SIGKILL) }

// Pause stops one process as if it were stuck; Resume lets it go on.
func (d *Daemon) Pause(r Role) { d.t.Helper(); d.Signal(r, unix.SIGSTOP) }

// Resume undoes Pause.
func (d *Daemon) Resume(r Role) { d.t.Helper(); d.Signal(r, unix.SIGCONT) }

// PauseAll stops all processes of the daemon, as when its machine is frozen.
func (d *Daemon) PauseAll() { d.signalAll(unix.SIGSTOP) }

// ResumeAll undoes PauseAll.
func (d *Daemon) ResumeAll() { d.signalAll(unix.SIGCONT) }

func (d *Daemon) signalAll(s syscall.Signal) {
	for _, p := range d.Processes() {
		unix.Kill(p.PID, s)
	}
}

// Kill9 kills all processes at once and returns the time just before. The
// parent is stopped first, so that it cannot replace a child, and children die
// before it, so that none can notice that it is alone.
func (d *Daemon) Kill9() time.Time {
	d.t.Helper()
	processes := d.Processes()
	at := time.Now()
	if n := len(processes); n > 0 {
		unix.Kill(processes[n-1].PID, unix.SIGSTOP)
	}
	for _, p := range processes {
		unix.Kill(p.PID, unix.SIGKILL)
	}
	d.killAll()
	<-d.ended
	return at
}

// killAll kills until nothing of the daemon is left.
func (d *Daemon) killAll() {
	poll(Patience, func() bool {
		d.signalAll(unix.SIGKILL)
		return len(d.Processes()) == 0
	})
}

// WaitExit waits until all processes of the daemon have ended, and returns the
// state of the one that was started.
func (d *Daemon) WaitExit() *os.ProcessState {
	d.t.Helper()
	Wait(d.t, Patience, d.Program.Name+" on "+d.Node.Name+" has ended", func() bool {
		select {
		case <-d.ended:
			return len(d.Processes()) == 0
		default:
			return false
		}
	})
	return d.cmd.ProcessState
}

// Stop ends the daemon as a service manager does; it must exit with status 0.
func (d *Daemon) Stop() {
	d.t.Helper()
	d.Term()
	if st := d.WaitExit(); !st.Success() {
		d.t.Errorf("%s on %s: SIGTERM ended it with %v, want status 0", d.Program.Name, d.Node.Name, st)
	}
}

// Running reports whether the started process is still there.
func (d *Daemon) Running() bool {
	select {
	case <-d.ended:
		return false
	default:
		return true
	}
}
