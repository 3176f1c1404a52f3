package notify

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// originEnv carries the origin to the processes of the daemon. Scripts do not
// get it.
const originEnv = "KEEPALIVED_ORIGIN"

// origin is what the daemon was started with, before it changed that for itself.
// Scripts get it back. It is set once, at the start of the process.
var origin surroundings

type surroundings struct {
	known bool
	nice  int
	core  unix.Rlimit
}

// RememberOrigin notes what scripts are to get back: the nice value and the limit
// of core files. Every process of the daemon calls it before it changes them; the
// first one's counts.
func RememberOrigin() {
	origin.known = true
	text := os.Getenv(originEnv)
	if n, _ := fmt.Sscan(text, &origin.nice, &origin.core.Cur, &origin.core.Max); n == 3 {
		return
	}
	if a, err := unix.SchedGetAttr(0, 0); err == nil {
		origin.nice = int(a.Nice)
	}
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &origin.core) // known by every kernel
	_ = os.Setenv(originEnv, fmt.Sprint(origin.nice, origin.core.Cur, origin.core.Max))
}

// changed tells whether this process has another limit of core files.
func (s *surroundings) changed() bool {
	var now unix.Rlimit
	return s.known && unix.Getrlimit(unix.RLIMIT_CORE, &now) == nil && now != s.core
}

// lowered is held while the limit of core files is not this process's own.
var lowered sync.Mutex

// withOriginalCore calls f, which starts a process, with the original soft limit
// of core files, so that the process has it from the beginning. The hard limit
// could not be raised again by everybody.
func withOriginalCore(f func()) {
	if !origin.changed() {
		f()
		return
	}
	lowered.Lock()
	defer lowered.Unlock()
	var own unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &own) == nil {
		soft := unix.Rlimit{Cur: min(origin.core.Cur, own.Max), Max: own.Max}
		if unix.Setrlimit(unix.RLIMIT_CORE, &soft) == nil {
			defer func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &own) }() // may always be raised to the hard limit
		}
	}
	f()
}
