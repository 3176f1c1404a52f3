package watchdog

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// takeTurns gives this process round-robin scheduling in place of first-in,
// first-out, which a service manager or chrt(1) may have given it. The runtime's
// garbage collector waits busily for other threads: one that never has to make
// room for its equals would wait for ever, and so would the machine.
func takeTurns() {
	for range 2 { // threads that came meanwhile have what those before had
		takeTurnsOnce()
	}
}

func takeTurnsOnce() {
	names, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, name := range names {
		tid, err := strconv.Atoi(name.Name())
		if err != nil {
			continue
		}
		attr, err := unix.SchedGetAttr(tid, 0)
		if err != nil || attr.Policy != unix.SCHED_FIFO {
			continue
		}
		attr.Policy = unix.SCHED_RR
		_ = unix.SchedSetAttr(tid, attr, 0) // not permitted: then it was not for us to have
	}
}
