// Package agentx is a subagent: it keeps a session with the SNMP master agent
// of the machine (RFC 2741), answers its requests and sends it notifications.
//
// An Agent has goroutines of its own; nobody else ever waits for the master
// agent. A master agent that is not there, stops answering or is started anew
// is tried again every few seconds.
package agentx

import (
	"context"
	"sync/atomic"
	"time"

	"keepalived/internal/agentx/pdu"
)

// Handler answers requests. One goroutine calls it.
type Handler interface {
	// Respond answers a request, if it wants an answer. It may wait for a
	// second or so, not for ever.
	Respond(*pdu.Message) (pdu.Response, bool)
	// Reset is called when a session has ended.
	Reset()
}

// Region is a part of the tree that is served.
type Region struct {
	OID pdu.OID
	// Priority decides between processes that serve the same region: the lower
	// number is asked. 0 is the usual one, 127.
	Priority uint8
	// Description is shown in sysORTable; empty: no entry.
	Description string
}

// Options say what an Agent serves and how.
type Options struct {
	// Address of the master agent, as for net-snmp: unix:PATH, tcp:HOST:PORT,
	// udp:HOST:PORT. Empty: unix:/var/agentx/master.
	Address string
	// ID and Description name the subagent to the master agent.
	ID          pdu.OID
	Description string
	Regions     []Region
	Handler     Handler
	// After, if not nil, is waited for first: it is closed when a predecessor has
	// gone.
	After <-chan struct{}
	// Log gets a line when a session begins or ends.
	Log func(format string, args ...any)

	// Zero means the usual time for each of them.
	Retry    time.Duration // between attempts to connect, 5 s
	Ping     time.Duration // silence after which the master agent is asked whether it is there, 15 s
	Patience time.Duration // for an answer of the master agent, 10 s
}

func (o *Options) complete() {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{{&o.Retry, 5 * time.Second}, {&o.Ping, 15 * time.Second}, {&o.Patience, 10 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
}

// Agent is a subagent.
type Agent struct {
	options Options
	queue   *queue
	// ctx ends when Close is called; over ends when its time is up.
	ctx, over    context.Context
	cancel, kill context.CancelFunc
	done         chan struct{}
	boot         atomic.Int64 // nanoseconds since 1970; 0: not known
}

// Start begins to look for the master agent.
func Start(o Options) *Agent {
	o.complete()
	a := &Agent{options: o, queue: newQueue(), done: make(chan struct{})}
	a.over, a.kill = context.WithCancel(context.Background())
	a.ctx, a.cancel = context.WithCancel(a.over)
	go a.run()
	return a
}

// Notify queues a notification (see snmp.Trap) and returns at once. Those that
// do not reach the master agent are sent again in their order when it is back;
// of too many the oldest are lost.
func (a *Agent) Notify(vars []pdu.VarBind) { a.queue.add(vars) }

// Boot is when the sysUpTime of the master agent was zero; zero before the first
// session.
func (a *Agent) Boot() time.Time {
	if n := a.boot.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

// Close ends the session. Queued notifications leave first; within the bound it
// waits until the master agent has read them.
func (a *Agent) Close(bound time.Duration) {
	a.cancel()
	t := time.AfterFunc(bound, a.kill)
	defer t.Stop()
	<-a.done
	a.kill()
}

// Leave is Close in the background. What it returns is closed at the end, for the
// After of a successor; it is nil for a nil Agent.
func (a *Agent) Leave(bound time.Duration) <-chan struct{} {
	if a == nil {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		a.Close(bound)
		close(gone)
	}()
	return gone
}

// run keeps a session until Close.
func (a *Agent) run() {
	defer close(a.done)
	if a.options.After != nil {
		select {
		case <-a.options.After:
		case <-a.ctx.Done():
			return
		}
	}
	told := false
	for {
		began, err := a.session()
		if a.ctx.Err() != nil {
			return
		}
		switch {
		case began:
			told = false
			a.options.Log("AgentX master disconnected us, reconnecting in %g: %v", a.options.Retry.Seconds(), err)
		case !told:
			told = true
			a.options.Log("Warning: Failed to connect to the agentx master agent (%s): %v", a.options.Address, err)
		}
		select {
		case <-a.ctx.Done():
			return
		case <-time.After(a.options.Retry):
		}
	}
}

// session is one session from beginning to end; began tells whether there was
// one.
func (a *Agent) session() (began bool, err error) {
	c, err := a.connect()
	if err != nil {
		return false, err
	}
	defer c.close()
	// What writes when the time is up writes no more.
	defer context.AfterFunc(a.over, func() { _ = c.Conn.Close() })()
	defer a.options.Handler.Reset()
	s := &session{conn: c, options: &a.options, queue: a.queue, denied: map[string]bool{}}
	if err := s.open(a.ctx, a.over); err != nil {
		return false, err
	}
	a.boot.Store(time.Now().Add(-s.upTime).UnixNano())
	a.options.Log("AgentX subagent connected")
	return true, s.serve(a.ctx, a.over)
}
