package notify

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// withCapabilitiesFor calls f, which starts a script on this thread. The kernel
// takes root's capabilities from a script of another user; those that a daemon
// without root has been given would stay with it (ambient, capabilities(7)).
func withCapabilitiesFor(c script.Command, f func()) error {
	if own := os.Geteuid(); own == 0 || own == int(c.UID) {
		f()
		return nil
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had [2]unix.CapUserData
	if err := unix.Capget(&header, &had[0]); err != nil {
		return fmt.Errorf("reading capabilities: %w", err)
	}
	ambient := ambientCapabilities()
	without := had
	without[0].Inheritable, without[1].Inheritable = 0, 0 // nothing is ambient that is not inheritable
	if err := unix.Capset(&header, &without[0]); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	f()
	_ = unix.Capset(&header, &had[0]) // permitted it still is
	for _, n := range ambient {
		_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, n, 0, 0)
	}
	return nil
}

// ambientCapabilities are those of this thread.
func ambientCapabilities() (list []uintptr) {
	for n := uintptr(0); n <= unix.CAP_LAST_CAP; n++ {
		if set, err := unix.PrctlRetInt(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_IS_SET, n, 0, 0); err == nil && set == 1 {
			list = append(list, n)
		}
	}
	return list
}
