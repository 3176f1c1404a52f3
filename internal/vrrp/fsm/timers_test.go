package fsm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTimerHeap compares the heap with a sorted list over random operations.
func TestTimerHeap(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	timers := make([]*timer, 50)
	for k := range timers {
		timers[k] = newInstance(InstanceID(k)).timer(timerMain)
	}
	var h timerHeap
	for range 20000 {
		tm := timers[rng.IntN(len(timers))]
		if rng.IntN(3) == 0 {
			h.cancel(tm)
		} else {
			h.set(tm, instant(rng.IntN(100)))
		}
		var running []*timer
		for _, tm := range timers {
			if tm.running() {
				running = append(running, tm)
			}
		}
		if len(running) != len(h) {
			t.Fatalf("%d timers run, the heap has %d", len(running), len(h))
		}
		if len(running) == 0 {
			continue
		}
		first := slices.MinFunc(running, func(a, b *timer) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		if h.first() != first {
			t.Fatalf("first is %d at %d, want %d at %d", h.first().inst.id, h.first().at, first.inst.id, first.at)
		}
	}
}
