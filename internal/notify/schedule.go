package notify

import (
	"sync"
	"time"

	"keepalived/internal/script"
)

// Periodic is a script that is asked again and again.
type Periodic struct {
	Name     string
	Command  script.Command
	Interval time.Duration // between starts, more than 0
	Timeout  time.Duration // default: Interval
	// Delay is the time before the first start: what a caller chooses at random
	// to spread many scripts.
	Delay time.Duration
	// Report gets every outcome, one at a time, on a goroutine of the run. One
	// may still be under way when Stop returns.
	Report func(Outcome)
}

// Schedule starts a script at fixed times. It costs no goroutine while the
// script does not run.
type Schedule struct {
	runner *Runner
	job    Periodic

	mu      sync.Mutex
	next    time.Time // of the current or next start
	timer   *time.Timer
	current *Run
	skipped bool // already logged for the current run
	stopped bool
}

// Every starts a schedule.
func (r *Runner) Every(p Periodic) *Schedule {
	if p.Timeout <= 0 {
		p.Timeout = p.Interval
	}
	s := &Schedule{runner: r, job: p, next: time.Now().Add(p.Delay)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = time.AfterFunc(p.Delay, s.tick)
	return s
}

// Stop ends the schedule and the script, which gets SIGTERM and 1 s later
// SIGKILL. It does not wait.
func (s *Schedule) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.timer.Stop()
	if s.current != nil {
		s.current.Terminate(stopGrace)
	}
}

// Activity is what a schedule's script is doing.
type Activity string

// The activities, by the names that the data dump has for them.
const (
	Idle    Activity = "idle"
	Running Activity = "running"
	Ending  Activity = "requested termination" // told to end
	Forcing Activity = "forcing termination"   // being killed
)

// Activity says what the script is doing now.
func (s *Schedule) Activity() Activity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return Idle
	}
	return s.current.activity()
}

// stopGrace is the time between SIGTERM and SIGKILL at a reload or stop.
const stopGrace = time.Second

func (s *Schedule) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	s.next = following(s.next, time.Now(), s.job.Interval)
	s.timer.Reset(time.Until(s.next))
	if s.current != nil {
		s.skip()
		return
	}
	s.skipped = false
	s.current = s.runner.Run(Job{
		Command: s.job.Command, Name: s.job.Name, Limit: s.job.Timeout, Done: s.report, ended: s.free,
	})
}

// following is the first regular start after now. Starts that were missed, say
// because the machine slept, are not made up for.
func following(last, now time.Time, interval time.Duration) time.Time {
	next := last.Add(interval)
	if late := now.Sub(next); late >= 0 {
		next = next.Add(late - late%interval + interval)
	}
	return next
}

// skip says so once per run: a script that hangs would fill the log.
func (s *Schedule) skip() {
	if s.skipped {
		return
	}
	s.skipped = true
	state := "already running"
	if s.current.BeingEnded() {
		state = "being timed out"
	}
	s.runner.log.Infof("Track script %s is %s, expect idle - skipping run", s.job.Name, state)
}

func (s *Schedule) report(out Outcome) {
	s.mu.Lock()
	stopped := s.stopped
	s.mu.Unlock()
	if !stopped {
		s.job.Report(out)
	}
}

// free makes the schedule ready for the next start.
func (s *Schedule) free() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
}
