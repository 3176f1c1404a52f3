package lab

import (
	"fmt"
	"net"
	"sync"

	"github.com/vishvananda/netlink"
)

// Segment is an Ethernet that joins nodes: a bridge without spanning tree or
// multicast snooping.
type Segment struct {
	Name string

	t      TB
	lab    *Lab
	bridge string

	mu    sync.Mutex
	links []*Link
	cuts  map[cut]int // percentage of frames lost
}

// Link is a node's interface and its cable.
type Link struct {
	Node    *Node
	Name    string // of the interface
	Segment *Segment
	MAC     net.HardwareAddr

	port      string // the other end of the cable, in the switch
	portIndex int
}

// Segment makes an Ethernet without nodes.
func (l *Lab) Segment(name string) *Segment {
	l.t.Helper()
	l.mu.Lock()
	l.segments++
	s := &Segment{Name: name, t: l.t, lab: l, bridge: fmt.Sprintf("br%d", l.segments), cuts: map[cut]int{}}
	l.mu.Unlock()
	if err := s.create(); err != nil {
		l.t.Fatalf("making segment %s: %v", name, err)
	}
	return s
}

func (s *Segment) create() error {
	snooping := false
	attrs := netlink.NewLinkAttrs()
	attrs.Name = s.bridge
	bridge := &netlink.Bridge{LinkAttrs: attrs, MulticastSnooping: &snooping}
	if err := s.lab.ports.net.LinkAdd(bridge); err != nil {
		return err
	}
	return s.lab.ports.setUp(s.bridge, true)
}

// Attach gives a node an interface on the segment, up, with addresses like
// "192.0.2.1/24".
func (s *Segment) Attach(n *Node, ifname string, addrs ...string) *Link {
	s.t.Helper()
	k := &Link{Node: n, Name: ifname, Segment: s, port: fmt.Sprintf("p%d", s.lab.nextCable())}
	if err := k.connect(addrs); err != nil {
		s.t.Fatalf("connecting %s of %s to %s: %v", ifname, n.Name, s.Name, err)
	}
	s.mu.Lock()
	s.links = append(s.links, k)
	s.mu.Unlock()
	return k
}

func (k *Link) connect(addrs []string) error {
	sw := k.Segment.lab.ports
	attrs := netlink.NewLinkAttrs()
	attrs.Name = k.port
	veth := &netlink.Veth{LinkAttrs: attrs, PeerName: k.Name, PeerNamespace: netlink.NsPid(k.Node.first.Process.Pid)}
	if err := sw.net.LinkAdd(veth); err != nil {
		return err
	}
	port, err := sw.net.LinkByName(k.port)
	if err != nil {
		return err
	}
	k.portIndex = port.Attrs().Index
	bridge, err := sw.net.LinkByName(k.Segment.bridge)
	if err != nil {
		return err
	}
	if err := sw.net.LinkSetMaster(port, bridge); err != nil {
		return err
	}
	if err := sw.net.LinkSetUp(port); err != nil {
		return err
	}
	for _, a := range addrs {
		if err := k.Node.addAddr(k.Name, a); err != nil {
			return err
		}
	}
	dev, err := k.Node.net.LinkByName(k.Name)
	if err != nil {
		return err
	}
	k.MAC = dev.Attrs().HardwareAddr
	return k.Node.net.LinkSetUp(dev)
}
