package notify

import (
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Run is one execution of a script.
type Run struct {
	runner  *Runner
	job     Job
	started chan struct{} // closed when the script executes, or never will
	ended   chan struct{} // closed when it has ended and was reported

	mu       sync.Mutex
	process  Process // nil before it executes
	phase    phase
	ending   bool          // it is to end, whatever its phase
	unwanted chan struct{} // closed when ending
	expired  bool          // its limit has passed
	reported bool
	timer    *time.Timer // limit, then the next signal
	until    time.Time   // end of the limit
}

// phase is where a run is between its request and its end.
type phase int

const (
	waiting phase = iota // for its file
	asking               // for somebody to execute it
	running
	asked  // SIGTERM was sent
	killed // SIGKILL was sent
	stuck  // and did not help
	over
)

// Started is closed when the script executes, or when it will not any more.
func (r *Run) Started() <-chan struct{} { return r.started }

// Ended is closed when the script has ended and its outcome was reported.
func (r *Run) Ended() <-chan struct{} { return r.ended }

// Pid is the number of the process and of its group, 0 before it executes.
func (r *Run) Pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return 0
	}
	return r.process.Pid()
}

// BeingEnded says whether the script has been told to end.
func (r *Run) BeingEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ending
}

func (r *Run) activity() Activity {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.phase == killed || r.phase == stuck:
		return Forcing
	case r.ending:
		return Ending
	}
	return Running
}

// Terminate ends the script: SIGTERM now, SIGKILL when grace has passed, at once
// if it is 0. A script that does not execute yet never will. It does not wait.
func (r *Run) Terminate(grace time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job.Grace = grace
	r.end()
}

// carry is the life of a run.
func (r *Run) carry() {
	out := r.execute()
	r.mu.Lock()
	r.phase = over
	if r.timer != nil {
		r.timer.Stop()
	}
	if r.expired && (out.Signal != 0 || out.Err != nil) {
		// One that has ended by itself has told what it found out: perhaps
		// whoever sees the ends of scripts was late.
		out = Outcome{TimedOut: true}
	}
	r.mu.Unlock()
	r.report(out)
	close(r.ended)
	if r.job.ended != nil {
		r.job.ended()
	}
	r.runner.forget(r)
}

func (r *Run) execute() Outcome {
	warm(r.job.Command)
	r.mu.Lock()
	r.phase = asking
	r.mu.Unlock()
	p, err := startPatiently(r.runner.starter, r.job.Command, r.unwanted)
	if err != nil {
		close(r.started)
		return Outcome{Err: r.runner.explain(r.job.Command, err)}
	}
	r.adopt(p)
	close(r.started)
	return p.Wait()
}

// adopt makes the process known, and ends it if that was asked for meanwhile.
func (r *Run) adopt(p Process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.process, r.phase = p, running
	switch {
	case r.ending:
		r.end()
	case r.timer != nil:
		r.count()
	}
}

func (r *Run) report(out Outcome) {
	r.mu.Lock()
	first := !r.reported
	r.reported = true
	r.mu.Unlock()
	if first && r.job.Done != nil {
		r.job.Done(out)
	}
}

// limit starts the clock. It runs from the request on, so that a script on a
// disk that does not answer times out like any other, and anew from the start:
// how long a busy machine takes for that says nothing about the script.
func (r *Run) limit() {
	if r.job.Limit <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count()
}

// count gives the script its limit from now on. The caller holds mu.
func (r *Run) count() {
	r.until = time.Now().Add(r.job.Limit)
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(r.job.Limit, r.expire)
}

func (r *Run) expire() {
	r.mu.Lock()
	if time.Now().Before(r.until) {
		r.mu.Unlock()
		return // it has started meanwhile
	}
	before := r.phase
	if r.phase != over {
		r.expired = true
		r.end()
	}
	r.mu.Unlock()
	switch before {
	case waiting:
		r.report(Outcome{TimedOut: true})
	case asking: // which says nothing about the script
		r.report(Outcome{Err: errNotStarted})
	}
}

// errNotStarted: the limit of a script has passed while whoever starts it was
// not yet done.
var errNotStarted = errors.New("not started in time")

// end sends the first signal, or brings the next one forward. The caller holds mu.
func (r *Run) end() {
	if !r.ending {
		r.ending = true
		close(r.unwanted)
	}
	switch {
	case r.phase != running && r.phase != asked:
		return
	case r.job.Grace <= 0:
		r.kill()
		return
	case r.phase == running:
		r.process.End(unix.SIGTERM)
		r.phase = asked
	}
	r.insistAfter(r.job.Grace)
}

func (r *Run) kill() {
	r.process.End(unix.SIGKILL)
	r.phase = killed
	r.insistAfter(killAgain)
}

func (r *Run) insistAfter(d time.Duration) {
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(d, r.insist)
}

// insist follows a signal that has not helped.
func (r *Run) insist() {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.phase {
	case asked:
		r.kill()
	case killed:
		r.phase = stuck
		go r.giveUp(r.process.Pid())
		fallthrough
	case stuck:
		r.process.End(unix.SIGKILL)
		r.insistAfter(killOften)
	}
}

// giveUp reports a script that hangs in the kernel: nobody waits for its outcome
// any longer.
func (r *Run) giveUp(pid int) {
	r.runner.log.Infof("Script %s child (PID %d) failed to terminate after kill", r.job.Name, pid)
	r.mu.Lock()
	out := Outcome{TimedOut: r.expired}
	if !r.expired {
		out.Err = errUnwanted
	}
	r.mu.Unlock()
	r.report(out)
}
