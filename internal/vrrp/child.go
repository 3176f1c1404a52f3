// Package vrrp is the VRRP child: it turns adverts, timers and kernel events
// into decisions of the state machine and carries them out.
//
// Start reading at Run, then loop.go.
package vrrp

import (
	"errors"
	"maps"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/netif"
	"keepalived/internal/poller"
	"keepalived/internal/signals"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/watchdog/link"
)

// Exit statuses of the child, keepalived(8).
const (
	exitOK         = 0
	exitFatal      = 1
	exitPermission = 4
)

// statusOf is the status of a child that cannot start.
func statusOf(err error) int {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return exitPermission
	}
	return exitFatal
}

// Flags are the command line options that concern VRRP.
type Flags struct {
	KeepAddresses     bool // --dont-release-vrrp
	ReleaseVIPs       bool // --release-vips
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
	l, err := newLoop(c, log, f)
	if err != nil {
		log.Errf("Starting VRRP: %v", err)
		return statusOf(err)
	}
	if err := l.start(&conf, c.Held(), c.HeldAge()); err != nil {
		log.Errf("Starting VRRP: %v", err)
		return statusOf(err)
	}
	if err := c.Ready(); err != nil {
		log.Errf("Telling the parent that VRRP runs: %v", err)
	}
	l.shrinkLater()
	if err := l.run(); err != nil {
		log.Errf("VRRP event loop: %v", err)
		return exitFatal
	}
	log.Stopped(true)
	return exitOK
}

func newLoop(c *link.Child, log *logging.Logger, f Flags) (*loop, error) {
	poll, err := poller.New()
	if err != nil {
		return nil, err
	}
	kernel, err := openKernelSide(log)
	if err != nil {
		return nil, err
	}
	l := &loop{
		log: log, poll: poll, inbox: newInbox(poll.Wake), worker: newWorker(), kernel: kernel, flags: f,
		parent: parent{c}, links: newLinkTable(), delays: newDelays(), assigned: assigned{}, missing: map[string]bool{}, deletions: deletions{}, bare: bare{}, statics: newStatics(), devices: newDeviceTable(),
		gone:      map[netif.AddressKey]bool{},
		instances: map[fsm.InstanceID]*instance{}, tracked: map[fsm.TrackerID]fsm.TrackerStatus{},
		sessions: map[string]bool{}, heard: map[string]link.SessionState{},
	}
	l.sockets = newSocketSet(poll)
	l.reporter = newReporter(log, l.parent)
	l.surface = newSurface(log)
	l.bus = newBus(log, l.inbox, l.parent)
	l.subagent = newSubagent(log, l.inbox)
	for _, fd := range []int{c.FD(), c.ExpressFD()} {
		if fd < 0 {
			continue
		}
		if err := poll.Add(fd); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// start brings up everything that the first configuration asks for.
func (l *loop) start(conf *config.Config, held []byte, heldAge time.Duration) error {
	l.log.Detailf("Registering Kernel netlink reflector")
	l.log.Detailf("Registering Kernel netlink command channel")
	l.begun = uptime()
	p, err := prepare(conf, l.flags, startupDelay(conf.Global.VRRPDefaults, l.begun))
	if err != nil {
		return err
	}
	p.initialFiles()
	l.kernel.configureSockets(l.log, conf.Global.Buffers.VRRPNetlinkCmd)
	l.kernel.firewall = openFirewall(l.log, conf)
	if conf.Global.DisableLocalIGMP {
		l.kernel.devices.disableLocalIGMP()
	}
	if err := l.devicesAtStart(p.devices); err != nil {
		return err
	}
	monitor, snapshot, err := netif.Open(monitorOptions(conf.Global.Buffers, l.kernel.port))
	if err != nil {
		return err
	}
	l.links.fill(snapshot)
	l.logPresent(snapshot.Addresses)
	if l.notify, err = newNotifier(l.log, conf, l.parent.child.Scripts()); err != nil {
		return err
	}
	left := readHeld(held, l.log)
	maps.Copy(l.sessions, left.Sessions)
	l.startBeats(p)
	p.complete(l.links, l.sessions)
	l.logMissing(conf)
	l.assignAll()
	l.logAssigned(&conf.VRRP, false)
	l.logDuplicates(conf)
	l.vips = p.vips
	l.assignAll()
	l.now = time.Now()
	l.machine = fsm.New(p.machine, l.now)
	l.adopt(p)
	// The sockets join groups, of which nothing may be reported by a VMAC.
	if vmacs := l.firewallVMACs(); len(vmacs) > 0 {
		if err := l.kernel.firewall.SetVMACs(vmacs); err != nil {
			l.log.Errf("%v", err)
		}
	}
	for _, in := range l.instances {
		l.openAtStart(in)
	}
	rehearse(l.kernel.writer, l.kernel.announcer)
	go l.worker.run()
	go l.reporter.run()
	go l.watch(monitor)
	l.promoteSecondaries()
	l.forwardSignals()
	l.setStatics(p.statics, nil)
	l.subagent.configure(&l.conf.Global.SNMP)
	effects := l.machine.Start(l.now, left.resumed(heldAge)...)
	l.apply(effects)
	l.logLaunch(effects)
	l.logSockets()
	l.configureBus()
	l.startTracking(p)
	if l.flags.DumpConf {
		l.logData()
	}
	l.lifetimes.configure(lifetimeOf(conf), l.now)
	return nil
}

// openAtStart opens sockets while nothing else has to be served yet.
func (l *loop) openAtStart(in *instance) {
	e, ok := in.endpoint(l.links)
	if !ok {
		return
	}
	if _, ok := l.sockets.pairs[e]; !ok {
		p, err := openPair(e, l.receiveOptions(in))
		if err == nil {
			_, err = l.sockets.insert(p)
		}
		if err != nil {
			// Told and tried again when the machine runs.
			go l.inbox.post(opened{in.id, nil, err})
			return
		}
	}
	l.sockets.attach(in, l.sockets.pairs[e])
}

// watch passes on what the interface monitor reports.
func (l *loop) watch(m *netif.Monitor) {
	if err := m.Run(func(ev netif.Event) { l.inbox.post(kernelEvent{ev}) }); err != nil {
		l.log.Errf("Interface monitor: %v; changes of interfaces are no longer noticed", err)
	}
}

func monitorOptions(b config.Buffers, writer uint32) netif.Options {
	return netif.Options{
		Routes: true, Rules: true, OwnAdditions: writer,
		ReceiveBuffer: int(b.VRRPNetlinkMonitor.Size), Force: b.VRRPNetlinkMonitor.Force,
	}
}

// forwardSignals turns signals into messages.
func (l *loop) forwardSignals() {
	// SIGPIPE is caught, not ignored: scripts inherit what is ignored.
	ch := signals.Catch(unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGPIPE,
		unix.SIGUSR1, unix.SIGUSR2, sigStatsClear, sigJSON)
	go func() {
		for s := range ch {
			l.inbox.post(signalled{s})
		}
	}()
}

// uptime is how long the system has been up.
func uptime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// startupDelay is the larger of vrrp_startup_delay and what was left of
// vrrp_delay_after_boot when the child began: both count from then, also what a
// reload says.
func startupDelay(d config.VRRPDefaults, up time.Duration) time.Duration {
	return max(d.StartupDelay, d.DelayAfterBoot-up, 0)
}
