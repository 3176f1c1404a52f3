package check

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"keepalived/internal/check/marker"
	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
)

// kernelTable is what the keeper needs of ipvs.Client.
type kernelTable interface {
	Apply([]ipvs.Step) ([]ipvs.Failure, error)
	Table() ([]ipvs.Entry, error)
	EachService(func(*ipvs.ServiceState)) error
	Service(ipvs.ServiceKey) (ipvs.ServiceState, error)
	AppendDestinations([]ipvs.DestinationState, ipvs.ServiceKey) ([]ipvs.DestinationState, error)
	Flush() error
	Timeouts() (ipvs.Timeouts, error)
	SetTimeouts(ipvs.Timeouts) error
	StartSync(ipvs.SyncDaemon) error
	StopSync(ipvs.SyncRole) error
	SyncDaemons() ([]ipvs.SyncDaemon, error)
	Close() error
}

// keeper owns the connection to IPVS and the model of what was put there. It
// carries out jobs in their order, on a goroutine of its own: the kernel may
// make it wait.
type keeper struct {
	log  *logging.Logger
	open func() (kernelTable, error)

	mu     sync.Mutex
	wake   chan struct{}
	queue  []job
	closed bool
	done   chan struct{}

	conf     *config.Config
	marks    marks          // of conf
	marker   *marker.Marker // nil: not configured
	table    kernelTable    // nil: there is no IPVS
	model    model
	settings kernelSettings
	before   atomic.Pointer[ipvs.Timeouts] // that were changed; others may look
	retryAt  time.Time
	silent   bool // the last failure to open was logged
	patrol   patrol
}

// job is something for the keeper to do: one of its fields is set.
type job struct {
	put   []ipvs.Entry  // what some services should be
	after func()        // once everything that was ordered before has been done
	do    func(*keeper) // by itself, in its place
}

func newKeeper(log *logging.Logger, open func() (kernelTable, error)) *keeper {
	return &keeper{log: log, open: open, wake: make(chan struct{}, 1), done: make(chan struct{}), model: newModel()}
}

// add queues a job. It never waits.
func (k *keeper) add(j job) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.queue = append(k.queue, j)
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// stop lets the keeper end after what is queued; done is closed then.
func (k *keeper) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	close(k.wake)
}

// run carries out jobs until stop. Between them it looks for what others have
// changed, and for a kernel that had no IPVS before.
func (k *keeper) run() {
	defer close(k.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(k.pause(time.Now()))
		select {
		case _, more := <-k.wake:
			k.serve()
			if !more {
				k.shut()
				return
			}
		case <-timer.C:
			k.attend(time.Now())
		}
	}
}

// serve carries out what is queued: the changes of many jobs in one go, then
// what was to wait for them.
func (k *keeper) serve() {
	for {
		k.mu.Lock()
		jobs := k.queue
		k.queue = nil
		k.mu.Unlock()
		if len(jobs) == 0 {
			return
		}
		k.carryOut(jobs)
	}
}

func (k *keeper) carryOut(jobs []job) {
	var steps []ipvs.Step
	var after []func()
	flush := func() {
		k.apply(steps)
		for _, f := range after {
			f()
		}
		steps, after = nil, nil
	}
	for _, j := range jobs {
		switch {
		case j.put != nil:
			steps = append(steps, ipvs.Diff(k.model.find(j.put), j.put)...)
			k.model.set(j.put)
		case j.after != nil:
			after = append(after, j.after)
		case j.do != nil:
			flush()
			j.do(k)
		}
	}
	flush()
}

func (k *keeper) shut() {
	if k.table != nil {
		k.table.Close()
		k.table = nil
	}
}

// idle is how long the keeper sleeps when nothing is to be looked after.
const idle = time.Hour

// openAgain is how long to wait before the kernel is asked again for IPVS.
const openAgain = 5 * time.Second

func (k *keeper) pause(now time.Time) time.Duration {
	at := k.retryAt
	if k.table != nil {
		at = k.patrol.next
	}
	if at.IsZero() {
		return idle
	}
	return max(at.Sub(now), 0)
}

// attend does what is due.
func (k *keeper) attend(now time.Time) {
	switch {
	case k.table == nil && !k.retryAt.IsZero() && !now.Before(k.retryAt):
		k.connect()
	case k.table != nil && !k.patrol.next.IsZero() && !now.Before(k.patrol.next):
		k.patrolOnce(now)
	}
}

// connect opens the connection and puts into the kernel what it should have.
func (k *keeper) connect() {
	table, err := k.open()
	if err != nil {
		if !k.silent {
			k.log.Infof("%v", err)
			k.log.Infof("Virtual servers are not in use until the kernel has IPVS (module ip_vs); trying again every %v", openAgain)
		}
		k.silent = true
		k.retryAt = time.Now().Add(openAgain)
		return
	}
	if k.silent {
		k.log.Infof("IPVS can be used now")
	}
	k.table, k.silent, k.retryAt = table, false, time.Time{}
	k.settings.apply(k)
	k.adopt()
}

// adopt compares the kernel's table with the model and mends what differs: a
// predecessor may have left it. Servers that are not configured stay.
func (k *keeper) adopt() {
	present, err := k.table.Table()
	if err != nil {
		k.lost(err)
		return
	}
	if len(present) == 0 { // after an ordinary stop
		k.addAll()
		return
	}
	present = ours(present, configured(k.conf, k.marks))
	k.apply(ipvs.Diff(present, k.model.Entries()))
}

// manySteps is how many steps are worked out at once.
const manySteps = 1024

// addAll puts everything into a table in which there is nothing.
func (k *keeper) addAll() {
	var part []ipvs.Entry
	var steps []ipvs.Step
	n, count := 0, 0
	for i := 0; i < k.model.Len() && k.table != nil; i++ {
		if n == len(part) {
			part = append(part, ipvs.Entry{})
		}
		k.model.Get(i, &part[n])
		count += 1 + len(part[n].Destinations)
		if n++; count >= manySteps || i == k.model.Len()-1 {
			steps = ipvs.Additions(steps[:0], part[:n])
			k.apply(steps)
			n, count = 0, 0
		}
	}
}

// ours is the part of a table that the other one speaks of.
func ours(present, mine []ipvs.Entry) []ipvs.Entry {
	known := placesOf(mine)
	var out []ipvs.Entry
	for _, p := range present {
		addrs, ok := known[p.Service.Key]
		if !ok {
			continue
		}
		var dests []ipvs.Destination
		for _, d := range p.Destinations {
			if slices.Contains(addrs, place(d)) {
				dests = append(dests, d)
			}
		}
		out = append(out, ipvs.Entry{Service: p.Service, Destinations: dests})
	}
	return out
}

// placesOf is where each service has servers.
func placesOf(entries []ipvs.Entry) map[ipvs.ServiceKey][]netip.AddrPort {
	out := make(map[ipvs.ServiceKey][]netip.AddrPort, len(entries))
	for _, e := range entries {
		addrs := out[e.Service.Key]
		if addrs == nil {
			addrs = make([]netip.AddrPort, 0, len(e.Destinations))
		}
		for _, d := range e.Destinations {
			addrs = append(addrs, place(d))
		}
		out[e.Service.Key] = addrs
	}
	return out
}

// place is the address of a server as the kernel knows it: without a zone.
func place(d ipvs.Destination) netip.AddrPort {
	return netip.AddrPortFrom(d.Addr.Addr().WithZone(""), d.Addr.Port())
}

// apply carries out steps and logs what the kernel refuses.
func (k *keeper) apply(steps []ipvs.Step) {
	if k.table == nil || len(steps) == 0 {
		return
	}
	failures, err := k.table.Apply(steps)
	k.patrol.note(steps, failures)
	for _, f := range failures {
		k.log.Infof("%v", f.Err)
		k.patrol.known(f.Err)
	}
	if err != nil {
		k.lost(err)
	}
}

// lost gives up a connection that failed; the next one starts with a comparison.
func (k *keeper) lost(err error) {
	k.log.Errf("IPVS: %v", err)
	k.table.Close()
	k.table = nil
	k.retryAt = time.Now().Add(time.Second)
}

// replace makes the whole table of ours what it should be.
func (k *keeper) replace(wanted *ipvs.Table) {
	if k.table == nil && !k.silent && !k.retryAt.IsZero() {
		k.connect() // it was lost a moment ago, and what is not wanted any more is still there
	}
	if k.table != nil {
		k.apply(ipvs.Diff(ipvs.Differences(k.model.Table, wanted)))
	}
	k.model.reset(wanted)
}
