package logging

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// queueMax is how many lines wait for a destination, enough for the dump of a
// large configuration.
const queueMax = 16384

// sink writes lines somewhere. Its methods are called by one goroutine, except
// for abort.
type sink interface {
	// write writes the lines and returns how many were not taken.
	write(batch []entry) (lost int)
	// abort makes a write that is under way end soon, if that is possible.
	abort()
	close()
}

// queue is the lines that wait for one destination. It takes no memory while it
// is empty.
type queue struct {
	mu      sync.Mutex
	wake    sync.Cond
	waiting []entry
	lost    uint64 // dropped after waiting[len-1]
	closed  bool

	sink   sink
	total  atomic.Uint64 // dropped since the start
	behind atomic.Int64  // taken, not yet written
	done   chan struct{}
}

func newQueue() *queue {
	q := &queue{done: make(chan struct{})}
	q.wake.L = &q.mu
	return q
}

// put queues e, or drops it when too many are waiting.
func (q *queue) put(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if len(q.waiting) >= queueMax {
		q.lost++
		q.total.Add(1)
		return
	}
	q.waiting = append(q.waiting, e)
	if len(q.waiting) == 1 {
		q.wake.Signal()
	}
}

// take waits for lines and returns all of them, and how many were dropped after
// the last of them. It returns no lines when the queue is closed and empty.
func (q *queue) take() (batch []entry, lost uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.wake.Wait()
	}
	batch, lost = q.waiting, q.lost
	q.waiting, q.lost = nil, 0
	q.behind.Store(int64(len(batch)))
	return batch, lost
}

// run writes to s until the queue is closed and empty. Lines that s did not
// take are reported in front of the next ones.
func (q *queue) run(s sink) {
	q.mu.Lock()
	q.sink = s
	q.mu.Unlock()
	defer close(q.done)
	defer s.close()
	var refused uint64
	for {
		batch, lost := q.take()
		if len(batch) == 0 {
			return
		}
		n := uint64(s.write(withLosses(batch, refused, lost)))
		q.behind.Store(0)
		switch {
		case n == 0:
			refused = 0
		case n >= uint64(len(batch)): // nothing was taken, the reports of losses neither
			refused += uint64(len(batch)) + lost
			q.total.Add(uint64(len(batch)))
		default:
			refused = n
			q.total.Add(n)
		}
	}
}

// withLosses puts the report of lines lost before and after batch into it.
func withLosses(batch []entry, before, after uint64) []entry {
	if before > 0 {
		batch = append([]entry{lostLine(batch[0], before)}, batch...)
	}
	if after > 0 {
		batch = append(batch, lostLine(batch[len(batch)-1], after))
	}
	return batch
}

func lostLine(near entry, n uint64) entry {
	return entry{at: near.at, level: LevelWarning, ident: near.ident, text: fmt.Sprintf("%d log messages lost", n)}
}

// finish lets the writer end once the queue is empty.
func (q *queue) finish() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake.Signal()
}

// await waits until everything is written or limit fires; it returns how many
// lines are given up. A limit that has fired fires for the next caller, too.
func (q *queue) await(limit *time.Timer) (left int) {
	select {
	case <-q.done:
		return 0
	case <-limit.C:
		limit.Reset(0)
	}
	q.mu.Lock()
	left = len(q.waiting) + int(q.behind.Load())
	q.waiting = nil
	s := q.sink
	q.mu.Unlock()
	if s != nil {
		s.abort()
	}
	return left
}
