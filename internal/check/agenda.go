package check

import (
	"container/heap"
	"time"
)

// agenda is the checkers that wait for their time. Most share theirs with many
// others (see beat), so those of one time are kept together and only times are
// sorted.
type agenda struct {
	times timeHeap
	at    map[time.Time]*moment
	free  []*moment
	size  int // how many checkers wait
}

// moment is the checkers with one time.
type moment struct {
	due  time.Time
	list []*checker
	next int // the ones before have been taken
}

// add puts a checker in at its time.
func (a *agenda) add(c *checker) {
	m := a.at[c.run.due]
	if m == nil {
		m = a.newMoment(c.run.due)
	}
	m.list = append(m.list, c)
	a.size++
}

// freeMoments is how many are kept for further use.
const freeMoments = 256

func (a *agenda) newMoment(due time.Time) *moment {
	if a.at == nil {
		a.at = map[time.Time]*moment{}
	}
	m := new(moment)
	if n := len(a.free); n > 0 {
		m, a.free = a.free[n-1], a.free[:n-1]
	}
	m.due = due
	a.at[due] = m
	heap.Push(&a.times, m)
	return m
}

// first is when the next checker is due; false: there is none.
func (a *agenda) first() (time.Time, bool) {
	if len(a.times) == 0 {
		return time.Time{}, false
	}
	return a.times[0].due, true
}

// next takes out a checker whose time comes first, of several the one that was
// put in first. There has to be one.
func (a *agenda) next() *checker {
	m := a.times[0]
	c := m.list[m.next]
	m.list[m.next] = nil
	a.size--
	if m.next++; m.next == len(m.list) {
		heap.Pop(&a.times)
		delete(a.at, m.due)
		m.list, m.next = m.list[:0], 0
		if len(a.free) < freeMoments {
			a.free = append(a.free, m)
		}
	}
	return c
}

// timeHeap is ordered by time.
type timeHeap []*moment

func (h timeHeap) Len() int           { return len(h) }
func (h timeHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h timeHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *timeHeap) Push(x any) { *h = append(*h, x.(*moment)) }

// Pop implements heap.Interface.
func (h *timeHeap) Pop() any {
	old := *h
	m := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return m
}
