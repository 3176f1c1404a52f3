package config

import (
	"syscall"
	"time"
)

// processorTime is what this process has used up, which other processes on a busy
// machine do not lengthen.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
