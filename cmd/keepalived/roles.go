package main

import (
	"os"
	"os/signal"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd"
	"keepalived/internal/check"
	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp"
	"keepalived/internal/watchdog"
	"keepalived/internal/watchdog/link"
)

// roles are the children of this build: their main functions, which return the
// exit status.
var roles = map[link.Role]func(*link.Child, *logging.Logger, *settings) int{
	link.RoleVRRP:    runVRRP,
	link.RoleChecker: runChecker,
	link.RoleBFD:     runBFD,
}

func runVRRP(c *link.Child, log *logging.Logger, s *settings) int {
	return vrrp.Run(c, log, vrrp.Flags{
		KeepAddresses: s.keepVRRP, ReleaseVIPs: s.releaseVIPs, AddressMonitoring: s.addressLog, DumpConf: s.dump,
	})
}

func runChecker(c *link.Child, log *logging.Logger, s *settings) int {
	return check.Run(c, log, check.Flags{KeepIPVS: s.keepIPVS, AddressMonitoring: s.addressLog, DumpConf: s.dump})
}

func runBFD(c *link.Child, log *logging.Logger, _ *settings) int { return bfd.Run(c, log) }

// runChild is a child process from its start to its end. Signals that a child
// answers must not end it before it is ready for them. They are caught, not
// ignored: scripts would inherit what is ignored.
func runChild(c *link.Child, s *settings) int {
	signal.Notify(make(chan os.Signal, 1), unix.SIGPIPE, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, watchdog.SigStatsClear, watchdog.SigJSON)
	if s.ignoreInt {
		signal.Ignore(unix.SIGINT)
	}
	// A crash must not look like the exit status 2 of a configuration error.
	debug.SetTraceback("crash")
	if f := c.Crash(); f != nil {
		_ = debug.SetCrashOutput(f, debug.CrashOptions{}) // it keeps a descriptor of its own
		f.Close()
	}
	log := s.logger(c.Ident())
	defer log.Close(logFlush)
	role, ok := roles[c.Role()]
	if !ok {
		log.Errf("There is no %q child in this build", c.Role())
		return statusFatal
	}
	part, err := link.DecodePart[struct{ Global config.Global }](c.Config())
	if err != nil {
		log.Errf("Reading the configuration handed over by the parent: %v", err)
		return statusFatal
	}
	watchdog.SetupChild(c.Role(), &part.Global, log)
	return role(c, log, s)
}
