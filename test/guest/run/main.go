// Command run is a `go test -exec` runner: it runs a test binary, or any other
// program, on the guest kernel.
//
//	go test -exec 'go run keepalived/test/guest/run' ./internal/ipvs
//
// It ends with the exit status of the program, with 125 when the guest failed
// and, when this machine cannot run one, with 0 and a message that says what is
// missing; with GUEST_REQUIRED=1 in the environment that is 125, too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"keepalived/test/guest"
)

// exitGuest is the exit status when there is none of the program.
const exitGuest = 125

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	c := guest.Config{Output: os.Stdout}
	flag.DurationVar(&c.Timeout, "timeout", 0, "kill the guest after this `duration` (default 5m)")
	flag.IntVar(&c.CPUs, "cpus", 0, "virtual CPUs (default 2)")
	flag.IntVar(&c.Memory, "memory", 0, "memory in `MiB` (default 1024)")
	flag.StringVar(&c.Icount, "icount", "", "qemu's -icount `options`, e.g. shift=0,sleep=off")
	flag.Var((*list)(&c.Files), "file", "`host[:guest]` path of a file or directory to take along")
	flag.Var((*list)(&c.Programs), "program", "`name` or path of a program to take along with its libraries")
	flag.Var((*list)(&c.Packages), "package", "Debian package `name` to look for programs and libraries in")
	flag.Var((*list)(&c.Modules), "module", "kernel module `name` to load at boot")
	flag.Var((*list)(&c.Env), "env", "`KEY=value` for the program")
	console := flag.Bool("console", false, "show the kernel's console afterwards")
	flag.Parse()
	c.Command = flag.Args()
	if *console {
		c.Console = os.Stderr
	}
	os.Exit(run(c))
}

func run(c guest.Config) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	defer stop()
	status, err := guest.Run(ctx, c)
	switch {
	case err == nil:
		return status
	case errors.Is(err, guest.ErrUnavailable) && os.Getenv(guest.EnvRequired) == "":
		fmt.Fprintln(os.Stderr, "not run:", err)
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return exitGuest
}
