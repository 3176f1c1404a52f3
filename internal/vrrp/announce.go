package vrrp

import (
	"errors"
	"net/netip"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/wire"
)

// announcer sends gratuitous ARP and neighbour adverts; [wire.Announcer] is one.
type announcer interface {
	Announce(wire.Interface, []netip.Addr) (int, error)
}

// announceChunk is how many frames are sent in one step.
const announceChunk = 200

// announce sends a burst for addresses that are set: all of them, then all of
// them again, as often as repeat says.
type announce struct {
	name    string               // of the instance, for the log
	trace   func(string, ...any) // nil: no detailed log
	h       *holdings
	out     announcer
	view    interfaceView
	forward func(name string) bool // whether the interface forwards IPv6
	added   bool                   // only what the last acquire has added
	extra   func(address) bool     // not nil: only the first of these on each interface
	owner   int                    // of the instance, for the pacer
	pacer   *pacer                 // takes what is limited; nil: nothing is
	repeat  int
	failed  func(error)

	queue []announcement // nil before the first step
	next  int
}

// announcement is consecutive addresses of one interface.
type announcement struct {
	dev   string
	is6   bool
	by    wire.Interface
	addrs []netip.Addr
}

func (t *announce) step() bool {
	if t.queue == nil {
		t.queue = t.plan()
	}
	for sent := 0; sent < announceChunk; {
		if t.next == len(t.queue) {
			t.repeat--
			t.next = 0
		}
		if t.repeat <= 0 || len(t.queue) == 0 {
			return true
		}
		a := t.queue[t.next]
		t.traceSent(a)
		t.send(a)
		sent += len(a.addrs)
		t.next++
	}
	return false
}

// send goes on after an address that could not be announced, unless there is no
// room even after a while: others are waiting. It tells of the first one.
func (t *announce) send(a announcement) {
	told := false
	for rest := a.addrs; len(rest) > 0; {
		n, err := t.out.Announce(a.by, rest)
		if err == nil {
			return
		}
		if !told {
			told = true
			t.failed(err)
		}
		if errors.Is(err, wire.ErrWouldBlock) {
			return
		}
		rest = rest[min(n+1, len(rest)):]
	}
}

// plan cuts what is to be announced into pieces of one interface and family that
// are no longer than a step.
func (t *announce) plan() []announcement {
	queue := []announcement{}
	var last announcement
	for _, o := range t.objects() {
		a, ok := o.(address)
		if !ok {
			continue
		}
		l, ok := t.view[a.dev]
		if !ok {
			continue
		}
		t.traceQueued(a)
		is6 := a.Addr().Is6()
		by := func() wire.Interface { return wireInterface(l, is6 && t.forward(a.dev)) }
		if t.pacer != nil && t.pacer.add(paced{paceKey{t.owner, a.dev, a.Addr()}, by, t.repeat}) {
			continue
		}
		if n := len(queue); n == 0 || last.dev != a.dev || last.is6 != is6 || len(queue[n-1].addrs) >= announceChunk {
			last = announcement{dev: a.dev, is6: is6, by: by()}
			queue = append(queue, last)
		}
		piece := &queue[len(queue)-1]
		piece.addrs = append(piece.addrs, a.Addr())
	}
	return queue
}

func (t *announce) objects() []object {
	if t.added {
		return t.h.added
	}
	var set []object
	for i, o := range t.h.objects {
		if t.h.set[i] {
			set = append(set, o)
		}
	}
	if t.extra != nil {
		return firstOnEach(set, t.extra)
	}
	return set
}

// firstOnEach is the first matching address on each interface, which is enough
// to make switches learn where the interface's MAC is.
func firstOnEach(objects []object, match func(address) bool) []object {
	var first []object
	seen := map[string]bool{}
	for _, o := range objects {
		if a, ok := o.(address); ok && match(a) && !seen[a.dev] {
			seen[a.dev] = true
			first = append(first, o)
		}
	}
	return first
}

func wireInterface(l netif.Link, router bool) wire.Interface {
	return wire.Interface{
		Index: l.Index, Type: l.Type, HardwareAddr: l.HardwareAddr, Broadcast: l.Broadcast,
		NoARP: l.NoARP(), Router: router,
	}
}

func (t *announce) traceQueued(a address) {
	if t.trace == nil {
		return
	}
	what := "gratuitous ARPs"
	if a.Addr().Is6() {
		what = "Unsolicited Neighbour Adverts"
	}
	t.trace("(%s) Sending/queueing %s on %s for %s", t.name, what, a.dev, a.Addr())
}

func (t *announce) traceSent(a announcement) {
	if t.trace == nil {
		return
	}
	for _, addr := range a.addrs {
		t.trace("Sending %s on %s for %s", announcementName(addr), a.dev, addr)
	}
}

func announcementName(a netip.Addr) string {
	if a.Is6() {
		return "unsolicited Neighbour Advert"
	}
	return "gratuitous ARP"
}
