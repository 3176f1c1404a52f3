package check

import (
	"io"
	"math/rand/v2"
	"os"
	"sync"
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
	over     chan struct{}
	posted   posts
	conf     *config.Config
	topology *topology
	agenda   agenda
	lab      *lab
	keeper   *keeper
	notify   *notifier
	files    *fileWatch      // nil: none
	suspend  *suspender      // nil: no virtual server needs it
	sessions map[string]bool // BFD: which of those that were heard of are up
	pings    *pingRange      // nil: no PING_CHECK
	writer   *dumpfile.Writer
	saves    dumpfile.Saves
	subagent subagent
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
		log: log, flags: f, link: c, messages: messages, inbox: make(chan func(), inboxSize), over: make(chan struct{}), conf: conf,
		sessions: map[string]bool{},
		lab:      lab, keeper: newKeeper(log, open), notify: n, writer: dumpfile.NewWriter(log),
		reporter: newReporter(log, c.SetHeld), fingerprint: fingerprint(c.Config()), now: time.Now(), release: func() {},
	}, nil
}

// start puts everything in place. held is what a predecessor that died has left.
func (l *loop) start(held []byte) {
	initFiles(l.log, l.conf)
	l.now = time.Now()
	left, resumed := l.left(held)
	l.topology = newTopology(l.conf, readFiles(l.conf), left.marks())
	l.log.Debugf("Initializing ipvs")
	var wanted *ipvs.Table
	conf, marks := l.conf, l.topology.marks
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
	if resumed {
		l.topology.resume(left)
		l.carryOut(l.topology.take(), true)
	} else {
		l.open()
	}
	wanted = l.topology.table()
	go l.keeper.run()
	l.lab.client = clientTLS(l.log, l.conf.LVS.SSL)
	l.accompany()
	l.register()
	if l.flags.DumpConf {
		l.logData()
	}
	l.forwardSignals()
}

// open is what happens before the first check. There can be very many effects, so
// they are carried out a few at a time.
func (l *loop) open() {
	const few = 256
	for _, v := range l.topology.virtuals {
		if l.topology.begin(v); len(l.topology.effects) >= few {
			l.carryOut(l.topology.take(), true)
		}
	}
	l.carryOut(l.topology.take(), true)
}

// tableReady is what follows the table of a new configuration: the keeper calls it.
func (l *loop) tableReady(conf *config.Config) func() {
	percent := laterGC(&conf.LVS)
	return func() {
		collect(percent)
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
	go l.forward()
	for !l.done {
		l.lab.wait(l.until())
		l.now = time.Now()
		for _, f := range l.posted.take() {
			f()
			l.now = time.Now()
		}
		l.receive()
		l.serve()
		l.report()
		_ = l.link.Hello(l.now)
	}
	close(l.over)
	l.lab.end()
}

// forward has the loop, which waits for nothing but sockets, a moment and the
// bell, do what comes by channels.
func (l *loop) forward() {
	messages := l.messages
	for {
		var f func()
		select {
		case f = <-l.inbox:
		case m, ok := <-messages:
			f = func() { l.fromParent(m, ok) }
			if !ok {
				messages = nil
			}
		case <-l.over:
			return
		}
		l.posted.put(f)
		l.lab.wake()
	}
}

// posts is what the loop is to do, in its order.
type posts struct {
	mu   sync.Mutex
	list []func()
}

func (p *posts) put(f func()) {
	p.mu.Lock()
	p.list = append(p.list, f)
	p.mu.Unlock()
}

func (p *posts) take() []func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}

func (l *loop) fromParent(m link.Message, ok bool) {
	if !ok {
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

// until is how long the loop may sleep.
func (l *loop) until() time.Time {
	at := l.now.Add(idle)
	if due, ok := l.agenda.first(); ok {
		at = due
	}
	if l.topology.changed && l.reporter.next.Before(at) && !l.stopping {
		at = l.reporter.next
	}
	return at
}

// most is how many checks are started in one turn. A loop that started all of
// thousands that are late would not say Hello in time, and be killed.
const most = 2 * fewTalks

// serve starts the checks that are due, up to most of them.
func (l *loop) serve() {
	soon := l.now.Add(together)
	for n := 0; n < most && !l.stopping; n++ {
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
	c.run.going = true
	c.run.started, c.run.began = c.run.due, l.now
	c.probe.begin(l.lab, c)
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
