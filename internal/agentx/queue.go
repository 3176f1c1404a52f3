package agentx

import (
	"slices"
	"sync"

	"keepalived/internal/agentx/pdu"
)

// maxQueued bounds notifications that wait for a master agent.
const maxQueued = 4096

// queue is notifications that the master agent has not confirmed.
type queue struct {
	wake chan struct{} // has an element when something was added

	mu   sync.Mutex
	list [][]pdu.VarBind
	base int // number of the first one of list since the beginning
	lost int // since the last call of takeLost
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) add(vars []pdu.VarBind) {
	q.mu.Lock()
	if len(q.list) == maxQueued {
		q.list = q.list[1:]
		q.base++
		q.lost++
	}
	q.list = append(q.list, vars)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// first is the oldest one and its number.
func (q *queue) first() (vars []pdu.VarBind, number int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil, 0, false
	}
	return q.list[0], q.base, true
}

// any tells whether there is one.
func (q *queue) any() bool {
	_, _, ok := q.first()
	return ok
}

// after is those from a number on.
func (q *queue) after(number int) [][]pdu.VarBind {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.list[min(max(number-q.base, 0), len(q.list)):])
}

// confirmed removes the one with that number, if it is still there.
func (q *queue) confirmed(number int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if number == q.base && len(q.list) > 0 {
		q.list = q.list[1:]
		q.base++
	}
}

// takeLost is how many did not fit in since it was asked last.
func (q *queue) takeLost() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := q.lost
	q.lost = 0
	return n
}
