package link

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// helloEvery is the shortest time between two messages that only say that the
// loop runs. The parent asks when it heard nothing for a second.
const helloEvery = 900 * time.Millisecond

// Child is the child's end. Its methods never wait and may be called by several
// goroutines; Recv and Messages exclude each other.
type Child struct {
	role    Role
	ident   string
	config  *os.File
	held    []byte
	heard   int64    // when the predecessor was last heard, 0: never
	lock    *os.File // only kept open
	crash   *os.File
	scripts *os.File // may be nil
	express *os.File // from NewExpress; may be nil

	mu      sync.Mutex
	fd      int
	last    time.Time // of the last message sent
	asked   bool      // a Ping is not answered
	pending []Message // important ones that did not fit yet
}

// Role says which child this is.
func (c *Child) Role() Role { return c.role }

// Ident is the tag of the child's log lines, such as Keepalived_vrrp.
func (c *Child) Ident() string { return c.ident }

// Config is the first configuration, a memfd for DecodePart. It belongs to c.
func (c *Child) Config() *os.File { return c.config }

// Held is what the predecessor said last with SetHeld; nil for a first child.
func (c *Child) Held() []byte { return c.held }

// HeldAge is how long ago the parent last heard of the predecessor; 0 without one.
func (c *Child) HeldAge() time.Duration {
	if c.heard == 0 {
		return 0
	}
	return max(time.Duration(monotonic()-c.heard), 0)
}

// Crash is where the report of a crash of this process goes, for
// debug.SetCrashOutput; nil without one.
func (c *Child) Crash() *os.File { return c.crash }

// Scripts is the line to who starts scripts for this process; nil without one.
func (c *Child) Scripts() *os.File { return c.scripts }

// FD is the socket, for the poller of an event loop that calls Recv when it is
// readable.
func (c *Child) FD() int { return c.fd }

// Recv returns the next message: Ping (Hello answers it) or Reload. It returns
// ErrAgain when there is none and io.EOF when the parent is gone. A malformed
// message is an error, and the next call goes on.
func (c *Child) Recv() (Message, error) {
	m, err := recv(c.fd)
	if err == nil && m.Type == Ping {
		c.mu.Lock()
		c.asked = true
		c.mu.Unlock()
	}
	return m, err
}

// Hello says that the event loop runs. The loop calls it after every wake-up; a
// message is sent when the last one is old enough or the parent has asked. An
// important message that did not fit earlier is sent first.
func (c *Child) Hello(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.flush(); err != nil || !c.asked && now.Sub(c.last) < helloEvery {
		return err
	}
	err := send(c.fd, newHello(now))
	if errors.Is(err, ErrAgain) {
		return nil
	}
	c.asked, c.last = false, now
	return err
}

// Ready says that the first configuration is in use.
func (c *Child) Ready() error { return c.tell(Message{Type: Ready}) }

// ReloadDone says that the last Reload is in use; problem says what failed, ""
// if nothing did.
func (c *Child) ReloadDone(problem string) error {
	return c.tell(Message{Type: ReloadDone, Text: problem})
}

// ReloadRequest asks for a reload.
func (c *Child) ReloadRequest() error { return c.tell(Message{Type: ReloadRequest}) }

// SetHeld leaves data with the parent: should this child die, its successor
// gets the last data as Held. The parent does not look at it.
func (c *Child) SetHeld(data []byte) error {
	part, err := NewPart(data)
	if err != nil {
		return err
	}
	return c.tell(Message{Type: Held, Part: part})
}

// tell sends m, or keeps it for the next Hello. Of several kept messages with
// the same meaning the last one counts. It closes m.Part.
func (c *Child) tell(m Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, old := range c.pending {
		if m.replaces(old) {
			old.closePart()
			c.pending = append(c.pending[:i], c.pending[i+1:]...)
			break
		}
	}
	c.pending = append(c.pending, m)
	return c.flush()
}

// flush sends what is pending as far as there is room.
func (c *Child) flush() error {
	for len(c.pending) > 0 {
		m := c.pending[0]
		err := send(c.fd, m)
		if errors.Is(err, ErrAgain) {
			return nil
		}
		m.closePart()
		c.pending = c.pending[1:]
		if err != nil {
			return err
		}
	}
	return nil
}

func (m Message) closePart() {
	if m.Part != nil {
		m.Part.Close()
	}
}

// Messages starts a goroutine that passes on what Recv would return, for loops
// that select on channels. The channel is closed when the parent is gone; a
// malformed message is skipped.
func (c *Child) Messages() (<-chan Message, error) {
	fd, err := unix.FcntlInt(uintptr(c.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	p := newPeer(fd)
	ch := make(chan Message)
	go func() {
		defer p.Close()
		defer close(ch)
		for {
			m, err := p.Recv()
			if errors.Is(err, ErrMalformed) {
				continue
			}
			if err != nil {
				return
			}
			if m.Type == Ping {
				c.mu.Lock()
				c.asked = true
				c.mu.Unlock()
			}
			ch <- m
		}
	}()
	return ch, nil
}

// Close closes the socket: the parent takes it as the child's end.
func (c *Child) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.pending {
		m.closePart()
	}
	c.pending = nil
	return unix.Close(c.fd)
}

var _ io.Closer = (*Child)(nil)
