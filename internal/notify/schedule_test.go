package notify

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"keepalived/internal/script"
)

func TestScheduleRepeats(t *testing.T) {
	noLeaks(t)
	r, _ := newRunner(t, Options{})
	outs := make(chan Outcome, 100)
	s := r.Every(Periodic{Name: "chk", Command: shellScript(t, "exit 3"), Interval: 20 * time.Millisecond, Timeout: time.Minute, Report: func(o Outcome) { outs <- o }})
	for range 5 {
		if o := <-outs; o.Status != 3 {
			t.Fatalf("outcome %+v", o)
		}
	}
	s.Stop()
	s.Stop() // harmless
}

// TestScheduleDoesNotPileUp: one that hangs is skipped, said once, and timed out.
func TestScheduleDoesNotPileUp(t *testing.T) {
	r, log := newRunner(t, Options{})
	count := filepath.Join(t.TempDir(), "count")
	outs := make(chan Outcome, 100)
	s := r.Every(Periodic{
		Name: "chk", Command: shellScript(t, "echo start >>"+count+"; sleep 100"),
		Interval: 10 * time.Millisecond, Timeout: 300 * time.Millisecond, Report: func(o Outcome) { outs <- o },
	})
	defer s.Stop()
	const text = "Track script chk is already running, expect idle - skipping run"
	eventually(t, "skipped", func() bool { return log.count(text) > 0 })
	if o := <-outs; !o.TimedOut {
		t.Errorf("outcome %+v", o)
	}
	if n := strings.Count(read(t, count), "start"); n > 2 || log.count(text) > 2 {
		t.Errorf("%d starts in one timeout, log:\n%s", n, log.text())
	}
}

func TestScheduleSaysBeingTimedOut(t *testing.T) {
	r, log := newRunner(t, Options{})
	s := r.Every(Periodic{
		Name: "chk", Command: shellScript(t, "trap '' TERM; while :; do sleep 1; done"),
		Interval: 300 * time.Millisecond, Timeout: 100 * time.Millisecond, Report: func(Outcome) {},
	})
	defer s.Stop()
	eventually(t, "skipped", func() bool {
		return log.count("Track script chk is being timed out, expect idle - skipping run") == 1
	})
}

func TestScheduleDelay(t *testing.T) {
	r, _ := newRunner(t, Options{})
	begin := time.Now()
	outs := make(chan Outcome, 100)
	s := r.Every(Periodic{Name: "chk", Command: shellScript(t, ""), Interval: time.Minute, Delay: 100 * time.Millisecond, Report: func(o Outcome) { outs <- o }})
	defer s.Stop()
	<-outs
	if took := time.Since(begin); took < 100*time.Millisecond {
		t.Errorf("first start after %s", took)
	}
}

func TestScheduleStopEndsScript(t *testing.T) {
	noLeaks(t)
	r, _ := newRunner(t, Options{})
	pid := filepath.Join(t.TempDir(), "pid")
	var reports atomic.Int32
	s := r.Every(Periodic{Name: "chk", Command: shellScript(t, "echo $$ >"+pid+"; sleep 100"), Interval: time.Minute, Report: func(Outcome) { reports.Add(1) }})
	eventually(t, "it runs", func() bool { return strings.HasSuffix(read(t, pid), "\n") })
	s.Stop()
	eventually(t, "it is gone", func() bool { return r.Running() == 0 })
	if reports.Load() != 0 {
		t.Error("an outcome was reported after Stop")
	}
}

// TestManySchedules: 200 scripts due at once, and nothing that turns while none
// is due.
func TestManySchedules(t *testing.T) {
	noLeaks(t)
	r, _ := newRunner(t, Options{})
	const n = 200
	before := runtime.NumGoroutine()
	outs := make(chan Outcome, n)
	var all []*Schedule
	for i := range n {
		all = append(all, r.Every(Periodic{
			Name: fmt.Sprint("chk", i), Command: script.Command{Argv: []string{"/bin/sleep", "0.2"}},
			Interval: time.Hour, Report: func(o Outcome) { outs <- o },
		}))
	}
	for range n {
		if o := <-outs; !o.OK() {
			t.Errorf("outcome %+v", o)
		}
	}
	eventually(t, "no goroutine per idle schedule", func() bool { return runtime.NumGoroutine() <= before })
	if threads := len(threads(t)); threads > 50 {
		t.Errorf("%d scripts at once needed %d threads", n, threads)
	}
	for _, s := range all {
		s.Stop()
	}
}
