package notify

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// remote has another process start the scripts. A process that has to be
// punctual must not do it: until the new process executes its program, which on
// a busy machine takes its time, the thread that waits for it holds up everybody
// who wants to stop the program for a moment, such as the garbage collector,
// and with that every other goroutine. When nobody is at the other end of the
// line any more, it does it nevertheless.
type remote struct {
	line *noteLine
	here func() (*launcher, error) // made when it is needed, once

	mu    sync.Mutex
	last  uint64
	runs  map[uint64]*remoteProcess
	gone  bool // nobody is at the other end
	local bool // here was called
}

// remoteProcess is a script that the other process has started, or is asked to.
type remoteProcess struct {
	remote  *remote
	id      uint64
	pid     int
	started chan error
	ended   chan Outcome
}

// errGone: nobody is at the other end of the line.
var errGone = errors.New("the process that starts scripts has ended")

func newRemote(server *os.File, here func() (*launcher, error)) *remote {
	r := &remote{runs: map[uint64]*remoteProcess{}}
	r.here = sync.OnceValues(func() (*launcher, error) {
		r.mu.Lock()
		r.local = true
		r.mu.Unlock()
		return here()
	})
	l, err := newNoteLine(server)
	if err != nil {
		r.gone = true
		return r
	}
	r.line = l
	go r.listen()
	return r
}

func (r *remote) start(c script.Command, cancelled <-chan struct{}) (Process, error) {
	p, err := r.ask(c, cancelled)
	if !errors.Is(err, errGone) || isClosed(cancelled) {
		return p, err
	}
	l, err := r.here()
	if err != nil {
		return nil, err
	}
	return l.start(c, cancelled)
}

func (r *remote) ask(c script.Command, cancelled <-chan struct{}) (Process, error) {
	if slices.ContainsFunc(append([]string{c.Path}, c.Argv...), func(s string) bool { return strings.Contains(s, "\x00") }) {
		return nil, unix.EINVAL // as execve would be told
	}
	if isClosed(cancelled) {
		return nil, errUnwanted
	}
	p, err := r.register()
	if err != nil {
		return nil, err
	}
	switch err := r.line.send(note{kind: askStart, id: p.id, command: c}); {
	case errors.Is(err, unix.E2BIG):
		r.forget(p.id)
		return nil, err
	case err != nil:
		r.forget(p.id)
		return nil, errGone
	}
	select {
	case err = <-p.started:
	case <-cancelled:
		p.tellEnd(unix.SIGKILL)
		err = <-p.started
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (r *remote) register() (*remoteProcess, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone {
		return nil, errGone
	}
	r.last++
	p := &remoteProcess{remote: r, id: r.last, started: make(chan error, 1), ended: make(chan Outcome, 1)}
	r.runs[p.id] = p
	return p, nil
}

func (r *remote) forget(id uint64) *remoteProcess {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.runs[id]
	delete(r.runs, id)
	return p
}

// listen hands out the answers until the line ends.
func (r *remote) listen() {
	for {
		n, err := r.line.recv()
		if err == errNote {
			continue
		}
		if err != nil {
			break
		}
		r.answer(n)
	}
	r.mu.Lock()
	runs := r.runs
	r.gone, r.runs = true, map[uint64]*remoteProcess{}
	r.mu.Unlock()
	for _, p := range runs {
		p.lost(errGone)
	}
}

func (r *remote) answer(n note) {
	r.mu.Lock()
	p := r.runs[n.id]
	if n.kind != tellStart || n.b != 0 {
		delete(r.runs, n.id)
	}
	r.mu.Unlock()
	if p == nil {
		return
	}
	switch n.kind {
	case tellStart:
		p.pid = int(n.a)
		if n.b != 0 {
			p.started <- syscall.Errno(n.b)
			return
		}
		p.started <- nil
	case tellCancel:
		p.started <- errUnwanted
	case tellEnd:
		p.ended <- Outcome{Status: int(n.a), Signal: int(n.b)}
	case tellLost:
		p.lost(errors.New("its end was not seen"))
	}
}

// lost ends all waiting for the script.
func (p *remoteProcess) lost(err error) {
	select {
	case p.started <- err:
	default: // told already
	}
	p.ended <- Outcome{Err: fmt.Errorf("waiting for process %d: %w", p.pid, err)}
}

func (r *remote) close() {
	if r.line != nil {
		r.line.file.Close()
	}
	r.mu.Lock()
	local := r.local
	r.mu.Unlock()
	if local {
		if l, err := r.here(); err == nil {
			l.close()
		}
	}
}

func (p *remoteProcess) Pid() int { return p.pid }

// End does not wait for the other process: this one may hold locks.
func (p *remoteProcess) End(sig syscall.Signal) {
	go p.tellEnd(sig)
}

// tellEnd waits for room. Where nobody listens any more the script has ended.
func (p *remoteProcess) tellEnd(sig syscall.Signal) {
	_ = p.remote.line.send(note{kind: askEnd, id: p.id, a: uint32(sig)})
}

func (p *remoteProcess) Wait() Outcome { return <-p.ended }
