package resident

import (
	"bufio"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Keep locks what the process has in memory, and more of what it has reserved
// once it is used, mlock2(2) with MLOCK_ONFAULT: what a takeover needs is not
// swapped out in the months before it. It needs CAP_IPC_LOCK or a sufficient
// RLIMIT_MEMLOCK; without either nothing changes.
func Keep() error { return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_ONFAULT) }

// KeepAll is Keep for all memory that the process will ever have, and for the
// whole program, which is read now. Without MCL_ONFAULT, mlockall(2) would fill
// what the runtime has only reserved, too: a hundred megabytes.
func KeepAll() error {
	if err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT); err != nil {
		return err
	}
	return programParts(func(part []byte) { _ = unix.Mlock(part) })
}

// programParts calls f with what of the program's file is never written.
func programParts(f func([]byte)) error {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer maps.Close()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		if from, to, ok := programPart(lines.Text(), exe); ok {
			f(unsafe.Slice((*byte)(unsafe.Add(nil, from)), to-from))
		}
	}
	return lines.Err()
}
