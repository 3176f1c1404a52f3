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
	go func() {
		// Never unlocked: the thread ends with the goroutine, so nothing else
		// runs in the foreign namespace.
		runtime.LockOSThread()
		if err := unix.Setns(target, unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("entering network namespace %s: %w", name, err)
			return
		}
		done <- f()
	}()
	return <-done
}
