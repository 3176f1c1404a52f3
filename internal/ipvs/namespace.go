package ipvs

import (
	"fmt"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// inNamespace calls f on a thread in a network namespace: a name below
// /run/netns, a path, or "" for the current one.
func inNamespace(name string, f func() error) error {
	if name == "" {
		return f()
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join("/run/netns", name)
	}
	target, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening network namespace %s: %w", name, err)
	}
	defer unix.Close(target)
	done := make(chan error, 1)
	go func() { done <- onThreadIn(target, name, f) }()
	return <-done
}

// onThreadIn lends the thread of the calling goroutine to the namespace.
func onThreadIn(target int, name string, f func() error) error {
	runtime.LockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("finding the current network namespace: %w", err)
	}
	defer unix.Close(home)
	if err := unix.Setns(target, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("entering network namespace %s: %w", name, err)
	}
	err = f()
	if unix.Setns(home, unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	} // else it stays locked and ends with the goroutine, so nothing else runs there
	return err
}
