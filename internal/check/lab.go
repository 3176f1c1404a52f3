package check

import (
	"crypto/tls"
	"runtime"
	"sync"
	"time"

	"keepalived/internal/logging"
	"keepalived/internal/notify"
)

// lab is where checks are made: talks on the goroutine of the loop or aside,
// scripts by the runner. Its fields but the results belong to the loop.
type lab struct {
	log    *logging.Logger
	runner *notify.Runner
	engine *engine
	aside  *aside     // nil: not needed yet
	batch  []*session // begun and not yet given to an engine
	idle   []*session // that are over
	taken  []delivery // given out by collect
	client *tls.Config

	mu      sync.Mutex
	results []delivery // from elsewhere
}

func newLab(log *logging.Logger, runner *notify.Runner) (*lab, error) {
	e, err := newEngine()
	if err != nil {
		return nil, err
	}
	return &lab{log: log, runner: runner, engine: e}, nil
}

// never is a moment that does not come.
var never time.Time

// wait waits until something has happened, somebody has called wake or a moment
// has come.
func (l *lab) wait(until time.Time) {
	if len(l.engine.finished) == 0 {
		l.engine.turn(until)
	}
}

// wake ends a wait, this one or the next. It may be called from any goroutine.
func (l *lab) wake() { l.engine.bell.ring() }

// deliver hands results to the loop. It may be called from any goroutine.
func (l *lab) deliver(list []delivery) {
	l.mu.Lock()
	l.results = append(l.results, list...)
	l.mu.Unlock()
	l.wake()
}

// collect returns the results that have come in; they are valid until the next
// call.
func (l *lab) collect() []delivery {
	clear(l.taken)
	l.taken, l.engine.finished = l.engine.finished, l.taken[:0]
	l.mu.Lock()
	l.taken = append(l.taken, l.results...)
	clear(l.results)
	l.results = l.results[:0]
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

// fewTalks is up to how many talks the loop carries on alone: to wake another
// goroutine costs more than it gains.
const fewTalks = 64

// submit begins the talks of the batch: on the goroutine of the loop but for
// those that may keep it busy, and every other piece of a large batch.
func (l *lab) submit() {
	var others []*session
	spread := len(l.batch) > fewTalks && runtime.GOMAXPROCS(0) > 1
	for i, s := range l.batch {
		if h, ok := s.talk.(interface{ heavy() bool }); ok && h.heavy() || spread && i/fewTalks%2 == 1 {
			others = append(others, s)
			continue
		}
		l.engine.begin(s)
	}
	clear(l.batch)
	l.batch = l.batch[:0]
	if len(others) > 0 {
		l.away(others)
	}
}

// away begins talks on another goroutine.
func (l *lab) away(list []*session) {
	if l.aside == nil {
		var err error
		if l.aside, err = newAside(l.deliver); err != nil {
			l.log.Errf("%v", err)
			for _, s := range list {
				l.engine.begin(s)
			}
			return
		}
	}
	l.aside.start(list)
}

// close cuts off what goes on. The loop may still wait, until end.
func (l *lab) close() {
	if l.aside != nil {
		l.aside.stop()
	}
	l.engine.cut()
}

// end gives everything back.
func (l *lab) end() { l.engine.close() }
