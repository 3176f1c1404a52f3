package agentx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"keepalived/internal/agentx/pdu"
)

// errClosing says that Close was called.
var errClosing = errors.New("closing")

// errSilent says that the master agent does not answer.
var errSilent = errors.New("the master agent does not answer")

// session is one session with a master agent.
type session struct {
	conn    *conn
	options *Options
	queue   *queue
	id      uint32
	packet  uint32        // the last one that was sent
	sent    int           // number of the first notification that was not sent
	upTime  time.Duration // of the master agent, as it said last

	// waiting is what has been asked and not answered. Nothing else is asked
	// meanwhile.
	waiting *question
	quiet   *time.Timer // runs out when there was silence for too long

	missing []Region         // to be asked for
	put     []Region         // to be asked for when again comes
	again   <-chan time.Time // nil: nothing is put off
	denied  map[string]bool  // what was logged
}

// question is a PDU that the master agent answers.
type question struct {
	packet   uint32
	answered func(*pdu.Message, *pdu.Response) error
}

// open opens the session and registers what is served. It ends with ctx, but
// with over if there is something to be told.
func (s *session) open(ctx, over context.Context) error {
	o := s.options
	opened := func(m *pdu.Message, r *pdu.Response) error {
		s.id = m.SessionID
		return refused("Open", r)
	}
	if err := s.question(&pdu.Open{ID: o.ID, Description: o.Description}, opened); err != nil {
		return err
	}
	if err := s.answered(ctx, over); err != nil {
		return err
	}
	s.missing = append(s.missing, o.Regions...)
	for range o.Regions {
		if err := s.register(); err != nil {
			return err
		}
		if err := s.answered(ctx, over); err != nil {
			return err
		}
	}
	return nil
}

func refused(what string, r *pdu.Response) error {
	if r.Status != pdu.NoError {
		return fmt.Errorf("%s: the master agent says %v", what, r.Status)
	}
	return nil
}

// usualPriority is that of a registration (RFC 2741, 6.2.3).
const usualPriority = 127

// register asks for the first region that is missing. One that another session
// has is asked for again later: that session may be a predecessor's.
func (s *session) register() error {
	x := s.missing[0]
	s.missing = s.missing[1:]
	if x.Priority == 0 {
		x.Priority = usualPriority
	}
	return s.question(&pdu.Register{Priority: x.Priority, Subtree: x.OID}, func(_ *pdu.Message, r *pdu.Response) error {
		if r.Status == pdu.DuplicateRegistration || r.Status == pdu.RequestDenied {
			s.deny(x, r.Status)
			return nil
		}
		if err := refused(fmt.Sprintf("Register %v", x.OID), r); err != nil || x.Description == "" {
			return err
		}
		// An entry of sysORTable is good to have, no more.
		return s.question(&pdu.AddAgentCaps{ID: x.OID, Description: x.Description},
			func(*pdu.Message, *pdu.Response) error { return nil })
	})
}

// deny puts off a region that another session has.
func (s *session) deny(x Region, why pdu.Status) {
	if !s.denied[x.OID.String()] {
		s.denied[x.OID.String()] = true
		s.options.Log("Unable to register %v: the master agent says %v", x.OID, why)
	}
	s.put = append(s.put, x)
	if s.again == nil {
		s.again = time.After(s.options.Retry)
	}
}

// answered serves until nothing is awaited.
func (s *session) answered(ctx, over context.Context) error {
	for s.waiting != nil {
		err := s.wait(ctx, nil)
		if err == errClosing && ctx != over && s.queue.any() {
			ctx, err = over, nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// question sends one without waiting for the answer.
func (s *session) question(b pdu.Body, answered func(*pdu.Message, *pdu.Response) error) error {
	s.packet++
	s.waiting = &question{packet: s.packet, answered: answered}
	s.rest(s.options.Patience)
	return s.conn.write(&pdu.Message{Header: pdu.Header{SessionID: s.id, PacketID: s.packet}, Body: b})
}

// rest begins to measure silence anew.
func (s *session) rest(d time.Duration) {
	if s.quiet == nil {
		s.quiet = time.NewTimer(d)
		return
	}
	s.quiet.Reset(d)
}

// wait serves one event.
func (s *session) wait(ctx context.Context, wake <-chan struct{}) error {
	select {
	case m := <-s.conn.in:
		if m.end {
			return m.err
		}
		return s.received(&m)
	case <-wake:
		return nil
	case <-s.again:
		s.missing, s.put, s.again = append(s.missing, s.put...), nil, nil
		return nil
	case <-s.quiet.C:
		if s.waiting != nil {
			return errSilent
		}
		return s.question(&pdu.Ping{}, func(_ *pdu.Message, r *pdu.Response) error { return refused("Ping", r) })
	case <-ctx.Done():
		return errClosing
	}
}

// received handles an answer or a request.
func (s *session) received(m *received) error {
	if m.Kind == pdu.KindResponse {
		return s.response(m)
	}
	if m.err != nil {
		s.options.Log("AgentX: %v", m.err)
		return s.respond(&m.Message, pdu.Response{Status: pdu.ParseError})
	}
	if c, ok := m.Body.(*pdu.Close); ok {
		return fmt.Errorf("the master agent has closed the session, reason %d", c.Reason)
	}
	if m.SessionID != s.id {
		return s.respond(&m.Message, pdu.Response{Status: pdu.NotOpen})
	}
	if r, wanted := s.options.Handler.Respond(&m.Message); wanted {
		return s.respond(&m.Message, r)
	}
	return nil
}

func (s *session) response(m *received) error {
	if m.err != nil {
		return m.err
	}
	q := s.waiting
	r, ok := m.Body.(*pdu.Response)
	if q == nil || !ok || m.PacketID != q.packet {
		return nil // to something that was given up
	}
	s.waiting = nil
	s.upTime = time.Duration(r.UpTime) * 10 * time.Millisecond
	s.rest(s.options.Ping)
	return q.answered(&m.Message, r)
}

// respond answers a request.
func (s *session) respond(m *pdu.Message, r pdu.Response) error {
	return s.conn.write(&pdu.Message{
		Header: pdu.Header{SessionID: m.SessionID, TransactionID: m.TransactionID, PacketID: m.PacketID},
		Body:   &r,
	})
}

// serve answers and notifies until the session ends or ctx; then it leaves,
// until over.
func (s *session) serve(ctx, over context.Context) error {
	s.rest(s.options.Ping)
	for {
		if err := s.next(); err != nil {
			return err
		}
		err := s.wait(ctx, s.queue.wake)
		if err == errClosing {
			return s.leave(over)
		}
		if err != nil {
			return err
		}
	}
}

// next asks what is to be asked, unless an answer is awaited.
func (s *session) next() error {
	if s.waiting == nil && len(s.missing) > 0 {
		return s.register()
	}
	return s.notify()
}

// leave sends what is queued and the end of the session, all at once: what the
// kernel has taken reaches a master agent that is slow even after we have gone.
// Then it waits until the master agent has heard it, or over.
func (s *session) leave(over context.Context) error {
	for _, vars := range s.queue.after(s.sent) {
		if err := s.tell(&pdu.Notify{Vars: vars}); err != nil {
			return err
		}
	}
	if err := s.tell(&pdu.Close{Reason: pdu.ReasonShutdown}); err != nil {
		return err
	}
	for {
		select {
		case m := <-s.conn.in:
			if m.end || m.Kind == pdu.KindResponse && m.PacketID == s.packet {
				return nil
			}
		case <-over.Done():
			return nil
		}
	}
}

// tell sends a PDU whose answer does not matter.
func (s *session) tell(b pdu.Body) error {
	s.packet++
	return s.conn.write(&pdu.Message{Header: pdu.Header{SessionID: s.id, PacketID: s.packet}, Body: b})
}

// notify sends the oldest notification, unless an answer is awaited. It stays
// in the queue until it is confirmed: of those that a connection takes along
// with it none is lost.
func (s *session) notify() error {
	if n := s.queue.takeLost(); n > 0 {
		s.options.Log("AgentX: %d notifications lost, the master agent does not take them", n)
	}
	vars, number, ok := s.queue.first()
	if s.waiting != nil || !ok {
		return nil
	}
	s.sent = number + 1
	return s.question(&pdu.Notify{Vars: vars}, func(_ *pdu.Message, r *pdu.Response) error {
		if r.Status == pdu.NotOpen {
			return refused("Notify", r)
		}
		s.queue.confirmed(number)
		if r.Status != pdu.NoError {
			s.options.Log("AgentX: the master agent refuses a notification: %v", r.Status)
		}
		return nil
	})
}
