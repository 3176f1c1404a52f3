// Package check is the health-check child: it asks real servers whether they
// work and keeps the kernel's virtual server table (IPVS) accordingly.
//
// Start reading at Run, then loop.go. What happens to servers is decided by the
// topology (topology.go, schedule.go, quorum.go, reload.go), which has no I/O:
// it is given results and returns effects. The keeper (keeper.go) carries
// changes to the kernel, the lab (lab.go, engine.go) makes the checks.
package check

import (
	"math"
	"runtime/debug"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/resident"
	"keepalived/internal/watchdog/link"
)

// Exit statuses of the child, keepalived(8).
const (
	exitOK    = 0
	exitFatal = 1
)

// hoard puts off the collection of garbage while a configuration is taken over:
// nearly nothing of what is made then is garbage, so to look for it is in vain.
// Only a huge one is worth it.
func hoard() {
	const huge = 1 << 30
	debug.SetMemoryLimit(huge)
	debug.SetGCPercent(-1)
}

// collect ends that.
func collect(percent int) {
	debug.SetGCPercent(percent)
	debug.SetMemoryLimit(math.MaxInt64)
}

// manyServers is from where on memory counts for more than the time that is
// spent on collecting garbage: tens of megabytes are in use, and there is little
// that is new.
const manyServers = 20000

// laterGC is that percentage while a configuration is in use.
func laterGC(l *config.LVS) int {
	n := 0
	for i := range l.VirtualServers {
		n += 1 + len(l.VirtualServers[i].RealServers)
	}
	if n >= manyServers {
		return 40
	}
	return 100
}

// Flags are the command line options that concern the health checks.
type Flags struct {
	KeepIPVS          bool // --dont-release-ipvs
	AddressMonitoring bool // --address-monitoring
	DumpConf          bool // --dump-conf
}

// Run is the child's main function. It returns the exit status when the parent
// has ended it or has gone.
func Run(c *link.Child, log *logging.Logger, f Flags) int {
	hoard()
	conf, err := link.DecodePart[config.Config](c.Config())
	if err != nil {
		log.Errf("Reading the configuration handed over by the parent: %v", err)
		return exitFatal
	}
	l, err := newLoop(c, log, f, &conf, openIPVS(&conf.Global))
	if err != nil {
		log.Errf("Starting health checks: %v", err)
		return exitFatal
	}
	l.release = resident.ReleaseAside
	l.start(c.Held())
	if err := c.Ready(); err != nil {
		log.Errf("Telling the parent that health checks run: %v", err)
	}
	l.run()
	log.Stopped(false)
	return exitOK
}
