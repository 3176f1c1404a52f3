package ipvs

import (
	"fmt"
	"net/netip"
)

// Timeouts are how long, in seconds, connections are remembered without
// traffic. When they are set, 0 keeps the kernel's value.
type Timeouts struct {
	TCP    uint32
	TCPFin uint32
	UDP    uint32
}

// maxTimeout keeps a timeout within the kernel's int, counted in ticks of the
// fastest clock that it may be built with.
const maxTimeout = (1<<31 - 1) / 1000

func (t Timeouts) check() error {
	for _, v := range []uint32{t.TCP, t.TCPFin, t.UDP} {
		if v > maxTimeout {
			return fmt.Errorf("timeout %d is greater than %d seconds", v, maxTimeout)
		}
	}
	return nil
}

// Info is the version of the kernel's IPVS and the size of its connection
// table.
type Info struct {
	Version     uint32 // one byte each for major, minor and patch: 0x010201 is 1.2.1
	ConnTabSize uint32 // hash buckets
}

// String is as ipvsadm prints it: "IP Virtual Server version 1.2.1 (size=4096)".
func (i Info) String() string {
	return fmt.Sprintf("IP Virtual Server version %d.%d.%d (size=%d)", i.Version>>16&0xff, i.Version>>8&0xff, i.Version&0xff, i.ConnTabSize)
}

// SyncRole is the part that a connection synchronisation daemon plays. The
// kernel runs at most one of each.
type SyncRole uint32

// Roles of a synchronisation daemon.
const (
	SyncMaster SyncRole = 1 // sends its connections
	SyncBackup SyncRole = 2 // takes them over
)

// String is the role as ipvsadm has it.
func (r SyncRole) String() string {
	switch r {
	case SyncMaster:
		return "master"
	case SyncBackup:
		return "backup"
	}
	return fmt.Sprintf("sync role %d", uint32(r))
}

// SyncDaemon is a connection synchronisation daemon.
type SyncDaemon struct {
	Role      SyncRole
	Interface string // 1 to 15 bytes
	SyncID    uint8  // a backup takes over from masters with the same number; 0: from all

	// 0 or invalid means the kernel's default.
	MaxLen uint16     // of a message; default fits the interface's MTU
	Group  netip.Addr // multicast group, default 224.0.0.81
	Port   uint16     // UDP port, default 8848
	TTL    uint8      // default 1
}

func (d SyncDaemon) check() error {
	switch {
	case d.Role != SyncMaster && d.Role != SyncBackup:
		return fmt.Errorf("%v is neither master nor backup", d.Role)
	case d.Interface == "" || len(d.Interface) > maxName:
		return fmt.Errorf("%q is no interface name", d.Interface)
	case d.Group.IsValid() && !d.Group.IsMulticast():
		return fmt.Errorf("%s is no multicast address", d.Group)
	}
	return nil
}
