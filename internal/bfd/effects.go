package bfd

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/bfd/packet"
	"keepalived/internal/watchdog/link"
)

// carryOut does what the state machine asks for.
func (l *loop) carryOut(effects []fsm.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case fsm.Send:
			l.send(e)
		case fsm.Report:
			_ = l.parent.SessionState(link.NewSessionState(e.Session, e.Up))
		case fsm.Forget:
			l.senders[e.Session].close()
			delete(l.senders, e.Session)
		case fsm.Changed:
			l.reporter.report(l.machine.Save())
		case fsm.Rejected:
			l.rejected("%s", rejection(e))
		default:
			l.tell(e)
		}
	}
}

// tell writes what happened to a session to the log.
func (l *loop) tell(e fsm.Effect) {
	switch e := e.(type) {
	case fsm.Entered:
		l.entered(e)
	case fsm.Expired:
		l.log.Warnf("(%s) Expired after %d ms (%d usec overdue)", e.Session, e.After.Milliseconds(), e.Overdue.Microseconds())
	case fsm.Retimed:
		indent := strings.Repeat(" ", len(e.Session)+2)
		l.log.Detailf("%s Detection time is %d us (was %d us)", indent, e.New.Microseconds(), e.Old.Microseconds())
	}
}

func (l *loop) entered(e fsm.Entered) {
	if e.State == packet.Down {
		l.log.Warnf("(%s) Entering %s state (Local diagnostic - %s, Remote diagnostic - %s)", e.Session, e.State, e.Local, e.Diag)
		return
	}
	l.log.Infof("(%s) Entering %s state", e.Session, e.State)
}

// send transmits a packet. What keeps it from leaving is said once.
func (l *loop) send(e fsm.Send) {
	s := l.senders[e.Session]
	err := s.send(e.Packet.Append(l.out[:0]), l.ports)
	if err == nil {
		s.failed = ""
		return
	}
	if text := err.Error(); s.failed != text {
		s.failed = text
		l.log.Errf("(%s) Error sending packet: %s", e.Session, text)
	}
}

func rejection(e fsm.Rejected) string {
	if e.Reason == fsm.TooManyHops {
		return fmt.Sprintf("Discarding packet from %s (TTL too low)", e.From)
	}
	return fmt.Sprintf("Discarding packet from %s (session is not found - your discriminator field is 0x%08x)", e.From, e.Yours)
}

// unreadable is the log line for what could not be received or parsed.
func unreadable(from netip.Addr, err error) string {
	switch {
	case errors.Is(err, packet.ErrAuthenticated):
		return fmt.Sprintf("Discarding packet from %s (auth bit is set, but no authentication  is in use)", from)
	case errors.Is(err, packet.ErrBogus):
		return fmt.Sprintf("Discarding bogus packet from %s (%v)", from, err)
	}
	return err.Error()
}

// rejectEvery is how often a rejected packet is logged: anybody can send them.
const rejectEvery = 10 * time.Second

// rejected logs a packet that was not for a session, now and then.
func (l *loop) rejected(format string, args ...any) {
	l.rejects.count++
	if l.now.Before(l.rejects.next) {
		return
	}
	text := fmt.Sprintf(format, args...)
	if n := l.rejects.count; n > 1 {
		text += fmt.Sprintf("; %d such since the last message", n-1)
	}
	l.log.Warnf("%s", text)
	l.rejects = limiter{next: l.now.Add(rejectEvery)}
}

// limiter bounds how often something is logged.
type limiter struct {
	count int
	next  time.Time
}
