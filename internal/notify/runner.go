package notify

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"keepalived/internal/script"
)

// Options are what all scripts of a process have in common.
type Options struct {
	Env    []string // default: os.Environ(). Without IFS, LD_PRELOAD and LD_LIBRARY_PATH in any case
	Hide   []string // further variables that scripts do not get
	Limits []Limit  // resource limits that differ from the daemon's
	// Server is the line to another process that starts the scripts, with its
	// own environment and limits; see Serve. nil: this process does it. It
	// belongs to the Runner.
	Server *os.File
	// Fork starts them here, where something else reaps the processes.
	Fork Fork
}

// Runner runs scripts: each in a process group of its own, as its user, with
// default signals, normal scheduling, /dev/null as input and output, and no
// descriptor of the daemon. A script gets SIGTERM when the daemon dies. Signals
// that the process ignores stay ignored in scripts, so the daemon must catch
// what it does not want.
type Runner struct {
	log     Log
	starter starter

	mu     sync.Mutex
	closed bool
	runs   map[*Run]struct{}
	idle   chan struct{} // closed when the last run of a closed Runner ends
}

// NewRunner returns a Runner that must be closed.
func NewRunner(log Log, o Options) (*Runner, error) {
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Fork == nil {
		o.Fork = forkHere
	}
	here := func() (*launcher, error) { return newLauncher(o.Env, o.Hide, o.Limits, o.Fork, nil) }
	r := &Runner{log: log, runs: map[*Run]struct{}{}, idle: make(chan struct{})}
	if o.Server != nil {
		r.starter = newRemote(o.Server, here)
		return r, nil
	}
	l, err := here()
	if err != nil {
		return nil, err
	}
	r.starter = l
	return r, nil
}

// Job is one execution of a script.
type Job struct {
	Command script.Command
	Name    string // of the script in messages; default: Argv[0]
	// Limit is how long the script may take, 0: for ever. Then its group gets
	// SIGTERM, after Grace SIGKILL, and again, until it is gone.
	Limit time.Duration
	// Grace is the time between SIGTERM and SIGKILL, default 2 s; negative: the
	// group gets SIGKILL at once.
	Grace time.Duration
	// Done gets the outcome, once, on a goroutine of the run. A script that even
	// SIGKILL does not end is reported as timed out while it is still there.
	Done func(Outcome)

	ended func() // called when the script is gone and Ended is closed
}

const (
	defaultGrace = 2 * time.Second
	killAgain    = 2 * time.Second // after the first SIGKILL
	killOften    = 10 * time.Second
)

// Run starts a job and returns at once. The result is nil if the Runner is
// closed.
func (r *Runner) Run(j Job) *Run {
	if j.Name == "" {
		j.Name = j.Command.Argv[0]
	}
	if j.Grace == 0 {
		j.Grace = defaultGrace
	}
	run := &Run{runner: r, job: j, started: make(chan struct{}), ended: make(chan struct{}), unwanted: make(chan struct{})}
	if !r.register(run) {
		return nil
	}
	run.limit()
	go run.carry()
	return run
}

func (r *Runner) register(run *Run) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.runs[run] = struct{}{}
	}
	return !r.closed
}

func (r *Runner) forget(run *Run) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, run)
	if r.closed && len(r.runs) == 0 {
		close(r.idle)
	}
}

// Close ends everything that runs, SIGTERM first, and waits until it is gone;
// at most for the bound, after which the rest gets SIGKILL. Outcomes are still
// reported.
func (r *Runner) Close(bound time.Duration) {
	running, first := r.shut()
	if !first {
		return
	}
	for _, run := range running {
		run.Terminate(bound)
	}
	waitFor(r.idle, bound+killWait)
	r.starter.close()
}

// killWait is how long the last SIGKILL may take to do its work.
const killWait = 250 * time.Millisecond

func (r *Runner) shut() (running []*Run, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, false
	}
	r.closed = true
	for run := range r.runs {
		running = append(running, run)
	}
	if len(running) == 0 {
		close(r.idle)
	}
	return running, true
}

// Running is how many jobs have not ended.
func (r *Runner) Running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.runs)
}

// explain logs why a command could not be executed and wraps the error.
func (r *Runner) explain(c script.Command, err error) error {
	file, _ := c.Exec()
	if errors.Is(err, errUnwanted) {
		return err
	}
	r.log.Alertf("Error exec-ing command '%s', error %d: %s", file, errnoOf(err), script.Strerror(err))
	return fmt.Errorf("executing %s: %w", file, err)
}

func errnoOf(err error) int {
	var number syscall.Errno
	errors.As(err, &number) // 0 if there is none
	return int(number)
}
