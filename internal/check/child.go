// Package check is the health-check child: it asks real servers whether they
// work and keeps the kernel's virtual server table (IPVS) accordingly.
//
// Start reading at Run, then loop.go. What happens to servers is decided by the
// topology (topology.go, schedule.go, quorum.go, reload.go), which has no I/O:
// it is given results and returns effects. The keeper (keeper.go) carries
// changes to the kernel, the lab (lab.go, engine.go) makes the checks.
package check

import (
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

// Flags are the command line options that concern the health checks.
type Flags struct {
	KeepIPVS          bool // --dont-release-ipvs
	AddressMonitoring bool // --address-monitoring
	DumpConf          bool // --dump-conf
}

// Run is the child's main function. It returns the exit status when the parent
// has ended it or has gone.
func Run(c *link.Child, log *logging.Logger, f Flags) int {
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
	l.start(c.Held())
	if err := c.Ready(); err != nil {
		log.Errf("Telling the parent that health checks run: %v", err)
	}
	resident.ReleaseAside() // what reading the configuration took
	l.run()
	return exitOK
}
