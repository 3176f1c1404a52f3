package check

import "container/heap"

// agenda is the checkers that wait for their time, the first one first.
type agenda []*checker

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].run.due.Before(a[j].run.due) }
func (a agenda) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].run.index, a[j].run.index = i, j
}

// Push implements heap.Interface.
func (a *agenda) Push(x any) {
	c := x.(*checker)
	c.run.index = len(*a)
	*a = append(*a, c)
}

// Pop implements heap.Interface.
func (a *agenda) Pop() any {
	old := *a
	c := old[len(old)-1]
	old[len(old)-1] = nil
	*a = old[:len(old)-1]
	return c
}

func (a *agenda) add(c *checker) { heap.Push(a, c) }

func (a *agenda) next() *checker { return heap.Pop(a).(*checker) }
