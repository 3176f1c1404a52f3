package netif

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Options say what a Monitor watches and List lists besides links and
// addresses.
type Options struct {
	Routes bool
	// RouteProtocol limits routes to those of one origin, so that a full table
	// of a routing daemon costs nothing; 0 means Protocol.
	RouteProtocol uint8
	Rules         bool
	// OwnAdditions is the port of a Writer whose additions of IPv4 addresses
	// are not reported: whoever has it knows of them, and being woken for each
	// takes longer than adding it. 0 is none.
	OwnAdditions uint32
	// ReceiveBuffer is the size of the socket's buffer in bytes; 0 is room
	// for a large takeover, where that is permitted. Above net.core.rmem_max it needs Force.
	ReceiveBuffer int
	// Force uses the privilege to exceed net.core.rmem_max.
	Force bool
}

func (o Options) routeProtocol() uint8 {
	if o.RouteProtocol == 0 {
		return Protocol
	}
	return o.RouteProtocol
}

func (o Options) groups() uint32 {
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR)
	if o.Routes {
		groups |= unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE
	}
	if o.Rules {
		groups |= unix.RTMGRP_IPV4_RULE | 1<<(unix.RTNLGRP_IPV6_RULE-1)
	}
	return groups
}

// Monitor watches the kernel through one socket, so that events of all kinds
// keep their order.
type Monitor struct {
	options Options
	socket  *socket
	file    *os.File // owns the socket's descriptor

	mu     sync.Mutex
	lister *socket // nil after Close

	pending []Event // read while the first snapshot was taken
	lost    bool    // events were lost since the last snapshot
}

// Open starts to watch, then lists what there is. The events that Run delivers
// continue from the snapshot; one that tells what the snapshot already holds is
// possible while the kernel's state changes without pause.
func Open(o Options) (*Monitor, Snapshot, error) {
	s, err := openSocket(o.groups())
	if err != nil {
		return nil, Snapshot{}, err
	}
	m := &Monitor{options: o, socket: s}
	if err := m.prepare(); err != nil {
		s.close()
		return nil, Snapshot{}, err
	}
	if m.file, err = s.pollable(); err != nil {
		s.close()
		return nil, Snapshot{}, err
	}
	if m.lister, err = openLister(); err != nil {
		m.file.Close()
		return nil, Snapshot{}, err
	}
	snap, pending, err := m.settle()
	if err != nil {
		m.Close()
		return nil, Snapshot{}, err
	}
	m.pending = pending
	return m, snap, nil
}

// roomForEvents is the receive buffer when none is asked for: events of a
// takeover with thousands of addresses fit, and need not be listed again. It is
// used only as far as events wait.
const roomForEvents = 4 << 20

func (m *Monitor) prepare() error {
	if size := m.options.ReceiveBuffer; size > 0 {
		if err := m.socket.setReceiveBuffer(size, m.options.Force); err != nil {
			return err
		}
	} else {
		_ = unix.SetsockoptInt(m.socket.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, roomForEvents)
	}
	if !m.options.Routes && m.options.OwnAdditions == 0 {
		return nil
	}
	if err := attachFilter(m.socket.fd, m.options.routeProtocol(), m.options.OwnAdditions); err != nil {
		return fmt.Errorf("filtering events: %w", err)
	}
	return nil
}

// Run delivers events to f from the calling goroutine until Close, then returns
// nil; any other error means that nothing is watched any more, after many tries.
// f must not call into this package's blocking functions and should return soon:
// what the kernel cannot queue meanwhile costs a Resync.
func (m *Monitor) Run(f func(Event)) error {
	for _, ev := range m.pending {
		f(ev)
	}
	m.pending = nil
	for failures := 0; ; {
		var err error
		if m.lost {
			err = m.resync(f)
		} else {
			err = m.next(f)
		}
		switch {
		case err == nil:
			failures = 0
		case isLoss(err):
			m.lost = true
		case m.isClosed():
			return nil
		case failures == maxFailures:
			return fmt.Errorf("reading from rtnetlink: %w", err)
		default:
			failures++
			m.repair()
		}
	}
}

// Nobody sees interfaces any more when Run gives up, so it takes many errors in a
// row: the kernel may be short of memory for a while.
const (
	maxFailures   = 100
	failuresPause = 100 * time.Millisecond
)

// repair prepares another try after an error: with a new socket for lists, since
// one may have been left in the middle.
func (m *Monitor) repair() {
	time.Sleep(failuresPause)
	m.lost = true
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lister == nil {
		return
	}
	if s, err := openLister(); err == nil {
		m.lister.close()
		m.lister = s
	}
}

// Close ends Run; it may be called from any goroutine and more than once.
func (m *Monitor) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lister != nil {
		m.lister.close()
		m.lister = nil
		m.file.Close()
	}
}

func (m *Monitor) isClosed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lister == nil
}

func (m *Monitor) list() (Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lister == nil {
		return Snapshot{}, os.ErrClosed
	}
	return m.lister.list(m.options)
}

// next waits for one datagram and delivers its events.
func (m *Monitor) next(f func(Event)) error {
	conn, err := m.file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	err = conn.Read(func(uintptr) bool {
		result = m.read(f)
		return !errors.Is(result, unix.EAGAIN)
	})
	if err != nil {
		return err
	}
	return result
}

func (m *Monitor) read(f func(Event)) error {
	return m.socket.receive(unix.MSG_DONTWAIT, func(msg message) {
		if ev := decodeEvent(msg); ev != nil {
			f(ev)
		}
	})
}

func (m *Monitor) resync(f func(Event)) error {
	snap, pending, err := m.settle()
	if err != nil {
		return err
	}
	f(Resync{Snapshot: snap})
	for _, ev := range pending {
		f(ev)
	}
	return nil
}

// settle lists until nothing happened meanwhile, so that no event that is older
// than the snapshot is delivered after it and takes back what it told. When the
// state never rests the last events are returned: they bring it up to date.
func (m *Monitor) settle() (Snapshot, []Event, error) {
	var pending []Event
	var snap Snapshot
	for range maxDumps {
		var err error
		if snap, err = m.list(); err != nil {
			return Snapshot{}, nil, err
		}
		if pending, m.lost, err = m.drain(); err != nil {
			return Snapshot{}, nil, err
		}
		if len(pending) == 0 && !m.lost {
			break
		}
	}
	return snap, pending, nil
}

// maxDrain bounds what drain reads at a time; the rest stays in the socket.
const maxDrain = 4096

// drain reads what the socket holds; lost tells that it did not hold
// everything.
func (m *Monitor) drain() (events []Event, lost bool, err error) {
	conn, err := m.file.SyscallConn()
	if err != nil {
		return nil, false, err
	}
	var result error
	err = conn.Control(func(uintptr) {
		for range maxDrain {
			result = m.read(func(ev Event) { events = append(events, ev) })
			switch {
			case isLoss(result):
				lost = true
			case result != nil:
				return
			}
		}
		result = nil
	})
	if err == nil && result != nil && !errors.Is(result, unix.EAGAIN) {
		err = result
	}
	return events, lost, err
}

func isLoss(err error) bool { return errors.Is(err, unix.ENOBUFS) || errors.Is(err, errTruncated) }
