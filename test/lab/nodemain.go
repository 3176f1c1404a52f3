package lab

import (
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// keepEnv names a directory that stays visible in a node even if it lies below
// one that the node replaces.
const keepEnv = "KEEPALIVED_LAB_KEEP"

// Descriptors that the first process of a node is started with.
const (
	reportFD = 3 // it writes what went wrong, and closes it when ready
	lifeFD   = 4 // it ends when this one is closed at the other end
)

// nodeMain is the first process of a node. It arranges the file system, then
// takes in orphans until the lab ends; the kernel then kills the others.
func nodeMain() int {
	report := os.NewFile(reportFD, "report")
	if err := arrangeMounts(os.Getenv(keepEnv)); err != nil {
		fmt.Fprint(report, err)
		return 1
	}
	report.Close()
	go reap()
	io.Copy(io.Discard, os.NewFile(lifeFD, "life"))
	return 0
}

// reap waits for every child there is and will be.
func reap() {
	died := make(chan os.Signal, 1)
	signal.Notify(died, unix.SIGCHLD)
	for range died {
		for {
			if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
