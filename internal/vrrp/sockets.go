package vrrp

import (
	"fmt"
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/poller"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
)

// socketPair is the sockets of one endpoint and the instances that share them.
type socketPair struct {
	endpoint wire.Endpoint
	recv     *wire.Receiver
	send     *wire.Sender
	byVRID   [256]*instance
	unknown  [256]bool // VRIDs that have been logged as unknown
	shortAt  time.Time // when a packet that is too short was last logged
	users    int
	buffer   int // that was asked for, in bytes; 0 is the kernel's default
}

// openPair opens both sockets. It may block on the kernel.
func openPair(e wire.Endpoint, o wire.ReceiveOptions) (*socketPair, error) {
	recv, err := wire.NewReceiver(e, o)
	if err != nil {
		return nil, err
	}
	send, err := wire.NewSender(e)
	if err != nil {
		recv.Close()
		return nil, err
	}
	return &socketPair{endpoint: e, recv: recv, send: send, buffer: o.Buffer}, nil
}

// String describes the sockets as log lines do.
func (p *socketPair) String() string {
	return describePair(p.endpoint, p.recv.FD(), p.send.FD())
}

func describePair(e wire.Endpoint, in, out int) string {
	family := "IPv4"
	if e.Is6() {
		family = "IPv6"
	}
	kind, address := "multicast", e.Group
	if !e.Multicast() {
		kind, address = ", unicast", e.Source
	}
	return fmt.Sprintf("[ifindex(%3d), family(%s), proto(%d), fd(%d,%d) %s, address(%s)]",
		e.Index, family, e.Protocol, in, out, kind, address)
}

// closedPair describes the sockets of an instance that has none, because its
// interface or its address is missing.
func (in *instance) closedPair() string {
	e := wire.Endpoint{Protocol: packet.ProtocolVRRP, Group: in.conf.McastDst}
	if in.conf.Auth.Type == config.AuthAH {
		e.Protocol = packet.ProtocolAH
	}
	if in.conf.Unicast {
		e.Group, e.Source = netip.Addr{}, in.conf.SrcIP
	}
	return describePair(e, -1, -1)
}

func (p *socketPair) close() {
	p.recv.Close()
	p.send.Close()
}

// socketSet is the open sockets of the loop.
type socketSet struct {
	poll  *poller.Poller
	pairs map[wire.Endpoint]*socketPair
	byFD  map[int]*socketPair
}

func newSocketSet(p *poller.Poller) *socketSet {
	return &socketSet{poll: p, pairs: map[wire.Endpoint]*socketPair{}, byFD: map[int]*socketPair{}}
}

// insert takes over an opened pair. If one for its endpoint is there already,
// which two openings at a time can bring about, the new one is closed.
func (s *socketSet) insert(p *socketPair) (*socketPair, error) {
	if have, ok := s.pairs[p.endpoint]; ok {
		p.close()
		return have, nil
	}
	if err := s.poll.Add(p.recv.FD()); err != nil {
		p.close()
		return nil, err
	}
	s.pairs[p.endpoint], s.byFD[p.recv.FD()] = p, p
	return p, nil
}

// attach makes in a user of p.
func (s *socketSet) attach(in *instance, p *socketPair) {
	in.sockets = p
	p.byVRID[in.conf.VRID] = in
	p.users++
}

// detach ends that; the last user's leaving closes the sockets.
func (s *socketSet) detach(in *instance) {
	p := in.sockets
	if p == nil {
		return
	}
	in.sockets = nil
	if p.byVRID[in.conf.VRID] == in {
		p.byVRID[in.conf.VRID] = nil
	}
	if p.users--; p.users > 0 {
		return
	}
	s.poll.Remove(p.recv.FD())
	delete(s.pairs, p.endpoint)
	delete(s.byFD, p.recv.FD())
	p.close()
}
