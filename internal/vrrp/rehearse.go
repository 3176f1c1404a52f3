package vrrp

import (
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/resident"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
)

// shrinkAfter is when the start is over for good.
const shrinkAfter = 2 * time.Second

// shrinkLater gives back what only the start needed, and rehearses again with
// what is left.
func (l *loop) shrinkLater() {
	out := l.kernel.announcer
	time.AfterFunc(shrinkAfter, func() {
		resident.Release()
		l.worker.add(rehearsalKey, taskFunc(func() { rehearse(out) }))
	})
}

// rehearse goes through a takeover that nobody sees. The first pass through a
// program's code waits for its pages; a takeover should not.
func rehearse(out announcer) {
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
	view := interfaceView{"lo": {Index: 1, Name: "lo"}}
	(&acquire{h: h, writer: noKernel{}, view: view, added: func([]netif.Address) {}}).step()
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
