package dbus

import (
	"net"
	"slices"
	"sync"
	"time"
)

// Log is where the service says what happens to it; its methods do not wait.
type Log interface {
	Infof(format string, args ...any)
}

// Actions are what clients may ask for. They are called by goroutines of the
// service and return when it has been done, or with what failed.
type Actions struct {
	PrintData       func() error
	PrintStats      func() error
	PrintStatsClear func() error
	Reload          func() error
	SendGARP        func(instance string) error
}

// Service shows instances on the bus. Its methods never wait for the bus.
type Service struct {
	log     Log
	actions Actions
	calls   chan struct{} // taken by calls that are being carried out
	wake    chan struct{}
	ended   chan struct{}

	mu      sync.Mutex
	running bool
	closed  bool
	config  *Config // nil: switched off
	table   *table
	online  bool     // the name is ours: what happens is signalled
	queue   []signal // that were not sent yet
	flooded bool     // queue overflowed: states are sent again instead
	wire    net.Conn // nil: none
}

// signal is a signal to be sent.
type signal struct {
	path, iface, member string
	values              []any
}

const (
	// maxQueue bounds what waits for a bus that does not read.
	maxQueue = 1024
	// maxCalls is how many requests of clients are carried out at a time.
	maxCalls = 4
)

// New returns a service that is switched off.
func New(log Log, a Actions) *Service {
	return &Service{
		log: log, actions: a, calls: make(chan struct{}, maxCalls),
		wake: make(chan struct{}, 1), ended: make(chan struct{}), table: &table{},
	}
}

// Configure says what is shown from now on; a nil config switches the service
// off. An instance that was shown before under the same path keeps its state,
// which only Changed changes.
func (s *Service) Configure(c *Config, instances []Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || c == nil && !s.running {
		return
	}
	old := s.config
	s.config = c
	if c != nil {
		next := newTable(c, instances, s.table, s.log)
		if old != nil {
			s.table.logGone(next, s.log)
		}
		s.table = next
	}
	if c != nil && old != nil && *c == *old {
		s.send(signal{path: c.processPath(), iface: processInterface, member: "VrrpReloaded"})
	}
	if !s.running {
		s.running = true
		go s.run()
	}
	s.poke()
}

// Changed says that an instance has entered a state.
func (s *Service) Changed(in Instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.config == nil || s.closed {
		return
	}
	path := s.config.instancePath(&in)
	s.table.set(path, in)
	s.send(changed(path, in.State))
}

func changed(path string, state State) signal {
	return signal{path, instanceInterface, "VrrpStatusChange", []any{uint32(state)}}
}

// send queues a signal. The caller holds mu.
func (s *Service) send(x signal) {
	switch {
	case !s.online || s.flooded:
		return
	case len(s.queue) == maxQueue:
		s.queue, s.flooded = nil, true
	default:
		s.queue = append(s.queue, x)
	}
	s.poke()
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Close says good-bye and ends the service. It waits for the bus no longer than
// the bound.
func (s *Service) Close(bound time.Duration) {
	s.mu.Lock()
	s.closed = true
	running := s.running
	s.mu.Unlock()
	if !running {
		return
	}
	s.poke()
	select {
	case <-s.ended:
		return
	case <-time.After(bound):
	}
	s.mu.Lock()
	if s.wire != nil {
		s.wire.Close() // ends what waits for it
	}
	s.mu.Unlock()
}

// pending takes what is to be sent.
func (s *Service) pending() []signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.queue
	s.queue = nil
	if s.flooded && s.online {
		s.flooded = false
		out = s.table.states()
	}
	return out
}

// wanted is the configuration to be served, nil for none.
func (s *Service) wanted() (c *Config, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, true
	}
	return s.config, false
}

// goOnline begins to signal what happens: first that there is something, then
// the state of every instance.
func (s *Service) goOnline(c *Config) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.online, s.flooded = true, false
	s.queue = slices.Concat([]signal{{path: c.processPath(), iface: processInterface, member: "VrrpStarted"}}, s.table.states())
	s.poke()
}

func (s *Service) goOffline() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.online, s.queue, s.flooded = false, nil, false
}

func (s *Service) isOnline() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.online
}

func (s *Service) setWire(w net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wire = w
}
