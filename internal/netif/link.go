package netif

import (
	"net"

	"golang.org/x/sys/unix"
)

// Link is a network interface as the kernel reports it (rtnetlink(7)).
type Link struct {
	Index        int
	Name         string
	MTU          int
	Flags        uint32 // IFF_*, netdevice(7)
	Type         uint16 // ARPHRD_*
	HardwareAddr net.HardwareAddr
	Broadcast    net.HardwareAddr
	Kind         string // "vlan", "macvlan", "vrf", ...; empty for hardware
	ParentIndex  int    // the interface that this one is made on; 0 for none, or when it lives in another namespace
	MasterIndex  int    // bridge, bond or VRF; 0 for none
	MasterKind   string // Kind of the master ("vrf", "bridge"), as the kernel reports it
	VRFTable     uint32 // of an interface with Kind "vrf"
	Group        uint32
	MacvlanMode  uint32 // MacvlanPrivate, ...; of Kind "macvlan"
	IPvlanMode   uint16 // of Kind "ipvlan"
	IPvlanFlags  uint16
	AddrGenMode  uint8 // of IPv6, AddrGenEUI64, ...
}

// Up reports whether the administrator has switched the interface on.
func (l *Link) Up() bool { return l.Flags&unix.IFF_UP != 0 }

// Running reports whether the interface can carry traffic (RFC 2863 up).
func (l *Link) Running() bool { return l.Flags&unix.IFF_RUNNING != 0 }

// LowerUp reports whether the carrier is there.
func (l *Link) LowerUp() bool { return l.Flags&unix.IFF_LOWER_UP != 0 }

// Multicast reports whether the interface can send to groups.
func (l *Link) Multicast() bool { return l.Flags&unix.IFF_MULTICAST != 0 }

// NoARP reports whether neighbours are not resolved on the interface.
func (l *Link) NoARP() bool { return l.Flags&unix.IFF_NOARP != 0 }

// PointToPoint reports whether there is one neighbour only.
func (l *Link) PointToPoint() bool { return l.Flags&unix.IFF_POINTOPOINT != 0 }

// Loopback reports whether the interface leads back to this machine.
func (l *Link) Loopback() bool { return l.Flags&unix.IFF_LOOPBACK != 0 }

// VRFIndex is the index of the VRF that the interface belongs to, 0 for none.
func (l *Link) VRFIndex() int {
	if l.MasterKind == "vrf" {
		return l.MasterIndex
	}
	return 0
}

// decodeLink reads the payload of RTM_NEWLINK or RTM_DELLINK. Messages that
// describe a bridge port or a radio event, not an interface, are not ok.
func decodeLink(b []byte) (l Link, ok bool) {
	if len(b) < unix.SizeofIfInfomsg || b[0] != unix.AF_UNSPEC {
		return Link{}, false
	}
	l = Link{Type: host.Uint16(b[2:]), Index: int(int32(host.Uint32(b[4:]))), Flags: host.Uint32(b[8:])}
	otherNamespace := false
	attrs(b[unix.SizeofIfInfomsg:], func(a attr) {
		switch a.typ {
		case unix.IFLA_LINK_NETNSID:
			otherNamespace = true
		default:
			l.decode(a)
		}
	})
	if otherNamespace {
		l.ParentIndex = 0
	}
	return l, l.Name != ""
}

func (l *Link) decode(a attr) {
	switch a.typ {
	case unix.IFLA_IFNAME:
		l.Name = a.text()
	case unix.IFLA_MTU:
		l.MTU = int(a.u32())
	case unix.IFLA_ADDRESS:
		l.HardwareAddr = append(net.HardwareAddr(nil), a.data...)
	case unix.IFLA_BROADCAST:
		l.Broadcast = append(net.HardwareAddr(nil), a.data...)
	case unix.IFLA_LINK:
		l.ParentIndex = int(int32(a.u32()))
	case unix.IFLA_MASTER:
		l.MasterIndex = int(int32(a.u32()))
	case unix.IFLA_GROUP:
		l.Group = a.u32()
	case unix.IFLA_LINKINFO:
		l.decodeInfo(a.data)
	case unix.IFLA_AF_SPEC:
		l.decodeFamilies(a.data)
	}
}

func (l *Link) decodeInfo(b []byte) {
	var data []byte
	attrs(b, func(a attr) {
		switch a.typ {
		case unix.IFLA_INFO_KIND:
			l.Kind = a.text()
		case unix.IFLA_INFO_SLAVE_KIND:
			l.MasterKind = a.text()
		case unix.IFLA_INFO_DATA:
			data = a.data
		}
	})
	attrs(data, func(a attr) {
		switch {
		case l.Kind == "vrf" && a.typ == unix.IFLA_VRF_TABLE:
			l.VRFTable = a.u32()
		case l.Kind == "macvlan" && a.typ == unix.IFLA_MACVLAN_MODE:
			l.MacvlanMode = a.u32()
		case l.Kind == "ipvlan" && a.typ == unix.IFLA_IPVLAN_MODE:
			l.IPvlanMode = a.u16()
		case l.Kind == "ipvlan" && a.typ == unix.IFLA_IPVLAN_FLAGS:
			l.IPvlanFlags = a.u16()
		}
	})
}

func (l *Link) decodeFamilies(b []byte) {
	attrs(b, func(family attr) {
		if family.typ != unix.AF_INET6 {
			return
		}
		attrs(family.data, func(a attr) {
			if a.typ == unix.IFLA_INET6_ADDR_GEN_MODE {
				l.AddrGenMode = a.u8()
			}
		})
	})
}
