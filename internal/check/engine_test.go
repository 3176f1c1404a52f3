package check

import (
	"testing"
	"time"
)

// Sockets are looked at also by a loop that is always late.
func TestEngineLate(t *testing.T) {
	needNamespace(t)
	e, err := newEngine()
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	e.bell.ring()
	e.turn(time.Now().Add(-time.Second))
	if e.ready != 1 || e.bell.rung {
		t.Errorf("%d events, and the bell was not heard: %v", e.ready, e.bell.rung)
	}
	e.turn(time.Now().Add(-time.Second))
	if e.ready != 0 {
		t.Errorf("%d events where there are none", e.ready)
	}
	rung := make(chan struct{})
	go func() {
		defer close(rung)
		e.bell.ring()
	}()
	for e.ready == 0 {
		e.turn(never)
	}
	<-rung
}
