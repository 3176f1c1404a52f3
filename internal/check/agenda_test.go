package check

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever is put in and when, the earliest comes out first, and of those with
// the same time the one that was there first.
func TestAgenda(t *testing.T) {
	start := time.Now()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var a agenda
		order := map[*checker]int{}
		waiting := map[*checker]bool{}
		put := func() {
			c := new(checker)
			c.run.due = start.Add(time.Duration(r.IntN(20)) * beat)
			order[c], waiting[c] = len(order), true
			a.add(c)
		}
		for range 500 {
			if len(waiting) == 0 || r.IntN(5) > 1 {
				put()
				continue
			}
			due, ok := a.first()
			got := a.next()
			if !ok || !waiting[got] || !got.run.due.Equal(due) {
				t.Fatalf("seed %d: %v due at %v, it was to be %v", seed, ok, got.run.due, due)
			}
			for c := range waiting {
				if c.run.due.Before(due) || c.run.due.Equal(due) && order[c] < order[got] {
					t.Fatalf("seed %d: %d came before %d", seed, order[got], order[c])
				}
			}
			delete(waiting, got)
		}
		for range len(waiting) {
			a.next()
		}
		if _, ok := a.first(); ok || len(a.at) > 0 || a.size != 0 {
			t.Fatalf("seed %d: something is left", seed)
		}
	}
}
