package notify

import (
	"sync"
	"sync/atomic"
	"time"

	"keepalived/internal/script"
)

// FIFOOptions is a configured notify FIFO.
type FIFOOptions struct {
	Path string
	UID  uint32 // owner, if it is created
	GID  uint32
	// Script is started with the path as its last argument. May be unset.
	Script script.Command
	// Kind is "vrrp " or "lvs " in messages, "" for the FIFO of both.
	Kind string
	// Process is "vrrp" or "lvs": which daemon says that the script has ended.
	Process string
}

func (o FIFOOptions) equal(p FIFOOptions) bool {
	return o.Path == p.Path && o.UID == p.UID && o.GID == p.GID && o.Kind == p.Kind && o.Script.Equal(p.Script)
}

// FIFO writes notification lines to a named pipe. A line for which the pipe has
// no room is lost, and counted.
type FIFO struct {
	runner  *Runner
	log     Log
	options FIFOOptions

	lines chan string
	again chan struct{} // the script is to be started if it has ended
	stop  func()
	quit  chan struct{} // closed by stop
	gone  chan struct{} // closed when everything is cleaned up

	written atomic.Uint64
	lost    atomic.Uint64
}

// maxLines wait for a FIFO that is still being opened.
const maxLines = 1024

// OpenFIFO creates the FIFO if needed, opens it and starts its script, all of it
// in the background. It is removed at the end if it was created.
func OpenFIFO(r *Runner, log Log, o FIFOOptions) *FIFO {
	f := newFIFO(r, log, o)
	go f.serve()
	return f
}

func newFIFO(r *Runner, log Log, o FIFOOptions) *FIFO {
	f := &FIFO{
		runner: r, log: log, options: o,
		lines: make(chan string, maxLines),
		again: make(chan struct{}, 1),
		quit:  make(chan struct{}),
		gone:  make(chan struct{}),
	}
	f.stop = sync.OnceFunc(func() { close(f.quit) })
	return f
}

// Write queues one line, which ends with a newline. It never waits.
func (f *FIFO) Write(line string) {
	select {
	case f.lines <- line:
	default:
		f.lost.Add(1)
	}
}

// Count is how many lines were written and how many were lost.
func (f *FIFO) Count() (written, lost uint64) { return f.written.Load(), f.lost.Load() }

// Reload returns the FIFO for a new configuration: the same one with its reader
// undisturbed if nothing has changed, else a new one that is opened when this one
// is gone. A script that has ended is started again. It does not wait.
func (f *FIFO) Reload(o FIFOOptions) *FIFO {
	if f.options.equal(o) {
		poke(f.again)
		return f
	}
	f.Stop()
	next := newFIFO(f.runner, f.log, o)
	go func() {
		waitFor(f.gone, takeOver)
		next.serve()
	}()
	return next
}

// takeOver is how long a new FIFO waits for the old one's script to end.
const takeOver = 3 * time.Second

// Stop begins to close the FIFO: what is queued is written, the FIFO removed,
// the script ended. The script sees the end of its input first and gets a signal
// only if it does not end then.
func (f *FIFO) Stop() { f.stop() }

// Close is Stop, and waits for the end, at most for the bound.
func (f *FIFO) Close(bound time.Duration) {
	f.Stop()
	waitFor(f.gone, bound)
}

// eofGrace is how long a script may take to see the end of its input.
const eofGrace = 300 * time.Millisecond

// serve is the goroutine of the FIFO.
func (f *FIFO) serve() {
	defer close(f.gone)
	p, err := openPipe(f.options)
	if err != nil {
		f.log.Infof("%s", err)
	}
	if p == nil {
		return
	}
	reader := f.startScript(nil)
	w := pipeWriter{fifo: f, fd: p.fd}
	for open := true; open; {
		select {
		case line := <-f.lines:
			w.write(line)
		case <-f.again:
			reader = f.startScript(reader)
		case <-f.quit:
			open = false
		}
	}
	for len(f.lines) > 0 {
		w.write(<-f.lines)
	}
	p.remove(f.options.Path)
	endReader(reader)
}

// startScript starts the reader unless it is still there.
func (f *FIFO) startScript(current *Run) *Run {
	if !f.options.Script.IsSet() || current != nil && !isClosed(current.Ended()) {
		return current
	}
	return f.runner.Run(Job{
		Command: f.options.Script.With(f.options.Path),
		Done: func(Outcome) {
			// One that is ended by us is no news.
			if !isClosed(f.quit) {
				f.log.Infof("%s notify fifo script terminated", f.options.Process)
			}
		},
	})
}

// endReader lets a script read to the end, then terminates it.
func endReader(reader *Run) {
	if reader == nil {
		return
	}
	if !waitFor(reader.Ended(), eofGrace) {
		reader.Terminate(stopGrace)
		<-reader.Ended()
	}
}
