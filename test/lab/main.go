package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// roleEnv tells a process of the lab which one it is.
const roleEnv = "KEEPALIVED_LAB_ROLE"

const (
	roleNode     = "node"     // first process of a node
	roleUser     = "user"     // the program again, as root of a user namespace
	roleLateness = "lateness" // watches how late the machine is
)

// prepared is set once Main has run: New refuses to work without it, because
// the first process of a node is this program, told its role by Main.
var prepared atomic.Bool

// Main runs a program that uses the lab and returns its exit status; for a
// test package, run is the Run method of its testing.M. Without root it runs
// the program once more as root of a user namespace.
func Main(run func() int) int {
	role := os.Getenv(roleEnv)
	os.Unsetenv(roleEnv)
	switch role {
	case roleNode:
		return nodeMain()
	case roleLateness:
		return latenessMain()
	}
	if role != roleUser && unix.Geteuid() != 0 {
		status, err := runInUserNamespace()
		if err == nil {
			return status
		}
		noRoot.Store(&err)
	}
	prepared.Store(true)
	return run()
}

// noRoot is why there is neither root nor a user namespace.
var noRoot atomic.Pointer[error]

// usable returns an error if nodes cannot be made.
func usable() error {
	if !prepared.Load() {
		return errors.New("the lab is not prepared: TestMain has to call lab.Main(m.Run)")
	}
	if err := noRoot.Load(); err != nil {
		return &Missing{What: "it needs root, or a kernel that lets users make user namespaces", Err: *err}
	}
	return nil
}

// runInUserNamespace starts the program again, with the same arguments, and
// returns its exit status.
func runInUserNamespace() (int, error) {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), roleEnv+"="+roleUser)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: unix.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: unix.Getgid(), Size: 1}},
		Pdeathsig:   unix.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("making a user namespace: %w", err)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGQUIT)
	go func() {
		for s := range signals {
			cmd.Process.Signal(s)
		}
	}()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, fmt.Errorf("waiting for the program in its user namespace: %w", err)
	}
	if status := cmd.ProcessState.ExitCode(); status >= 0 {
		return status, nil
	}
	return 1, nil
}
