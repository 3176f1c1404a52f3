package proctrack

import (
	"errors"
	"fmt"
	"time"
)

// Spec is one tracked process.
type Spec struct {
	Name string
	Pattern
	Quorum
}

// Result is what has become of one.
type Result struct {
	Name  string
	Up    bool // the quorum is met
	Count int  // processes now
}

// Options are how events are received.
type Options struct {
	Buffer int  // receive buffer in bytes; 0: the kernel's default
	Force  bool // exceed net.core.rmem_max
}

// pollEvery is how often /proc is read where the kernel does not tell.
const pollEvery = time.Second

// Watcher follows processes until Close.
type Watcher struct {
	table    *table
	specs    []Spec
	counters []counter
	report   func(Result)
	stop     chan struct{}
}

// Watch begins to follow processes. report is called from a goroutine of its
// own: once for each Spec at first, then for each change. trouble, called once
// at most, tells why /proc has to be read instead.
func Watch(o Options, specs []Spec, report func(Result), trouble func(error)) *Watcher {
	w := newWatcher(specs, report)
	go w.run(o, trouble)
	return w
}

// Scan looks into /proc once and reports each Spec.
func Scan(specs []Spec, report func(Result)) error {
	return newWatcher(specs, report).rescan()
}

func newWatcher(specs []Spec, report func(Result)) *Watcher {
	w := &Watcher{specs: specs, report: report, stop: make(chan struct{})}
	var patterns []Pattern
	for _, s := range specs {
		patterns = append(patterns, s.Pattern)
		w.counters = append(w.counters, counter{q: s.Quorum})
	}
	w.table = newTable(patterns)
	return w
}

// Close ends it; no report begins afterwards but one may be under way.
func (w *Watcher) Close() { close(w.stop) }

func (w *Watcher) run(o Options, trouble func(error)) {
	c, err := openConnector(o.Buffer, o.Force)
	if err != nil {
		trouble(err)
		w.poll()
		return
	}
	defer c.close()
	batches, failed := make(chan []event), make(chan error, 1)
	go w.receive(c, batches, failed)
	_ = w.rescan()
	for {
		select {
		case batch := <-batches:
			w.apply(batch)
		case err := <-failed:
			trouble(err)
			w.poll()
			return
		case <-w.due():
			w.settle()
		case <-w.stop:
			return
		}
	}
}

// poll reads /proc again and again.
func (w *Watcher) poll() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		_ = w.rescan()
		select {
		case <-tick.C:
		case <-w.due():
		case <-w.stop:
			return
		}
	}
}

// receive hands over what the kernel tells; an empty batch means that some was
// lost.
func (w *Watcher) receive(c *connector, batches chan<- []event, failed chan<- error) {
	buf := make([]byte, maxDatagram)
	for {
		batch, err := c.read(buf)
		if err != nil && !errors.Is(err, errLost) {
			failed <- err
			return
		}
		if err == nil && len(batch) == 0 {
			continue
		}
		select {
		case batches <- batch:
		case <-w.stop:
			return
		}
	}
}

func (w *Watcher) apply(batch []event) {
	if len(batch) == 0 {
		_ = w.rescan()
		return
	}
	for _, e := range batch {
		switch e.kind {
		case eventFork:
			w.table.fork(e.parent, e.pid)
		case eventExit:
			w.table.remove(e.pid)
		case eventExec, eventComm:
			if x, ok := readProcess(e.pid); ok {
				w.table.set(e.pid, x)
			} else {
				w.table.remove(e.pid)
			}
		}
	}
	w.settle()
}

// rescan leaves everything as it was when /proc cannot be read: nothing is
// known then.
func (w *Watcher) rescan() error {
	if err := w.table.scan(); err != nil {
		return fmt.Errorf("looking for processes: %w", err)
	}
	w.settle()
	return nil
}

// settle reports what has changed.
func (w *Watcher) settle() {
	now := time.Now()
	for i := range w.counters {
		c := &w.counters[i]
		if c.set(w.table.counts[i], now) {
			w.report(Result{Name: w.specs[i].Name, Up: c.up, Count: c.count})
		}
	}
}

// due fires when the first delayed change counts; it is nil when none waits.
func (w *Watcher) due() <-chan time.Time {
	var first time.Time
	for _, c := range w.counters {
		if !c.due.IsZero() && (first.IsZero() || c.due.Before(first)) {
			first = c.due
		}
	}
	if first.IsZero() {
		return nil
	}
	return time.After(time.Until(first))
}
