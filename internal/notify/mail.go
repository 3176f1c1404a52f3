package notify

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// MailOptions is how alerts are sent.
type MailOptions struct {
	RouterID string // goes in front of each subject, in brackets; may be empty
	From     string
	To       []string // without recipients nothing is sent
	// Server is a name or an address; without it nothing is sent. A name is
	// resolved for each mail.
	Server string
	Addr   netip.Addr // of Server, if it is known
	Port   uint16     // default 25
	Helo   string     // default: localhost
	// Timeout is for the connection and for each answer, default 30 s.
	Timeout time.Duration
}

func (o MailOptions) usable() bool {
	return len(o.To) > 0 && (o.Server != "" || o.Addr.IsValid())
}

// Mail is one alert.
type Mail struct {
	Subject string // without the router id
	Body    string

	at time.Time
}

// Mailer sends alerts, one after the other, each over a connection of its own.
// There is no second try.
type Mailer struct {
	log     Log
	wake    chan struct{}
	gone    chan struct{} // closed when the goroutine has ended
	context context.Context
	cancel  context.CancelFunc

	mu      sync.Mutex
	options MailOptions
	queued  []Mail
	dropped int
	closed  bool
}

const (
	// maxMails wait, as many as a takeover of thousands of instances makes; of more
	// the oldest is dropped.
	maxMails = 4096
	// maxAge is how long one may wait for a server that does not answer.
	maxAge = time.Hour
)

// NewMailer returns a Mailer that must be closed.
func NewMailer(log Log, o MailOptions) *Mailer {
	m := &Mailer{log: log, wake: make(chan struct{}, 1), gone: make(chan struct{}), options: o}
	m.context, m.cancel = context.WithCancel(context.Background())
	go m.serve()
	return m
}

// Configure changes the options for the mails that have not been sent.
func (m *Mailer) Configure(o MailOptions) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.options = o
}

// Send queues an alert. It never waits.
func (m *Mailer) Send(a Mail) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || !m.options.usable() {
		return
	}
	a.at = time.Now()
	if len(m.queued) >= maxMails {
		m.queued = m.queued[1:]
		m.dropped++
	}
	m.queued = append(m.queued, a)
	poke(m.wake)
}

// Close takes no more alerts and waits until those that are queued have been
// sent, at most for the bound.
func (m *Mailer) Close(bound time.Duration) {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	poke(m.wake)
	waitFor(m.gone, bound)
	m.cancel()
	waitFor(m.gone, killWait) // a cancelled connection ends at once
}

func (m *Mailer) serve() {
	defer close(m.gone)
	for {
		mail, options, ok := m.next()
		if !ok {
			return
		}
		d := dialogue{log: m.log, options: options, mail: mail}
		d.run(m.context)
	}
}

// next waits for a mail. It returns false when the Mailer is closed and empty.
func (m *Mailer) next() (Mail, MailOptions, bool) {
	for {
		mail, options, state := m.take()
		switch state {
		case taken:
			return mail, options, true
		case finished:
			return mail, options, false
		}
		<-m.wake
	}
}

type taking int

const (
	taken taking = iota
	empty
	finished
)

func (m *Mailer) take() (Mail, MailOptions, taking) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queued) > 0 && time.Since(m.queued[0].at) > maxAge {
		m.queued = m.queued[1:]
		m.dropped++
	}
	if m.dropped > 0 {
		m.log.Infof("%d SMTP alerts were dropped, the server is too slow", m.dropped)
		m.dropped = 0
	}
	switch {
	case m.context.Err() != nil || m.closed && len(m.queued) == 0:
		return Mail{}, m.options, finished
	case len(m.queued) == 0:
		return Mail{}, m.options, empty
	}
	mail := m.queued[0]
	m.queued = m.queued[1:]
	return mail, m.options, taken
}
