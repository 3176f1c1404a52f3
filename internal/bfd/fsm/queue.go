package fsm

import (
	"container/heap"
	"time"
)

// queue is the sessions that wait for something, the earliest first.
type queue []*session

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].next.Before(q[j].next) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	s := x.(*session)
	s.index = len(*q)
	*q = append(*q, s)
}

func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	last.index = notQueued
	return last
}

const notQueued = -1

// schedule puts the session where its earliest timer belongs.
func (s *session) schedule() {
	var next time.Time
	for _, t := range [...]time.Time{s.sendAt, s.detectAt, s.holdUntil} {
		if next.IsZero() || !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	s.next = next
	q := &s.m.queue
	switch {
	case next.IsZero() && s.index != notQueued:
		heap.Remove(q, s.index)
	case next.IsZero():
	case s.index == notQueued:
		heap.Push(q, s)
	default:
		heap.Fix(q, s.index)
	}
}
