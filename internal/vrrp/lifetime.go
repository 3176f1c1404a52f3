package vrrp

import (
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// lifetimes says when the addresses of masters are renewed (vip_lifetime). The
// loop renews them, so that what it no longer vouches for expires, whatever
// became of the process.
type lifetimes struct {
	seconds uint32    // 0: for ever
	next    time.Time // zero: never
}

// renewals is how often an address is renewed within its lifetime.
const renewals = 3

// lifetimeOf is vip_lifetime in seconds.
func lifetimeOf(c *config.Config) uint32 {
	return uint32(c.Global.VRRPDefaults.VIPLifetime / time.Second)
}

// configure takes a new lifetime over; addresses that have another get it now.
// So do those of a predecessor, whose lifetime goes on to run.
func (t *lifetimes) configure(seconds uint32, now time.Time) {
	if seconds != 0 || t.seconds != 0 {
		t.next = now
	}
	t.seconds = seconds
}

// before is the earlier of a deadline and the next renewal; zero times do not
// count.
func (t *lifetimes) before(deadline time.Time) time.Time {
	if t.next.IsZero() || !deadline.IsZero() && deadline.Before(t.next) {
		return deadline
	}
	return t.next
}

// due says whether it is time, and sets the next one.
func (t *lifetimes) due(now time.Time) bool {
	if t.next.IsZero() || now.Before(t.next) {
		return false
	}
	t.next = time.Time{}
	if t.seconds != 0 {
		t.next = now.Add(time.Duration(t.seconds) * time.Second / renewals)
	}
	return true
}

// renew orders what is due.
func (l *loop) renew() {
	if !l.lifetimes.due(l.now) || l.stopping {
		return
	}
	for _, in := range l.instances {
		if l.isMaster(in) {
			l.worker.add(int(in.id), &renew{
				h: in.held, writer: l.kernel.writer, view: l.links.view(), failed: l.failedFor(in),
			})
		}
	}
}

// renew gives the addresses that are set their lifetime again. It is queued
// behind what was ordered before, so it brings back none that was released.
type renew struct {
	h      *holdings
	writer kernelWriter
	view   interfaceView
	next   int
	failed func(object, error)
}

func (t *renew) step() bool {
	var requests []netif.Request
	var of []object
	for ; t.next < len(t.h.objects) && len(requests) < chunk; t.next++ {
		a, ok := t.h.objects[t.next].(address)
		if !ok || !t.h.set[t.next] {
			continue
		}
		if l, ok := t.view[a.dev]; ok {
			requests, of = append(requests, netif.ReplaceAddress(a.renewed(l.Index))), append(of, object(a))
		}
	}
	for i, err := range t.writer.Do(requests) {
		if err != nil && !netif.AlreadyGone(err) {
			t.failed(of[i], err)
		}
	}
	return t.next >= len(t.h.objects)
}

// kernel is the address as it is set.
func (a address) kernel(index int) netif.Address {
	k := kernelAddress(a.Address, index)
	if a.lifetime == 0 {
		return k
	}
	k.Valid = a.lifetime
	k.Preferred = min(a.lifetime, uint32(a.PreferredLft))
	return k
}

// renewed is the address as it is renewed: one without a lifetime may have had
// one.
func (a address) renewed(index int) netif.Address {
	k := a.kernel(index)
	if k.Valid == 0 {
		k.Valid, k.Preferred = netif.Forever, netif.Forever
	}
	return k
}
