package vrrp

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"keepalived/internal/logging"
)

// pacer sends announcements at the pace that the configuration allows, from a
// goroutine of its own.
type pacer struct {
	log *logging.Logger
	out announcer

	mu      sync.Mutex
	pace    *pace
	free    []paced // no longer limited
	running bool
	wake    chan struct{}
	stop    chan struct{}
}

func newPacer(log *logging.Logger, out announcer) *pacer {
	return &pacer{log: log, out: out, pace: &pace{}, wake: make(chan struct{}, 1), stop: make(chan struct{})}
}

// configure changes the limits; what waits is kept.
func (p *pacer) configure(next *pace) {
	p.mu.Lock()
	p.free = append(p.free, next.takeOver(p.pace)...)
	p.pace = next
	p.mu.Unlock()
	p.signal()
}

// add takes over an announcement whose rate is limited, else reports false.
func (p *pacer) add(x paced) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.pace.add(x) {
		return false
	}
	if !p.running {
		p.running = true
		go p.run()
	}
	p.signal()
	return true
}

func (p *pacer) cancel(owner int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace.cancel(owner)
	p.free = slices.DeleteFunc(p.free, func(x paced) bool { return x.owner == owner })
}

func (p *pacer) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *pacer) close() { close(p.stop) }

func (p *pacer) run() {
	for {
		p.mu.Lock()
		x, ok, wait := p.next(time.Now())
		p.mu.Unlock()
		if ok {
			p.send(x)
			continue
		}
		var due <-chan time.Time
		if wait >= 0 {
			due = time.After(wait)
		}
		select {
		case <-due:
		case <-p.wake:
		case <-p.stop:
			return
		}
	}
}

func (p *pacer) next(now time.Time) (x paced, ok bool, wait time.Duration) {
	if len(p.free) > 0 {
		x, p.free = p.free[0], p.free[1:]
		return x, true, 0
	}
	return p.pace.next(now)
}

func (p *pacer) send(x paced) {
	p.log.Detailf("Sending %s on %s for %s", announcementName(x.addr), x.dev, x.addr)
	if _, err := p.out.Announce(x.by(), []netip.Addr{x.addr}); err != nil {
		p.log.Infof("%v", err)
	}
}
