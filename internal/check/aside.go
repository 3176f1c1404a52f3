package check

import "sync"

// aside carries on talks on a goroutine of its own: those that may take the
// processor for long, and some of very many.
type aside struct {
	engine  *engine
	deliver func([]delivery)

	mu      sync.Mutex
	waiting []*session
	stopped bool

	admitted []*session // room for the next ones that wait
}

// newAside starts one.
func newAside(deliver func([]delivery)) (*aside, error) {
	e, err := newEngine()
	if err != nil {
		return nil, err
	}
	a := &aside{engine: e, deliver: deliver}
	go a.run()
	return a, nil
}

// start begins talks; the list is not kept. It may be called from any goroutine.
func (a *aside) start(list []*session) {
	a.mu.Lock()
	a.waiting = append(a.waiting, list...)
	a.mu.Unlock()
	a.engine.bell.ring()
}

// stop ends it; talks that go on are cut off without a result.
func (a *aside) stop() {
	a.mu.Lock()
	a.stopped = true
	a.mu.Unlock()
	a.engine.bell.ring()
}

// run serves talks until stop.
func (a *aside) run() {
	e := a.engine
	defer e.close()
	for {
		e.turn(never)
		a.mu.Lock()
		list, stopped := a.waiting, a.stopped
		a.waiting, a.admitted = a.admitted[:0], list
		a.mu.Unlock()
		if stopped {
			return
		}
		for _, s := range list {
			e.begin(s)
		}
		clear(list)
		if len(e.finished) > 0 {
			a.deliver(e.finished)
			clear(e.finished)
			e.finished = e.finished[:0]
		}
	}
}
