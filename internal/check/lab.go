package check

import (
	"crypto/tls"
	"runtime"
	"sync"

	"keepalived/internal/logging"
	"keepalived/internal/notify"
)

// lab is where checks are made: engines for talks, the runner for scripts. Its
// fields but the results belong to the loop.
type lab struct {
	log     *logging.Logger
	runner  *notify.Runner
	engines []*engine
	turn    int
	batch   []*session // begun and not yet given to an engine
	idle    []*session // that are over
	taken   []delivery // given out by collect
	client  *tls.Config

	mu      sync.Mutex
	results []delivery
	arrived chan struct{} // there are results
}

func newLab(log *logging.Logger, runner *notify.Runner) (*lab, error) {
	l := &lab{log: log, runner: runner, arrived: make(chan struct{}, 1)}
	for range min(runtime.GOMAXPROCS(0), 2) {
		e, err := newEngine(l.deliver)
		if err != nil {
			return nil, err
		}
		l.engines = append(l.engines, e)
		go e.run()
	}
	return l, nil
}

// deliver hands results to the loop. It may be called from any goroutine.
func (l *lab) deliver(list []delivery) {
	l.mu.Lock()
	l.results = append(l.results, list...)
	l.mu.Unlock()
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

// collect returns the results that have come in; they are valid until the next
// call.
func (l *lab) collect() []delivery {
	clear(l.taken)
	l.mu.Lock()
	l.taken, l.results = l.results, l.taken[:0]
	l.mu.Unlock()
	for i := range l.taken {
		if s := l.taken[i].s; s != nil && len(l.idle) < idleSessions {
			*s = session{}
			l.idle = append(l.idle, s)
		}
	}
	return l.taken
}

// idleSessions is how many are kept for further use.
const idleSessions = 1024

// session returns one for a new talk.
func (l *lab) session() *session {
	n := len(l.idle)
	if n == 0 {
		return new(session)
	}
	s := l.idle[n-1]
	l.idle = l.idle[:n-1]
	return s
}

// fewTalks is up to how many talks one engine is given alone: waking a second
// one costs more than it gains.
const fewTalks = 64

// submit gives the talks that were begun to the engines.
func (l *lab) submit() {
	list := l.batch
	defer func() { clear(l.batch); l.batch = l.batch[:0] }()
	for len(list) > 0 {
		n := min(len(list), fewTalks)
		l.engines[l.turn].start(list[:n:n])
		list = list[n:]
		l.turn = (l.turn + 1) % len(l.engines)
	}
}

func (l *lab) close() {
	for _, e := range l.engines {
		e.stop()
	}
}
