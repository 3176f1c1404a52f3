package vrrp

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// task is kernel work of one instance that is carried out a chunk at a time.
type task interface {
	// step does one chunk and reports whether the task is finished. It runs on
	// the worker's goroutine and may block on the kernel.
	step() (done bool)
}

// taskFunc is a task of one step.
type taskFunc func()

func (f taskFunc) step() bool { f(); return true }

// worker carries out the tasks of each key in the order in which they were
// added, one chunk of every key in turn, so that one instance with thousands of
// addresses does not hold up the others. add and drop never block on the
// kernel; they belong to the event loop.
type worker struct {
	mu      sync.Mutex
	queues  map[int][]*entry
	turns   []int // keys with tasks, the next to be served first
	running int   // key whose task is being stepped, or noKey
	closed  bool
	hot     atomic.Int64 // until when run looks for tasks without sleeping, ns since started
	started time.Time
	wake    chan struct{}
	idle    chan struct{} // closed when stop has drained everything
}

const noKey = -1

// entry gives a queued task an identity, so that what drop removed is told
// from what still waits.
type entry struct{ task }

func newWorker() *worker {
	return &worker{
		queues:  map[int][]*entry{},
		running: noKey,
		started: time.Now(),
		wake:    make(chan struct{}, 1),
		idle:    make(chan struct{}),
	}
}

// add appends a task to the queue of key.
func (w *worker) add(key int, t task) {
	w.mu.Lock()
	q := w.queues[key]
	if len(q) == 0 && w.running != key {
		w.turns = append(w.turns, key)
	}
	w.queues[key] = append(q, &entry{t})
	w.mu.Unlock()
	w.signal()
}

// drop removes the waiting tasks of key that match; the chunk that is being
// carried out goes on to its end, the rest of its task is dropped as well.
func (w *worker) drop(key int, match func(task) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.queues[key][:0]
	for _, t := range w.queues[key] {
		if !match(t.task) {
			kept = append(kept, t)
		}
	}
	clear(w.queues[key][len(kept):])
	w.queues[key] = kept
}

// stop lets run return after everything that was added has been done.
func (w *worker) stop() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
}

func (w *worker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run is the worker's goroutine.
func (w *worker) run() {
	defer close(w.idle)
	for {
		key, t, closed := w.next()
		if t == nil {
			if closed {
				return
			}
			w.sleep()
			continue
		}
		w.hot.Store(0)
		w.finish(key, t, t.step())
	}
}

// manyCPUs: with a single one the worker would keep the loop from running.
var manyCPUs = runtime.NumCPU() > 1

// expect announces that a task is likely within d: the worker stays awake for
// it, since waking up takes longer than setting an address.
func (w *worker) expect(d time.Duration) {
	now := int64(time.Since(w.started))
	if !manyCPUs || w.hot.Load() > now {
		return
	}
	w.hot.Store(now + int64(2*d))
	w.signal()
}

// sleep returns when there may be something to do.
func (w *worker) sleep() {
	for len(w.wake) == 0 && int64(time.Since(w.started)) < w.hot.Load() {
		// The processor is kept for at most twice the lead of a deadline.
	}
	<-w.wake
}

// next takes the key whose turn it is; its task stays at the head of its queue
// while it runs, so that drop can remove what is left of it.
func (w *worker) next() (key int, t *entry, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.turns) > 0 {
		key, w.turns = w.turns[0], w.turns[1:]
		if q := w.queues[key]; len(q) > 0 {
			w.running = key
			return key, q[0], w.closed
		}
		delete(w.queues, key)
	}
	return noKey, nil, w.closed
}

func (w *worker) finish(key int, t *entry, done bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = noKey
	q := w.queues[key]
	if done && len(q) > 0 && q[0] == t {
		q = q[1:]
		w.queues[key] = q
	}
	if len(q) == 0 {
		delete(w.queues, key)
		return
	}
	w.turns = append(w.turns, key)
}
