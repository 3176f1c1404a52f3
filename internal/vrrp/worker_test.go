package vrrp

import (
	"fmt"
	"slices"
	"testing"
)

// chunks is a task of n steps that notes each of them.
type chunks struct {
	name  string
	n     int
	notes *[]string
	each  func(step int)
}

func (c *chunks) step() bool {
	c.n--
	*c.notes = append(*c.notes, fmt.Sprintf("%s%d", c.name, c.n))
	if c.each != nil {
		c.each(c.n)
	}
	return c.n == 0
}

// runAll runs the worker on this goroutine until everything is done.
func runAll(w *worker) {
	w.stop()
	w.run()
}

func TestWorkerServesKeysInTurn(t *testing.T) {
	var got []string
	w := newWorker()
	w.add(1, &chunks{name: "a", n: 3, notes: &got})
	w.add(1, &chunks{name: "b", n: 1, notes: &got})
	w.add(2, &chunks{name: "c", n: 2, notes: &got})
	runAll(w)
	want := []string{"a2", "c1", "a1", "c0", "a0", "b0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWorkerDropsTheRestOfARunningTask(t *testing.T) {
	var got []string
	w := newWorker()
	w.add(1, &chunks{name: "a", n: 5, notes: &got, each: func(left int) {
		if left == 3 {
			w.drop(1, func(task) bool { return true })
			w.add(1, &chunks{name: "z", n: 1, notes: &got})
		}
	}})
	w.add(1, &chunks{name: "b", n: 1, notes: &got})
	w.add(2, taskFunc(func() { got = append(got, "other") }))
	runAll(w)
	want := []string{"a4", "other", "a3", "z0"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWorkerStopDoesWhatWasAdded(t *testing.T) {
	w := newWorker()
	go w.run()
	done := make(chan int, 100)
	for i := range 100 {
		w.add(i%7, taskFunc(func() { done <- i }))
	}
	w.stop()
	<-w.idle
	if len(done) != 100 {
		t.Errorf("%d of 100 tasks done", len(done))
	}
}

// The kernel takes some tens of milliseconds to remove an interface: others have their turn
// between two of them.
func TestDevicesAreRemovedOneAtATime(t *testing.T) {
	l := &loop{worker: newWorker(), links: newLinkTable(), devices: newDeviceTable()}
	l.devices.wanted = []device{{name: "vrrp.1"}, {name: "vrrp.2"}, {name: "vrrp.3"}}
	l.wantDevices(nil)
	const others = 2 // the rules, and whose the devices are
	if n := len(l.worker.queues[devicesKey]); n != 3+others {
		t.Errorf("%d steps, want %d", n, 3+others)
	}
}
