package watchdog

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/version"
)

// exitNoConfig is the status of a start without a usable file, keepalived(8).
const exitNoConfig = 6

// sdFlush is how long the service manager's last messages may take.
const sdFlush = 500 * time.Millisecond

// Run is the parent process from its start to its end; it returns the exit
// status. Unless o.Foreground, it goes to the background first: then the
// process that was called returns as soon as the daemon runs or has failed.
func Run(o Options) int {
	verdict, daemon := inheritedVerdict()
	if !o.Foreground && !daemon {
		return daemonise(o.Argv)
	}
	closeOnExec()
	takeTurns()
	sd := newSystemd()
	defer sd.close(sdFlush)
	signals := o.signalsOf()
	banner(o)
	if o.Begin != nil {
		defer o.Begin()()
	}
	p := newParent(o, sd)
	if err := p.openAlarms(); err != nil {
		o.Log.Errf("%v", err)
		return exitFatal
	}
	if status, ok := p.prepare(); !ok {
		return status
	}
	verdict.running()
	p.policy = newPolicy(!o.DontRespawn, childWait(&p.global))
	g := &p.global.Scripts
	p.runScript("startup", g.Startup, g.StartupTimeout)
	idle()
	status := p.loop(signals)
	p.shutdownScript(signals)
	p.removePids()
	logUsage(o)
	stopped(o)
	return status
}

// idle leaves this process one processor from now on. Each hello would wake a
// second thread else, which finds nothing to do; and a reload of a large file
// leaves the other processors to the children.
func idle() { runtime.GOMAXPROCS(1) }

// prepare does everything that can fail before the first child starts; ok false
// ends with status.
func (p *parent) prepare() (status int, ok bool) {
	c := p.o.read()
	p.saveCopy(c)
	p.logComplaints(c)
	switch {
	case c.err != nil:
		p.log.Errf("%v - exiting", c.err)
		stopped(p.o)
		return exitFatal, false
	case !c.usable():
		stopped(p.o)
		return exitNoConfig, false
	case c.Diagnostics.ExitStatus() == exitConfig:
		p.log.Infof("Configuration error CONFIG. Terminating")
		stopped(p.o)
		return exitConfig, false
	}
	p.adopt(c)
	p.settings()
	return p.claim()
}

// settings applies what the configuration says about this process.
func (p *parent) settings() {
	g := &p.global
	if suffix := identSuffix(g); suffix != "" {
		p.log.Infof("Changing syslog ident to %s", Ident("", g))
		p.log.SetIdent(Ident("", g))
	}
	p.setUmask()
}

// setUmask is for what this process, its children and their scripts create.
func (p *parent) setUmask() { unix.Umask(int(p.global.Files.Mask())) }

func (p *parent) claim() (status int, ok bool) {
	err := p.claimPids()
	if err == nil {
		return 0, true
	}
	p.removePids()
	var locked *lockedError
	if errors.As(err, &locked) {
		p.log.Infof("Another process has pid file %s locked", locked.path)
		p.log.Infof("daemon is already running (%s: process %d)", locked.path, locked.pid)
		return exitOK, false
	}
	p.log.Errf("%v", err)
	stopped(p.o)
	return exitFatal, false
}

func banner(o Options) {
	o.Log.Infof("Starting Keepalived v%s (%s)", version.Version, version.Date)
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		o.Log.Infof("Running on Linux %s %s (built with %s)", unix.ByteSliceToString(u.Release[:]),
			unix.ByteSliceToString(u.Version[:]), runtime.Version())
	}
	words := make([]string, len(o.Argv))
	for i, a := range o.Argv {
		words[i] = "'" + a + "'"
	}
	o.Log.InfoList("Command line: ", words)
}

func stopped(o Options) {
	o.Log.Infof("Stopped Keepalived v%s (%s)", version.Version, version.Date)
}

func logUsage(o Options) {
	var self, children unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &self) != nil || unix.Getrusage(unix.RUSAGE_CHILDREN, &children) != nil {
		return
	}
	o.Log.Detailf("CPU usage (self/children) user: %s/%s system: %s/%s",
		cpuTime(self.Utime), cpuTime(children.Utime), cpuTime(self.Stime), cpuTime(children.Stime))
}

func cpuTime(t unix.Timeval) string {
	d := time.Duration(t.Nano())
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
}
