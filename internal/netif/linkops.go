package netif

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// Modes of macvlan interfaces, ip-link(8).
const (
	MacvlanPrivate = 1
	MacvlanVEPA    = 2
	MacvlanBridge  = 4
)

// IPvlanL2 is the mode in which the interface answers ARP itself.
const IPvlanL2 = 0

// Flags of ipvlan interfaces.
const (
	IPvlanFlagBridge  = 0
	IPvlanFlagPrivate = 1
	IPvlanFlagVEPA    = 2
)

// Modes of making IPv6 link-local addresses.
const (
	AddrGenEUI64 = 0
	AddrGenNone  = 1
)

// NewLink describes an interface to be made on another one.
type NewLink struct {
	Name         string // at most 15 bytes
	Kind         string // "macvlan" or "ipvlan"
	ParentIndex  int
	HardwareAddr net.HardwareAddr // of a macvlan; nil lets the kernel choose
	Group        uint32
	MacvlanMode  uint32
	IPvlanMode   uint16
	IPvlanFlags  uint16
}

// AddLink makes the interface; it is down. Its error is AlreadyThere when the
// name is taken. The kernel does not answer with the index: see Writer.Link.
func AddLink(l NewLink) Request { return newRequest(unix.RTM_NEWLINK, exclusive, "creating", l) }

func (l NewLink) String() string {
	return fmt.Sprintf("%s %s on interface %d", l.Kind, l.Name, l.ParentIndex)
}

func (l NewLink) check() error {
	switch {
	case l.Name == "" || len(l.Name) >= unix.IFNAMSIZ:
		return fmt.Errorf("name %q does not have 1 to %d bytes", l.Name, unix.IFNAMSIZ-1)
	case l.Kind != "macvlan" && l.Kind != "ipvlan":
		return fmt.Errorf("kind %q is not known", l.Kind)
	case l.ParentIndex <= 0:
		return errors.New("no interface given to make it on")
	}
	return nil
}

func (l NewLink) encode(e *encoder) {
	linkHeader(e, 0, 0, 0)
	e.u32(unix.IFLA_LINK, uint32(l.ParentIndex))
	e.text(unix.IFLA_IFNAME, l.Name)
	if l.HardwareAddr != nil {
		e.bytes(unix.IFLA_ADDRESS, l.HardwareAddr)
	}
	if l.Group != 0 {
		e.u32(unix.IFLA_GROUP, l.Group)
	}
	linkInfo(e, l.Kind, func() {
		if l.Kind == "macvlan" {
			e.u32(unix.IFLA_MACVLAN_MODE, l.MacvlanMode)
			return
		}
		e.u16(unix.IFLA_IPVLAN_MODE, l.IPvlanMode)
		e.u16(unix.IFLA_IPVLAN_FLAGS, l.IPvlanFlags)
	})
}

func linkHeader(e *encoder, index int, flags, change uint32) {
	e.b = append(e.b, unix.AF_UNSPEC, 0, 0, 0)
	e.b = host.AppendUint32(e.b, uint32(index))
	e.b = host.AppendUint32(e.b, flags)
	e.b = host.AppendUint32(e.b, change)
}

func linkInfo(e *encoder, kind string, data func()) {
	info := e.begin(unix.IFLA_LINKINFO | unix.NLA_F_NESTED)
	e.text(unix.IFLA_INFO_KIND, kind)
	at := e.begin(unix.IFLA_INFO_DATA | unix.NLA_F_NESTED)
	data()
	e.end(at)
	e.end(info)
}

// linkChange is one change of an existing interface.
type linkChange struct {
	index         int
	flags, change uint32
	attrs         func(*encoder)
}

func (c linkChange) String() string { return fmt.Sprintf("interface %d", c.index) }

func (c linkChange) check() error {
	if c.index <= 0 {
		return errors.New("no interface given")
	}
	return nil
}

func (c linkChange) encode(e *encoder) {
	linkHeader(e, c.index, c.flags, c.change)
	if c.attrs != nil {
		c.attrs(e)
	}
}

func changeLink(verb string, index int, attrs func(*encoder)) Request {
	return newRequest(unix.RTM_NEWLINK, 0, verb, linkChange{index: index, attrs: attrs})
}

// DeleteLink removes an interface; its error is AlreadyGone when there is no
// such one.
func DeleteLink(index int) Request {
	return newRequest(unix.RTM_DELLINK, 0, "deleting", linkChange{index: index})
}

// Rename gives an interface another name; kernels before 6.2 refuse it with
// EBUSY while the interface is up.
func Rename(index int, name string) Request {
	return changeLink("renaming to "+name, index, func(e *encoder) { e.text(unix.IFLA_IFNAME, name) })
}

// SetUp switches an interface on or off.
func SetUp(index int, up bool) Request {
	c, verb := linkChange{index: index, change: unix.IFF_UP}, "switching off"
	if up {
		c.flags, verb = unix.IFF_UP, "switching on"
	}
	return newRequest(unix.RTM_NEWLINK, 0, verb, c)
}

// SetGroup puts an interface into a group, ip-link(8).
func SetGroup(index int, group uint32) Request {
	return changeLink("setting the group of", index, func(e *encoder) { e.u32(unix.IFLA_GROUP, group) })
}

// SetMaster makes an interface part of a VRF, bridge or bond; 0 of none.
func SetMaster(index, master int) Request {
	return changeLink("setting the master of", index, func(e *encoder) { e.u32(unix.IFLA_MASTER, uint32(master)) })
}

// SetHardwareAddr changes the hardware address.
func SetHardwareAddr(index int, mac net.HardwareAddr) Request {
	return changeLink("setting the hardware address of", index, func(e *encoder) { e.bytes(unix.IFLA_ADDRESS, mac) })
}

// SetMacvlanMode changes the mode of a macvlan.
func SetMacvlanMode(index int, mode uint32) Request {
	return changeLink("setting the mode of", index, func(e *encoder) {
		linkInfo(e, "macvlan", func() { e.u32(unix.IFLA_MACVLAN_MODE, mode) })
	})
}

// SetAddrGenMode says how the kernel makes the IPv6 link-local address when the
// interface comes up. The kernel does not take it while an interface is made.
func SetAddrGenMode(index int, mode uint8) Request {
	return changeLink("setting the address generation mode of", index, func(e *encoder) {
		families := e.begin(unix.IFLA_AF_SPEC | unix.NLA_F_NESTED)
		at := e.begin(unix.AF_INET6 | unix.NLA_F_NESTED)
		e.u8(unix.IFLA_INET6_ADDR_GEN_MODE, mode)
		e.end(at)
		e.end(families)
	})
}

// IPv4Conf is a setting of net.ipv4.conf.IF that can be made by netlink too,
// where /proc/sys cannot be written.
type IPv4Conf struct {
	ID    uint16 // ConfArpIgnore, ...
	Value uint32
}

// Settings for IPv4Conf, linux/ip.h.
const (
	ConfRPFilter           = 8
	ConfArpFilter          = 13
	ConfArpIgnore          = 19
	ConfPromoteSecondaries = 20
	ConfAcceptLocal        = 23
)

// SetIPv4Conf changes settings of net.ipv4.conf.IF.
func SetIPv4Conf(index int, settings ...IPv4Conf) Request {
	return changeLink("setting IPv4 parameters of", index, func(e *encoder) {
		families := e.begin(unix.IFLA_AF_SPEC | unix.NLA_F_NESTED)
		at := e.begin(unix.AF_INET | unix.NLA_F_NESTED)
		conf := e.begin(unix.IFLA_INET_CONF | unix.NLA_F_NESTED)
		for _, s := range settings {
			e.u32(s.ID, s.Value)
		}
		e.end(conf)
		e.end(at)
		e.end(families)
	})
}

// Link reads the present state of the interface called name. The error is
// AlreadyGone when there is none.
func (w *Writer) Link(name string) (Link, error) {
	r := newRequest(unix.RTM_GETLINK, unix.NLM_F_ACK, "reading", linkByName(name))
	if r.invalid != nil {
		return Link{}, &OpError{Request: r.String(), Err: r.invalid}
	}
	w.socket.seq++
	seq := w.socket.seq
	if err := w.socket.send(appendMessage(nil, r.typ, r.flags, seq, r.body)); err != nil {
		return Link{}, fmt.Errorf("%s: %w", r, err)
	}
	var link Link
	var refusal error
	for done := false; !done; {
		err := w.socket.receive(unix.MSG_DONTWAIT, func(m message) {
			switch {
			case m.seq != seq:
			case m.typ == unix.RTM_NEWLINK:
				link, _ = decodeLink(m.body)
			case m.typ == unix.NLMSG_ERROR:
				done = true
				if errno := errorCode(m.body); errno != 0 {
					refusal = &OpError{Request: r.String(), Err: errno, Message: extendedError(m)}
				}
			}
		})
		if err != nil {
			return Link{}, fmt.Errorf("%s: reading the kernel's answer: %w", r, err)
		}
	}
	return link, refusal
}

type linkByName string

func (n linkByName) String() string { return "interface " + string(n) }

func (n linkByName) check() error {
	if n == "" || len(n) >= unix.IFNAMSIZ {
		return fmt.Errorf("name %q does not have 1 to %d bytes", string(n), unix.IFNAMSIZ-1)
	}
	return nil
}

func (n linkByName) encode(e *encoder) {
	linkHeader(e, 0, 0, 0)
	e.text(unix.IFLA_IFNAME, string(n))
}
