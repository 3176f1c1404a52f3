package vrrp

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// delays keeps short changes of interfaces from having consequences
// (interface_up_down_delays).
type delays struct {
	conf    map[string]config.InterfaceDelay
	seen    map[int]bool        // interfaces that have been up once, by index
	pending map[int]*lateChange // changes that wait
}

// lateChange is told from later ones of the same interface by its address.
type lateChange struct {
	timer *time.Timer
	from  uint32 // the interface's flags before
}

func newDelays() *delays {
	return &delays{seen: map[int]bool{}, pending: map[int]*lateChange{}}
}

func (d *delays) configure(list []config.InterfaceDelay) {
	d.conf = map[string]config.InterfaceDelay{}
	for _, x := range list {
		d.conf[x.Interface] = x
	}
}

// of is how long a change of an interface to up waits.
func (d *delays) of(name string, up bool) time.Duration {
	if up {
		return d.conf[name].Up
	}
	return d.conf[name].Down
}

// debounce makes the interface stay what it was while a change of it waits.
// Its start is no change, and a change back ends the wait.
func (l *loop) debounce(old, link netif.Link) {
	d := l.delays
	was, up := old.Up() && old.Running(), link.Up() && link.Running()
	seen := d.seen[link.Index] || was
	d.seen[link.Index] = seen || up
	if held, waits := l.links.held[link.Index]; waits {
		if held == up {
			if l.delays.pending[link.Index].from != link.Flags {
				l.log.Infof("Delay timer for %s cancelled", link.Name)
			}
			l.endDelay(link.Index)
		}
		return
	}
	delay := d.of(link.Name, up)
	if was == up || !seen || delay == 0 {
		return
	}
	l.links.held[link.Index] = was
	c := &lateChange{from: old.Flags}
	c.timer = time.AfterFunc(delay, func() { l.inbox.post(delayOver{link.Index, c}) })
	d.pending[link.Index] = c
	l.log.Infof("%s: Adding flags change from 0x%x to 0x%x delay by %d", link.Name, old.Flags, link.Flags, delay.Microseconds())
}

func (l *loop) endDelay(index int) {
	if c := l.delays.pending[index]; c != nil {
		c.timer.Stop()
		delete(l.delays.pending, index)
	}
	delete(l.links.held, index)
}

// forgetDelay ends everything about an interface that is gone: the next one
// with its index is another.
func (l *loop) forgetDelay(index int) {
	l.endDelay(index)
	delete(l.delays.seen, index)
}

// delayOver says that a change has lasted long enough.
type delayOver struct {
	index  int
	change *lateChange
}

func (m delayOver) handle(l *loop) {
	if l.delays.pending[m.index] != m.change {
		return
	}
	was := l.links.up(m.index)
	l.endDelay(m.index)
	l.linkSettled(m.index, was)
	l.dirty = true
}
