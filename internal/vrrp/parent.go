package vrrp

import (
	"errors"
	"io"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// parent is the loop's side of the link to the supervisor.
type parent struct{ child *link.Child }

func (p parent) fd() int { return p.child.FD() }

// hello says that the loop is alive. A failure means that the parent is gone,
// which reading the link tells as well.
func (p parent) hello(now time.Time) { _ = p.child.Hello(now) }

func (p parent) reloadRequest() { _ = p.child.ReloadRequest() }

// fromParent handles what the parent says.
func (l *loop) fromParent() {
	for {
		m, err := l.parent.child.Recv()
		switch {
		case errors.Is(err, link.ErrAgain):
			return
		case errors.Is(err, link.ErrMalformed):
			l.log.Errf("Message from the parent: %v", err)
			continue
		case errors.Is(err, io.EOF) || err != nil:
			l.poll.Remove(l.parent.fd())
			l.stop()
			return
		}
		switch m.Type {
		case link.Reload:
			l.reload(m)
		case link.BFDState:
			l.relayed(m)
		}
	}
}

// reload turns the new configuration into what the loop needs, beside the loop.
func (l *loop) reload(m link.Message) {
	l.log.Infof("Reloading")
	l.reloads++
	nth, flags, begun := l.reloads, l.flags, l.begun
	go func() {
		defer m.Part.Close()
		conf, err := link.DecodePart[config.Config](m.Part)
		if err != nil {
			l.inbox.post(reloaded{nth: nth, err: err})
			return
		}
		startup := startupDelay(conf.Global.VRRPDefaults, begun)
		next, err := prepare(&conf, flags, startup)
		l.inbox.post(reloaded{nth: nth, next: next, err: err})
	}()
}

// reloaded is a configuration that is ready to be used.
type reloaded struct {
	nth   int
	next  *prepared
	err   error
	tries int // how often its interfaces were waited for
}

func (m reloaded) handle(l *loop) {
	if m.nth != l.reloads && m.tries == 0 {
		return // it took so long, waiting for a disk perhaps, that a newer one has begun
	}
	if m.err != nil {
		l.log.Errf("Reloading: %v; the old configuration goes on", m.err)
		_ = l.parent.child.ReloadDone(m.err.Error())
		return
	}
	if !l.stopping {
		if l.waitForDevices(m) {
			return
		}
		l.reconfigure(m.next)
	}
	_ = l.parent.child.ReloadDone("")
}
