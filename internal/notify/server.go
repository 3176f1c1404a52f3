package notify

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"keepalived/internal/script"
)

// server starts scripts for the Runner of another process.
type server struct {
	line  *noteLine
	fork  Fork
	enter func() error
	log   Log

	launcher func() (*launcher, error) // made with the first script

	mu   sync.Mutex
	runs map[uint64]*served
	made *launcher
}

// served is a script that was asked for.
type served struct {
	cancelled chan struct{}
	process   Process        // nil before it executes
	signal    syscall.Signal // that it is to get then; 0: none
}

// Serve starts the scripts of the Runner at the other end of the line, until
// that end is closed; what still runs then gets SIGTERM. enter prepares the
// thread that starts them and may be nil. It closes the line.
func Serve(conn *os.File, fork Fork, enter func() error, log Log) {
	s, err := newServer(conn, fork, enter, log)
	if err != nil {
		log.Infof("Starting scripts for another process: %v", err)
		conn.Close()
		return
	}
	s.serve()
}

func newServer(conn *os.File, fork Fork, enter func() error, log Log) (*server, error) {
	l, err := newNoteLine(conn)
	s := &server{line: l, fork: fork, enter: enter, log: log, runs: map[uint64]*served{}}
	s.launcher = sync.OnceValues(s.launch)
	return s, err
}

func (s *server) serve() {
	defer s.close()
	for {
		n, err := s.line.recv()
		if err == errNote {
			s.log.Infof("Starting scripts for another process: %v", err)
			continue
		}
		if err != nil {
			return
		}
		switch n.kind {
		case askStart:
			x := s.register(n.id)
			go s.run(n.id, x, n.command)
		case askEnd:
			s.end(n.id, syscall.Signal(n.a))
		}
	}
}

func (s *server) launch() (*launcher, error) {
	l, err := newLauncher(os.Environ(), nil, nil, s.fork, s.enter)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = l
	return l, err
}

func (s *server) close() {
	s.line.file.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made != nil {
		s.made.close()
	}
}

func (s *server) register(id uint64) *served {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &served{cancelled: make(chan struct{})}
	s.runs[id] = x
	return x
}

// run is the life of a script. The Runner has looked at its file already.
func (s *server) run(id uint64, x *served, c script.Command) {
	out := s.started(id, x, c)
	s.tell(out)
	if out.kind != tellStart || out.b != 0 {
		s.forget(id)
		return
	}
	end := x.process.Wait()
	s.forget(id)
	if end.Err != nil {
		s.tell(note{kind: tellLost, id: id})
		return
	}
	s.tell(note{kind: tellEnd, id: id, a: uint32(end.Status), b: uint32(end.Signal)})
}

// started starts the script and returns what is to be told.
func (s *server) started(id uint64, x *served, c script.Command) note {
	l, err := s.launcher()
	var p Process
	if err == nil {
		p, err = l.start(c, x.cancelled)
	}
	switch {
	case errors.Is(err, errUnwanted):
		return note{kind: tellCancel, id: id}
	case err != nil:
		return note{kind: tellStart, id: id, b: uint32(number(err))}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x.process = p
	if x.signal != 0 {
		p.End(x.signal)
	}
	return note{kind: tellStart, id: id, a: uint32(p.Pid())}
}

// number is the error number of a start that has failed, never 0.
func number(err error) syscall.Errno {
	if n := syscall.Errno(errnoOf(err)); n != 0 {
		return n
	}
	return syscall.EIO
}

func (s *server) forget(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, id)
}

func (s *server) end(id uint64, sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.runs[id]
	switch {
	case x == nil:
	case x.process != nil:
		x.process.End(sig)
	default:
		if x.signal == 0 {
			close(x.cancelled)
		}
		x.signal = sig
	}
}

// tell waits for room; a Runner that is gone is noticed by whoever receives.
func (s *server) tell(n note) { _ = s.line.send(n) }
