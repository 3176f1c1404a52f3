// Package resident gives memory back that only the start of a process needed,
// and keeps in memory what will be needed at once.
package resident

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Release collects garbage, returns the free heap to the system and unmaps the
// pages of the program's file from the process. What of the program is used
// again comes back from the page cache within a microsecond or so a piece. It
// stops the program for a moment: nothing that is in a hurry should run just
// then.
func Release() {
	debug.FreeOSMemory()
	_ = programParts(func(part []byte) { _ = unix.Madvise(part, unix.MADV_DONTNEED) })
}

// ReleaseAside is Release on a thread that has no real-time priority and ends
// with it, for a process that is in no hurry. A collection is waited for in a
// loop that yields to goroutines only: with SCHED_FIFO, two such processes on
// two processors keep the very threads from running that they wait for.
func ReleaseAside() {
	go func() {
		runtime.LockOSThread() // and never unlocked
		attr := unix.SchedAttr{Policy: unix.SCHED_NORMAL}
		attr.Size = unix.SizeofSchedAttr
		_ = unix.SchedSetAttr(0, &attr, 0)
		Release()
	}()
}

// programPart reads a line of proc_pid_maps(5) and returns the addresses of a
// part of the program that is never written.
func programPart(line, exe string) (from, to uintptr, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 6 || strings.Contains(fields[1], "w") || fields[5] != exe {
		return 0, 0, false
	}
	first, last, _ := strings.Cut(fields[0], "-")
	a, err1 := strconv.ParseUint(first, 16, 64)
	b, err2 := strconv.ParseUint(last, 16, 64)
	return uintptr(a), uintptr(b), err1 == nil && err2 == nil && b > a
}
