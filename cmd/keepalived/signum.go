package main

import (
	"fmt"
	"io"
	"syscall"

	"keepalived/internal/watchdog"
)

// signals are the words of --signum.
var signals = map[string]syscall.Signal{
	"STOP": syscall.SIGTERM, "RELOAD": syscall.SIGHUP, "DATA": syscall.SIGUSR1, "STATS": syscall.SIGUSR2,
	"STATS_CLEAR": watchdog.SigStatsClear, "JSON": watchdog.SigJSON,
}

func printSignal(word string, out, errs io.Writer) (status int) {
	sig, ok := signals[word]
	if !ok {
		fmt.Fprintf(errs, "Unknown sigfunc %s\n", word)
		return statusFatal
	}
	fmt.Fprintf(out, "%d\n", int(sig))
	return statusOK
}
