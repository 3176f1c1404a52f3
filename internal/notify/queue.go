package notify

import (
	"slices"
	"sync"
	"time"

	"keepalived/internal/script"
)

// Call is the scripts of one state change, started in this order.
type Call struct {
	State   string // in messages
	Scripts []script.Command
	// Stop: the daemon stops. The scripts have one second, then their groups
	// get SIGKILL.
	Stop bool
}

// Queue runs notify scripts. Calls of one key (an instance or a group) are
// served in their order, those of different keys side by side.
//
// The rule: the scripts of a call start together, and the next call waits until
// they have ended, so that the effects of the newest state come last, too. It
// waits no longer than the patience, because a notify script may be a daemon
// that never ends; such a script is left alone, as keepalived always did. A
// call that has waited longer than the patience while a newer one waits behind
// it, or that is one of too many, is dropped: its state is history. What was
// started is never taken back. So every state change gets its call as long as
// scripts are faster than the changes, and in any case the last call is the
// final state's, at most twice the patience after it was reached.
type Queue struct {
	runner   *Runner
	log      Log
	patience time.Duration

	mu      sync.Mutex
	lines   map[string]*line
	open    int // calls that Close waits for
	closed  chan struct{}
	drained chan struct{} // closed when Close has nothing left to wait for
}

// line is what waits and runs for one key.
type line struct {
	key    string
	queued []queuedCall
	served bool          // a goroutine is at work
	hurry  chan struct{} // cuts the patience short
	runs   []*Run        // started and not ended
}

type queuedCall struct {
	Call
	since time.Time
}

const (
	maxQueued  = 32 // calls of one key
	maxRunning = 32 // scripts of one key that do not end
	stopLimit  = time.Second
	// stopPatience is what earlier scripts get before the STOP scripts start.
	stopPatience = 500 * time.Millisecond
)

// NewQueue returns a Queue with the given patience; 5 s is usual.
func NewQueue(r *Runner, log Log, patience time.Duration) *Queue {
	return &Queue{
		runner: r, log: log, patience: patience,
		lines: map[string]*line{}, closed: make(chan struct{}), drained: make(chan struct{}),
	}
}

// Notify queues a call. It never waits.
func (q *Queue) Notify(key string, c Call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(c.Scripts) == 0 || isClosed(q.closed) {
		return
	}
	l := q.lines[key]
	if l == nil {
		l = &line{key: key, hurry: make(chan struct{}, 1)}
		q.lines[key] = l
	}
	for c.Stop && len(l.queued) > 0 || len(l.queued) >= maxQueued {
		q.supersede(l)
	}
	l.queued = append(l.queued, queuedCall{c, time.Now()})
	q.open++
	if c.Stop {
		poke(l.hurry)
	}
	if !l.served {
		l.served = true
		go q.serve(l)
	}
}

// supersede drops the oldest waiting call. The caller holds mu.
func (q *Queue) supersede(l *line) {
	q.log.Infof("(%s) notify scripts for %s not run, the state has changed since", l.key, l.queued[0].State)
	l.queued = slices.Delete(l.queued, 0, 1)
	q.settle()
}

// settle counts a call as done. The caller holds mu.
func (q *Queue) settle() {
	q.open--
	if q.open == 0 && isClosed(q.closed) {
		close(q.drained)
	}
}

// serve works until nothing is queued.
func (q *Queue) serve(l *line) {
	for {
		c, ok := q.next(l)
		if !ok {
			return
		}
		deadline := time.NewTimer(q.patience)
		runs := q.start(l, c.Call, deadline)
		if !c.Stop {
			q.finish()
		}
		q.await(l, c.Call, runs, deadline)
		if c.Stop {
			q.finish()
		}
		deadline.Stop()
	}
}

func (q *Queue) finish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settle()
}

// next takes the oldest call that is still of interest.
func (q *Queue) next(l *line) (queuedCall, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(l.queued) > 1 && time.Since(l.queued[0].since) > q.patience {
		q.supersede(l)
	}
	if len(l.queued) == 0 {
		l.served = false
		q.prune(l)
		return queuedCall{}, false
	}
	c := l.queued[0]
	l.queued = slices.Delete(l.queued, 0, 1)
	return c, true
}

// start starts the scripts in their order. One that cannot even be started
// before the deadline, because its disk does not answer, makes way for what
// comes later.
func (q *Queue) start(l *line, c Call, deadline *time.Timer) []*Run {
	var runs []*Run
	for i, command := range c.Scripts {
		job := Job{Command: command, ended: func() { q.ended(l) }}
		if c.Stop {
			job.Limit, job.Grace = stopLimit, -1
		}
		run := q.runner.Run(job)
		if run == nil {
			break
		}
		runs = append(runs, run)
		q.track(l, run)
		q.awaitStart(l, run, deadline, i == len(c.Scripts)-1)
	}
	return runs
}

// startTries is how often the patience is used up before a script makes way for
// the next one of the same call.
const startTries = 3

// awaitStart gives up a script at the deadline only if something waits for it: on
// a busy machine the start takes its time.
func (q *Queue) awaitStart(l *line, run *Run, deadline *time.Timer, last bool) {
	for try := 1; ; try++ {
		select {
		case <-run.Started():
			return
		case <-deadline.C:
			if q.isWaiting(l) || !last && try == startTries {
				deadline.Reset(0) // for await
				run.Terminate(0)
				return
			}
			deadline.Reset(q.patience)
		}
	}
}

// isWaiting tells whether there is a later call, or the end.
func (q *Queue) isWaiting(l *line) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(l.queued) > 0 || isClosed(q.closed)
}

// track remembers a run, and ends the oldest one if too many never end.
func (q *Queue) track(l *line, run *Run) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l.runs = append(l.runs, run)
	q.prune(l)
	if len(l.runs) > maxRunning {
		q.log.Infof("(%s) %d notify scripts do not end, terminating the oldest", l.key, len(l.runs))
		l.runs[0].Terminate(defaultGrace)
	}
}

// ended is called when a script is gone.
func (q *Queue) ended(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.prune(l)
}

// prune forgets runs that have ended, and a line without anything.
func (q *Queue) prune(l *line) {
	l.runs = slices.DeleteFunc(l.runs, func(r *Run) bool { return isClosed(r.ended) })
	if len(l.runs) == 0 && !l.served {
		delete(q.lines, l.key)
	}
}

// await waits for the scripts of a call as long as there is patience.
func (q *Queue) await(l *line, c Call, runs []*Run, deadline *time.Timer) {
	hurry := l.hurry
	if c.Stop {
		hurry = nil
		deadline.Reset(stopLimit + killWait)
	}
	for len(runs) > 0 {
		select {
		case <-runs[0].Ended():
			runs = runs[1:]
		case <-hurry:
			hurry = nil
			deadline.Reset(stopPatience)
		case <-deadline.C:
			q.log.Detailf("(%s) notify scripts for %s still running, not waiting for them", l.key, c.State)
			return
		}
	}
}

// Close takes no more calls and waits until those that are queued were started
// and the STOP scripts have ended, at most for the bound. What still runs then
// is the Runner's to end.
func (q *Queue) Close(bound time.Duration) {
	q.shut()
	waitFor(q.drained, bound)
}

func (q *Queue) shut() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if isClosed(q.closed) {
		return
	}
	close(q.closed)
	if q.open == 0 {
		close(q.drained)
	}
	for _, l := range q.lines {
		poke(l.hurry)
	}
}
