package bfd

import (
	"errors"
	"time"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// fromParent handles what the parent says.
func (l *loop) fromParent() {
	for {
		m, err := l.parent.Recv()
		switch {
		case errors.Is(err, link.ErrAgain):
			return
		case errors.Is(err, link.ErrMalformed):
			l.log.Errf("Message from the parent: %v", err)
			continue
		case err != nil:
			l.poll.Remove(l.parent.FD())
			l.stop()
			return
		}
		if m.Type == link.Reload {
			l.reload(m)
		}
	}
}

// reload reads the new configuration beside the loop.
func (l *loop) reload(m link.Message) {
	l.log.Infof("Reloading")
	began := time.Now()
	go func() {
		defer m.Part.Close()
		conf, err := link.DecodePart[config.Config](m.Part)
		if err != nil {
			l.post(func() {
				l.log.Errf("Reloading: %v; the old configuration goes on", err)
				_ = l.parent.ReloadDone(err.Error())
			})
			return
		}
		p := prepare(&conf)
		l.post(func() { l.reconfigure(p, began) })
	}()
}

func (l *loop) reconfigure(p *prepared, began time.Time) {
	if !l.done {
		l.now = time.Now()
		// Sessions that end still send, with their old sockets.
		l.save(l.saves.Before(&l.conf.Global, "bfd"))
		l.carryOut(l.machine.Reconfigure(l.now, p.sessions))
		l.adopt(p)
		l.save(l.saves.After(&l.conf.Global, "bfd"))
		l.log.Infof("Reload finished in %d usec", time.Since(began).Microseconds())
	}
	_ = l.parent.ReloadDone("")
}

// prepared is what a configuration turns into before the loop sees it.
type prepared struct {
	conf     *config.Config
	sessions []fsm.Session
	ports    portRange
}

func prepare(c *config.Config) *prepared {
	p := &prepared{conf: c, ports: localPorts()}
	for _, b := range c.BFD.Instances {
		p.sessions = append(p.sessions, fsm.Session{
			Name: b.Name, Neighbor: b.NeighborIP, Source: b.SourceIP, Multihop: b.Multihop,
			TTL: b.TTL, MaxHops: b.MaxHops, MinRx: b.MinRx, MinTx: b.MinTx, IdleTx: b.IdleTx,
			Multiplier: b.Multiplier, Passive: b.Passive,
		})
	}
	return p
}

// adopt makes sockets fit the configuration.
func (l *loop) adopt(p *prepared) {
	l.conf, l.sessions, l.ports = p.conf, p.sessions, p.ports
	l.listen()
	for _, s := range p.sessions {
		old := l.senders[s.Name]
		if old != nil && old.p.TTL == s.TTL {
			continue
		}
		if old != nil {
			old.close()
		}
		l.senders[s.Name] = &sender{p: s, fd: -1}
	}
}
