package vrrp

import (
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/poller"
	"keepalived/internal/resident"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
)

// shrinkAfter is when the start is over for good.
const shrinkAfter = 2 * time.Second

// shrinkLater gives back what only the start needed, and keeps in memory what is
// left and what a rehearsal touches, where that is permitted.
func (l *loop) shrinkLater() {
	time.AfterFunc(shrinkAfter, func() {
		resident.Release()
		_ = resident.Keep()
		l.orderRehearsal()
	})
}

// orderRehearsal has the worker rehearse its part, down to the kernel.
func (l *loop) orderRehearsal() {
	writer, out := l.kernel.writer, l.kernel.announcer
	l.worker.add(rehearsalKey, taskFunc(func() { rehearse(writer, out) }))
}

// warmUp is how long before a takeover it is rehearsed.
const warmUp = 3 * time.Millisecond

// approach has the next wait end in time for the deadline. Shortly before one
// that decides who is master, a takeover is rehearsed: after seconds in which
// only adverts came, a processor has to be woken and has forgotten the rest of
// the program, which takes longer than the takeover.
func (l *loop) approach(deadline time.Time) (until time.Time, exact bool) {
	if !l.machine.Deciding() {
		return deadline, false
	}
	left := time.Until(deadline)
	if left > warmUp {
		return deadline.Add(-warmUp), false
	}
	if !deadline.Equal(l.rehearsed) {
		l.rehearsed = deadline
		l.orderRehearsal()
		rehearse(noKernel{}, noNetwork{})
	}
	if left <= poller.Lead {
		l.worker.expect(poller.Lead)
	}
	return deadline, true
}

// absent is an interface that no system has: the kernel refuses to add an
// address to it.
const absent = 1<<31 - 1

// rehearse goes through a takeover that nobody sees. The first pass through a
// program's code waits for its pages; a takeover should not.
func rehearse(writer kernelWriter, out announcer) {
	source := netip.MustParseAddr("192.0.2.1")
	start := time.Now()
	m := fsm.New(fsm.Config{Slack: slack, Instances: []fsm.Instance{{
		Name: "rehearsal", Version: packet.Version3, Priority: 100, AdvertInt: time.Second, Source: source,
		Garp: fsm.Garp{Repeat: 1, Delay: time.Second},
	}}}, start)
	m.Start(start)
	heard := fsm.AdvertReceived{Advert: packet.Advert{Src: netip.MustParseAddr("192.0.2.2"), Priority: 200, Interval: time.Second}}
	m.Step(start, heard)
	m.NextDeadline()
	m.Deciding()
	m.Advance(start.Add(time.Hour))
	m.Step(start.Add(time.Hour), fsm.Stop{})

	if codec, err := packet.NewCodec(packet.Params{Version: packet.Version3, VRID: 1, Interval: time.Second}); err == nil {
		codec.Seal(source, 100, start)
		frame := codec.Append(nil, netip.MustParseAddr("224.0.0.18"), packet.TTL)
		codec.Check(&packet.Datagram{Data: frame, Wall: start})
	}
	vip := address{Address: config.Address{Prefix: netip.PrefixFrom(source, 32)}, dev: "lo"}
	h := newHoldings([]object{vip})
	view := interfaceView{"lo": {Index: absent, Name: "lo"}}
	(&acquire{h: h, writer: writer, view: view, added: func([]netif.Address) {}, failed: func(object, error) {}}).step()
	(&announce{h: h, out: noNetwork{}, view: view, forward: func(string) bool { return false }, repeat: 1}).step()
	_, _ = out.Announce(wire.Interface{NoARP: true}, nil)
}

// noKernel and noNetwork do nothing, successfully.
type (
	noKernel  struct{}
	noNetwork struct{}
)

func (noKernel) Do(r []netif.Request) []error { return make([]error, len(r)) }

func (noNetwork) Announce(_ wire.Interface, a []netip.Addr) (int, error) { return len(a), nil }
