package watchdog

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// verdictEnv tells the process in the background where to say that it runs.
const verdictEnv = "KEEPALIVED_DAEMON"

// daemonise executes this program again in a session of its own and waits until
// it runs or has ended; the status is the one it ended with.
func daemonise(argv []string) int {
	r, w, err := os.Pipe()
	if err != nil {
		return complain("going to the background", err)
	}
	defer r.Close()
	closeOnExec()
	pid, err := syscall.ForkExec(selfExe, argv, &syscall.ProcAttr{
		Env:   append(os.Environ(), verdictEnv+"=3"),
		Files: []uintptr{0, 1, 2, w.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	w.Close()
	if err != nil {
		return complain("going to the background", err)
	}
	if n, _ := r.Read(make([]byte, 1)); n == 1 {
		return exitOK
	}
	return exitStatusOf(pid)
}

// closeOnExec keeps descriptors that were inherited by mistake from the
// processes that are started here: a caller may wait for their end.
func closeOnExec() {
	_ = unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC)
}

func complain(what string, err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
	return exitFatal
}

func exitStatusOf(pid int) int {
	var ws unix.WaitStatus
	for {
		_, err := unix.Wait4(pid, &ws, 0, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || ws.Signaled() {
			return exitFatal
		}
		return ws.ExitStatus()
	}
}

// verdict is the pipe to the process that waits; nil in the foreground.
type verdict struct{ f *os.File }

// inheritedVerdict says whether this process is the one in the background.
func inheritedVerdict() (*verdict, bool) {
	v, ok := os.LookupEnv(verdictEnv)
	if !ok {
		return nil, false
	}
	os.Unsetenv(verdictEnv)
	fd, err := strconv.Atoi(v)
	if err != nil {
		return nil, false
	}
	unix.CloseOnExec(fd)
	return &verdict{os.NewFile(uintptr(fd), "verdict")}, true
}

// running lets the caller go and cuts the ties to its terminal and directory.
func (v *verdict) running() {
	if v == nil {
		return
	}
	_ = os.Chdir("/")
	if null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		for fd := range 3 {
			_ = unix.Dup3(int(null.Fd()), fd, 0)
		}
		null.Close()
	}
	_, _ = v.f.Write([]byte{1})
	v.f.Close()
}
