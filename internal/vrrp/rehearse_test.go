package vrrp

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
	"keepalived/internal/poller"
	"keepalived/internal/vrrp/fsm"
)

// countingKernel refuses everything and counts.
type countingKernel struct{ requests int }

func (k *countingKernel) Do(r []netif.Request) []error {
	k.requests += len(r)
	errs := make([]error, len(r))
	for i := range errs {
		errs[i] = unix.ENODEV
	}
	return errs
}

// TestApproach: a wait ends early enough to rehearse, once for each deadline.
func TestApproach(t *testing.T) {
	start := time.Now()
	m := fsm.New(fsm.Config{Instances: []fsm.Instance{{Name: "VI", Version: 3, Priority: 100, AdvertInt: time.Minute, Source: netip.MustParseAddr("192.0.2.1")}}}, start)
	m.Start(start)
	kernel := &countingKernel{}
	l := &loop{machine: m, worker: newWorker(), kernel: kernelSide{writer: kernel, announcer: noNetwork{}}}

	far := time.Now().Add(time.Hour)
	if until, exact := l.approach(far); exact || !until.Equal(far.Add(-warmUp)) {
		t.Errorf("an hour before: waits until %v before the deadline, exact %v", far.Sub(until), exact)
	}
	near := time.Now().Add(poller.Lead)
	for range 3 {
		if until, exact := l.approach(near); !exact || !until.Equal(near) {
			t.Errorf("near: waits until %v before the deadline, exact %v", near.Sub(until), exact)
		}
	}
	l.approach(near.Add(time.Nanosecond))
	l.worker.stop()
	l.worker.run()
	if kernel.requests != 2 {
		t.Errorf("%d rehearsals of the worker for two deadlines", kernel.requests)
	}
}
