// Command keepalived is the keepalived daemon, keepalived(8).
//
// The process that the operator starts becomes the parent (internal/watchdog);
// the parent executes this program again for each child, which then runs one
// of the functions in roles.go.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/logging"
	"keepalived/internal/notify"
	"keepalived/internal/watchdog"
	"keepalived/internal/watchdog/link"
)

// logFlush is how long the last lines may take on their way out.
const logFlush = time.Second

func main() { os.Exit(run(os.Args)) }

func run(argv []string) int {
	notify.RememberOrigin()
	child, err := link.FromEnv()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFatal
	}
	watchdog.SetName(filepath.Base(argv[0]))
	if filepath.Base(argv[0]) == "genhash" {
		return runGenhash(argv[0], argv[1:], os.Stdout, os.Stderr)
	}
	if args, wanted := genhashWanted(argv, os.Stderr); child == nil && wanted {
		watchdog.SetName("genhash")
		return runGenhash(argv[0]+" --genhash", args, os.Stdout, os.Stderr)
	}
	s, status := parse(argv, os.Stdout, os.Stderr)
	if status != goOn {
		return status
	}
	if s.core {
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	}
	if child != nil {
		return runChild(child, s)
	}
	if s.configTest {
		return testConfig(s, os.Stdout, os.Stderr)
	}
	log := s.logger("Keepalived")
	defer log.Close(logFlush)
	return watchdog.Run(s.options(argv, log))
}

// options is the command line as the parent sees it.
func (s *settings) options(argv []string, log *logging.Logger) watchdog.Options {
	if !s.foreground {
		s.absolute()
	}
	return watchdog.Options{
		Argv: argv, Load: s.load, ConfigName: s.useFile, Log: log,
		Roles: map[link.Role]bool{link.RoleVRRP: !s.noVRRP, link.RoleChecker: !s.noChecker, link.RoleBFD: !s.noBFD},
		All:   s.all, Foreground: s.foreground, DontRespawn: s.dontRespawn, IgnoreInt: s.ignoreInt,
		Dump:      parentDump(log),
		PidFiles:  watchdog.PidFiles{Parent: s.pid, VRRP: s.vrrpPid, Checkers: s.checkersPid, BFD: s.bfdPid},
		Namespace: s.namespace,
		Begin: func() (end func()) {
			s.announceMissing(log)
			return s.setCorePattern(log)
		},
	}
}

// absolute makes the names on the command line independent of the directory:
// in the background it is the root.
func (s *settings) absolute() {
	for _, name := range []*string{&s.useFile, &s.logFile, &s.pid, &s.vrrpPid, &s.checkersPid, &s.bfdPid} {
		if abs, err := filepath.Abs(*name); *name != "" && err == nil {
			*name = abs
		}
	}
}
