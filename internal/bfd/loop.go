package bfd

import (
	"errors"
	"math/rand/v2"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
	"keepalived/internal/config"
	"keepalived/internal/dumpfile"
	"keepalived/internal/logging"
	"keepalived/internal/poller"
	"keepalived/internal/watchdog/link"
)

// loop owns the state of the BFD child. It runs on one locked thread and waits
// for nothing but its poller.
type loop struct {
	log      *logging.Logger
	poll     *poller.Poller
	parent   *link.Child
	inbox    chan func()
	reporter *reporter
	writer   *dumpfile.Writer
	saves    dumpfile.Saves
	machine  *fsm.Machine
	conf     *config.Config

	sessions  []fsm.Session
	receivers map[endpoint]*receiver
	senders   map[string]*sender
	ports     portRange
	rejects   limiter
	problem   string // why a receiver could not be opened
	reopening bool

	now   time.Time
	buf   [packetBuffer]byte
	oob   [oobBuffer]byte
	out   [packet.Size]byte
	ready []poller.Ready
	done  bool
}

// maxReads is how many packets are read from a socket before timers are looked
// at. It is as many as a socket holds by default: what was waiting when the
// loop woke up has been read before a neighbor is said to be silent.
const maxReads = 256

func random() uint32 { return rand.Uint32() }

// run serves events until the child has stopped.
func (l *loop) run() error {
	for !l.done {
		deadline, exact, _ := l.machine.NextDeadline()
		ready, err := l.poll.Wait(deadline, exact, l.ready)
		if err != nil {
			return err
		}
		l.ready = ready
		l.now = time.Now()
		for _, r := range ready {
			l.readable(r.FD)
		}
		l.drain()
		if l.now = time.Now(); l.due() {
			// A packet may have come since the poller looked.
			l.readAll()
			l.carryOut(l.machine.Advance(l.now))
		}
		// A failure means that the parent is gone, which reading tells, too.
		_ = l.parent.Hello(l.now)
	}
	return nil
}

func (l *loop) due() bool {
	at, _, ok := l.machine.NextDeadline()
	return ok && !at.After(l.now)
}

func (l *loop) readable(fd int) {
	if fd == l.parent.FD() {
		l.fromParent()
		return
	}
	for _, r := range l.receivers {
		if r.fd == fd {
			l.receive(r)
		}
	}
}

func (l *loop) readAll() {
	for _, r := range l.receivers {
		l.receive(r)
	}
}

// receive reads packets and feeds them to the state machine.
func (l *loop) receive(r *receiver) {
	for range maxReads {
		e, err := r.recv(l.buf[:], l.oob[:])
		switch {
		case errors.Is(err, errEmpty):
			return
		case err != nil:
			l.rejected("%s", unreadable(e.From, err))
			if errors.Is(err, errBroken) {
				return
			}
		default:
			l.carryOut(l.machine.Step(l.now, e))
		}
	}
}

// post has f called by the loop; it must not be called by the loop itself.
func (l *loop) post(f func()) {
	l.inbox <- f
	l.poll.Wake()
}

func (l *loop) drain() {
	for {
		select {
		case f := <-l.inbox:
			f()
		default:
			return
		}
	}
}

// stop tells all neighbors and ends the loop.
func (l *loop) stop() {
	if !l.done {
		l.done = true
		l.carryOut(l.machine.Stop(l.now))
	}
}
