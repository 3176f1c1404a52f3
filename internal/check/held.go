package check

import (
	"encoding/json"
	"io"
	"os"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
	"keepalived/internal/logging"
	"keepalived/internal/watchdog/link"
)

// heldState is what a successor has to know should this process die: what is
// not as usual, which is that a checker has found its server up, and that a virtual
// server has its quorum. Positions are those in the configuration.
type heldState struct {
	Config   uint64 // fingerprint of the configuration
	Virtuals []heldVirtual
	Checkers []heldChecker
	Marks    []heldMark
	NextMark uint32
	// What was there before the daemon changed it, to be put back at its end.
	Timeouts  *ipvs.Timeouts
	PingRange string
}

type heldMark struct {
	Group    string
	Protocol config.Protocol
	Mark     uint32
}

// marks are those that nftables gives for the predecessor.
func (h heldState) marks() marks {
	m := marks{next: h.NextMark, of: map[markKey]uint32{}}
	for _, x := range h.Marks {
		m.of[markKey{x.Group, x.Protocol}] = x.Mark
	}
	return m
}

type heldVirtual struct {
	At        int
	Up, Sorry bool
}

type heldChecker struct {
	Virtual, Real, At int
	Up, Run           bool
	Weight            int64
	Status, Exited    int // of a script
	Value             int // of a file
	Page, Failed      int // of HTTP_GET and SSL_GET
}

// usual says that there is nothing to hand over. A server that is in use because
// it has not been asked yet may as well have been found to be up.
func (c *checker) usual() bool { return c.up && c.weight == 0 && c.conf.Kind != config.CheckFile }

// held is the state for a successor.
func (t *topology) held() (h heldState) {
	h.NextMark = t.marks.next
	for key, mark := range t.marks.of {
		h.Marks = append(h.Marks, heldMark{key.group, key.protocol, mark})
	}
	for i, v := range t.virtuals {
		if !v.up || v.sorry {
			h.Virtuals = append(h.Virtuals, heldVirtual{i, v.up, v.sorry})
		}
		for j, r := range v.reals {
			for k, c := range r.checks {
				if !c.usual() {
					h.Checkers = append(h.Checkers, heldChecker{
						Virtual: i, Real: j, At: k, Up: c.up, Run: c.hasRun, Weight: c.weight,
						Status: c.lastStatus, Exited: c.exited, Value: c.value, Page: c.page, Failed: c.failed,
					})
				}
			}
		}
	}
	return h
}

// resume gives a topology that is new the state that a predecessor left, whose
// configuration was the same. Nobody is told: nothing changes by it.
func (t *topology) resume(h heldState) {
	values := map[*checker]int{} // of files, now
	for _, v := range t.virtuals {
		v.up, v.sorry = true, false
		for _, r := range v.reals {
			r.extra = 0
			for _, c := range r.checks {
				values[c] = c.value
				c.weight, c.lastStatus = 0, -1
				c.progress = progress{up: true, hasRun: true, failed: -1}
			}
		}
	}
	for _, x := range h.Virtuals {
		if x.At < len(t.virtuals) {
			v := t.virtuals[x.At]
			v.up, v.sorry = x.Up, x.Sorry && v.conf.Sorry != nil
		}
	}
	for _, x := range h.Checkers {
		if c := t.checkerAt(x); c != nil {
			c.resume(x)
		}
	}
	for _, v := range t.virtuals {
		for _, r := range v.reals {
			r.resume()
		}
	}
	for c, value := range values {
		if c.conf.Kind == config.CheckFile {
			t.fileValue(c, value) // it may have changed meanwhile
		}
	}
	for _, v := range t.virtuals {
		t.judge(v, false)
	}
}

func (t *topology) checkerAt(x heldChecker) *checker {
	if x.Virtual >= len(t.virtuals) || x.Real >= len(t.virtuals[x.Virtual].reals) || x.At >= len(t.virtuals[x.Virtual].reals[x.Real].checks) {
		return nil
	}
	return t.virtuals[x.Virtual].reals[x.Real].checks[x.At]
}

func (c *checker) resume(x heldChecker) {
	c.up, c.hasRun, c.eager = x.Up, x.Run, !x.Run
	c.weight, c.lastStatus, c.exited, c.value = x.Weight, x.Status, x.Exited, x.Value
	if pages := c.rules().pages; x.Page < pages && x.Failed < pages {
		c.page, c.failed = x.Page, x.Failed
	}
	if !x.Run && c.conf.Kind != config.CheckSMTP {
		c.tries = c.rules().retry
	}
}

// resume adds up what the checkers of a server say.
func (r *real) resume() {
	r.failed = 0
	for _, c := range r.checks {
		r.extra += c.weight
		if !c.up {
			r.failed++
		}
	}
	r.alive = r.failed == 0
}

// reporter leaves the state with the parent, beside the loop.
type reporter struct {
	log    *logging.Logger
	tell   func([]byte) error
	newest chan heldState

	next time.Time // when the next report may be; belongs to the loop
}

func newReporter(log *logging.Logger, tell func([]byte) error) *reporter {
	r := &reporter{log: log, tell: tell, newest: make(chan heldState, 1)}
	go r.run()
	return r
}

func (r *reporter) run() {
	for h := range r.newest {
		data, err := json.Marshal(h)
		if err == nil {
			err = r.tell(data)
		}
		if err != nil && err != io.EOF {
			r.log.Errf("Handing the state to the parent: %v", err)
		}
	}
}

const (
	// reportEvery is the least time between two reports: servers often change
	// together.
	reportEvery = 100 * time.Millisecond
	// reportShare bounds the part of the time that is spent on reports.
	reportShare = 20
)

// report hands the state over if it has changed and it is time to.
func (l *loop) report() {
	if !l.topology.changed || l.now.Before(l.reporter.next) || l.stopping {
		return
	}
	h := l.topology.held()
	h.Config, h.Timeouts = l.fingerprint, l.keeper.before.Load()
	if l.pings != nil {
		h.PingRange = l.pings.before
	}
	select { // what has not been reported yet is not of interest any more
	case <-l.reporter.newest:
	default:
	}
	l.reporter.newest <- h
	l.topology.changed = false
	now := time.Now()
	l.reporter.next = now.Add(max(reportEvery, reportShare*now.Sub(l.now)))
}

// left is what a predecessor with the same configuration has left; false when
// there is nothing that can be used.
func (l *loop) left(data []byte) (h heldState, ok bool) {
	if len(data) == 0 {
		return h, false
	}
	if err := json.Unmarshal(data, &h); err != nil {
		l.log.Errf("Reading the state left by the predecessor: %v", err)
		return heldState{}, false
	}
	if h.Config != l.fingerprint {
		return heldState{Timeouts: h.Timeouts, PingRange: h.PingRange}, false
	}
	return h, true
}

// fingerprint tells configurations apart, as they were handed over.
func fingerprint(f *os.File) uint64 {
	h, err := link.Fingerprint(f)
	if err != nil {
		return 0
	}
	return h
}
