package check

import (
	"io"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/dumpfile"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
	"keepalived/internal/signals"
	"keepalived/internal/watchdog/link"
)

// loop owns the topology. It never waits for anything but its channels.
type loop struct {
	log      *logging.Logger
	flags    Flags
	link     *link.Child
	messages <-chan link.Message
	inbox    chan func() // what other goroutines want done
	conf     *config.Config
	topology *topology
	agenda   agenda
	lab      *lab
	keeper   *keeper
	notify   *notifier
	files    *fileWatch // nil: none
	suspend  *suspender // nil: no virtual server needs it
	pings    *pingRange // nil: no PING_CHECK
	writer   *dumpfile.Writer
	saves    dumpfile.Saves
	subagent subagent
	timer    *time.Timer
	now      time.Time
	stopping bool
	done     bool
	release  func() // gives memory back that is not in use

	reporter    *reporter
	fingerprint uint64 // of the present configuration
}

const inboxSize = 256

func newLoop(c *link.Child, log *logging.Logger, f Flags, conf *config.Config, open func() (kernelTable, error)) (*loop, error) {
	n, err := newNotifier(log, conf)
	if err != nil {
		return nil, err
	}
	lab, err := newLab(log, n.Runner)
	if err != nil {
		return nil, err
	}
	messages, err := c.Messages()
	if err != nil {
		return nil, err
	}
	return &loop{
		log: log, flags: f, link: c, messages: messages, inbox: make(chan func(), inboxSize), conf: conf,
		lab: lab, keeper: newKeeper(log, open), notify: n, writer: dumpfile.NewWriter(log),
		reporter: newReporter(log, c.SetHeld), fingerprint: fingerprint(c.Config()), timer: time.NewTimer(0), now: time.Now(), release: func() {},
	}, nil
}

// start puts everything in place. held is what a predecessor that died has left.
func (l *loop) start(held []byte) {
	initFiles(l.log, l.conf)
	l.now = time.Now()
	left, resumed := l.left(held)
	l.topology = newTopology(l.conf, readFiles(l.conf), left.marks())
	l.log.Debugf("Initializing ipvs")
	if resumed {
		l.topology.resume(left)
	} else {
		l.topology.start()
	}
	wanted, conf, marks := l.topology.entries(), l.conf, l.topology.marks
	l.keeper.add(job{do: func(k *keeper) {
		k.marker = newMarker(conf)
		if t := left.Timeouts; t != nil {
			k.settings.original, k.settings.changed = *t, true
			k.before.Store(t)
		}
		k.mark(marks.elements(conf))
		k.configure(conf, marks)
		k.settings.flush = conf.Global.IPVS.Flush && !resumed
		k.replace(wanted)
		k.connect()
		k.patrol.set(shortestLoop(conf), time.Now())
	}})
	l.keeper.add(job{after: l.tableReady(conf)}) // the timeouts are known
	if left.PingRange != "" {
		l.pings = &pingRange{left.PingRange}
	}
	go l.keeper.run()
	l.carryOut(l.topology.take(), true)
	l.lab.client = clientTLS(l.log, l.conf.LVS.SSL)
	l.accompany()
	l.register()
	if l.flags.DumpConf {
		l.logData()
	}
	l.forwardSignals()
}

// tableReady is what follows the table of a new configuration: the keeper calls it.
func (l *loop) tableReady(conf *config.Config) func() {
	percent := laterGC(&conf.LVS)
	return func() {
		debug.SetGCPercent(percent)
		l.release() // what the configuration and the table took to make
		l.inbox <- func() { l.topology.changed = true }
	}
}

// accompany starts what goes along with the present configuration.
func (l *loop) accompany() {
	l.watchFiles()
	l.watchAddresses()
	l.openPings()
	l.configureSNMP()
}

// entries is what IPVS should have.
func (t *topology) entries() []ipvs.Entry {
	out := make([]ipvs.Entry, 0, len(t.virtuals))
	for _, v := range t.virtuals {
		out = v.appendEntries(out)
	}
	return merged(out)
}

// merged is the entries with one for each service: where virtual servers share
// that of a group, its servers are those of all.
func merged(list []ipvs.Entry) []ipvs.Entry {
	at := ipvs.NewIndex(len(list))
	out := list[:0]
	for _, e := range list {
		if i := at.Find(out, e.Service.Key); i >= 0 {
			out[i].Destinations = append(out[i].Destinations, e.Destinations...)
			continue
		}
		out = append(out, e)
		at.Add(out, len(out)-1)
	}
	return out
}

// shortestLoop is how soon changes by others should be noticed.
func shortestLoop(c *config.Config) time.Duration {
	var d time.Duration
	for i := range c.LVS.VirtualServers {
		v := &c.LVS.VirtualServers[i]
		if t := c.LVS.Timing(v.Timing).DelayLoop; d == 0 || t < d {
			d = t
		}
	}
	return d
}

// bootstrap is the time before the first check.
const bootstrap = time.Second

// register puts all checkers on the agenda, at random times within their warmup
// so that they do not all start at once.
func (l *loop) register() {
	l.agenda = agenda{}
	for _, v := range l.topology.virtuals {
		for _, r := range v.reals {
			for _, c := range r.checks {
				l.enrol(c)
			}
		}
	}
	l.log.Infof("Activating BFD healthchecker")
}

func (l *loop) enrol(c *checker) {
	if c.conf.Kind == config.CheckFile || c.conf.Kind == config.CheckBFD {
		return
	}
	v := c.r.v
	if !c.hasRun || v.suspended {
		l.log.Infof("%s healthchecker for service %s for VS %s",
			inhibitWord(v.suspended, "Deactivating", "Activating"), c.r.name(), v.name())
	}
	c.run.due = l.now.Add(bootstrap)
	if w := c.timing.Warmup.V; w > 0 {
		c.run.due = c.run.due.Add(rand.N(w).Truncate(beat))
	}
	l.agenda.add(c)
}

// beat is the grid of random times: checks that start together cost far less
// than each by itself, and deadlines are kept, so they stay together.
const beat = 10 * time.Millisecond

// forwardSignals turns signals into messages.
func (l *loop) forwardSignals() {
	// SIGPIPE is caught, not ignored: scripts inherit what is ignored.
	ch := signals.Catch(unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, unix.SIGPIPE)
	go func() {
		for s := range ch {
			l.inbox <- func() { l.signalled(s) }
		}
	}()
}

func (l *loop) signalled(s os.Signal) {
	switch s {
	case unix.SIGTERM, unix.SIGINT:
		l.stop()
	case unix.SIGHUP:
		_ = l.link.ReloadRequest()
	case unix.SIGUSR1:
		l.print()
	}
}

// run serves events until the child has stopped.
func (l *loop) run() {
	for !l.done {
		l.arm()
		select {
		case <-l.lab.arrived:
		case <-l.timer.C:
		case f := <-l.inbox:
			l.now = time.Now()
			f()
		case m, ok := <-l.messages:
			l.now = time.Now()
			l.fromParent(m, ok)
		}
		l.now = time.Now()
		l.receive()
		l.serve()
		l.report()
		_ = l.link.Hello(l.now)
	}
}

func (l *loop) fromParent(m link.Message, ok bool) {
	if !ok {
		l.messages = nil
		l.stop()
		return
	}
	switch {
	case m.Type == link.Reload:
		l.reload(m)
	case m.Type == link.BFDState:
		l.sessionState(m)
	case m.Part != nil:
		closeQuietly(m.Part)
	}
}

func closeQuietly(c io.Closer) { _ = c.Close() }

// together is how much later than its time a check may start, so that many start
// with one wake-up.
const together = time.Millisecond

func (l *loop) arm() {
	at := l.now.Add(idle)
	if due, ok := l.agenda.first(); ok {
		at = due
	}
	if l.topology.changed && l.reporter.next.Before(at) && !l.stopping {
		at = l.reporter.next
	}
	l.timer.Reset(time.Until(at))
}

// serve starts the checks that are due.
func (l *loop) serve() {
	soon := l.now.Add(together)
	for !l.stopping {
		if due, ok := l.agenda.first(); !ok || due.After(soon) {
			break
		}
		c := l.agenda.next()
		if c.r.v.suspended {
			c.run.due = l.now.Add(c.timing.DelayLoop)
			l.agenda.add(c)
			continue
		}
		l.begin(c)
	}
	if len(l.lab.batch) > 0 {
		l.lab.submit()
	}
}

func (l *loop) begin(c *checker) {
	if c.probe == nil {
		c.probe = newProber(c, l.lab)
	}
	c.run.number++
	c.run.going = true
	c.run.started, c.run.began = c.run.due, l.now
	c.probe.begin(l.lab, c, c.run.number)
}

// receive takes in the results of checks.
func (l *loop) receive() {
	list := l.lab.collect()
	for i := range list {
		d := &list[i]
		c := d.c
		c.run.going = false
		if c.r.v.retired || l.stopping {
			c.probe.release()
			continue
		}
		c.run.due = l.topology.outcome(c, d.result, c.run.started, l.now)
		l.agenda.add(c)
		l.carryOut(l.topology.take(), false)
	}
}
