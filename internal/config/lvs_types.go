package config

import (
	"net/netip"
	"time"
)

// LVS is the part of the health-check child. Its types are small because there
// can be a hundred thousand of them: what is rarely set is behind a pointer,
// which is nil when nothing of it is set.
type LVS struct {
	SSL            SSLContext
	Groups         []VirtualServerGroup
	VirtualServers []VirtualServer
	Timings        []Timing // distinct ones; objects hold an index, see [LVS.Timing]
}

// Timing returns the timing with that index.
func (l *LVS) Timing(id TimingID) Timing { return l.Timings[id] }

// TimingID is an index into [LVS.Timings].
type TimingID uint32

// Timing is when checks happen. In a checker everything is set; in servers an
// unset value means that each type of checker has its own default.
type Timing struct {
	ConnectTimeout   time.Duration // also of each wait for data; default 5 s
	DelayLoop        time.Duration // from check to check; default 60 s
	Retry            Opt[uint32]
	DelayBeforeRetry Opt[time.Duration]
	Warmup           Opt[time.Duration] // upper bound of the random delay before the first check
}

// SSLContext is `SSL`: what SSL_GET checks present to servers.
type SSLContext struct {
	Origin      // zero: no such block
	Password    string
	CA          string
	Certificate string
	Key         string
}

// IPVSNamespace is the network namespace whose IPVS table is used, for
// ipvs.Options: a name, a path, or empty for that of the process.
func (g *Global) IPVSNamespace() string {
	if g.NetNamespaceIPVS.Set && g.NetNamespaceIPVS.V == "" {
		return "/proc/1/ns/net"
	}
	return g.NetNamespaceIPVS.V
}

// VirtualServerGroup is a `virtual_server_group`.
type VirtualServerGroup struct {
	Origin
	Name    string
	Entries []GroupEntry
}

// HasFwmark says whether one of the entries is a firewall mark.
func (g *VirtualServerGroup) HasFwmark() bool {
	return g.has(func(e GroupEntry) bool { return e.IsFwmark })
}

// HasFamily says whether one of the addresses is of the family.
func (g *VirtualServerGroup) HasFamily(f Family) bool {
	return g.has(func(e GroupEntry) bool { return !e.IsFwmark && e.Family == f })
}

func (g *VirtualServerGroup) has(is func(GroupEntry) bool) bool {
	for _, e := range g.Entries {
		if is(e) {
			return true
		}
	}
	return false
}

// GroupEntry is one line of a virtual_server_group: addresses, all from First to
// Last, or a firewall mark.
type GroupEntry struct {
	First    netip.Addr
	Last     netip.Addr // same as First for a single address
	Port     uint16     // 0: every port
	IsFwmark bool
	Fwmark   uint32
	Family   Family // of a mark: FamilyUnset when not given
}

// Protocol is a transport protocol, by its IP protocol number.
type Protocol uint8

// The protocols of virtual servers. Firewall mark services have none.
const (
	ProtocolNone Protocol = 0
	TCP          Protocol = 6
	UDP          Protocol = 17
	SCTP         Protocol = 132
)

// String returns the name that messages use.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case SCTP:
		return "sctp"
	}
	return "none"
}

// ServiceFlags are the flags of an IPVS service, with the kernel's values.
type ServiceFlags uint8

// The flags that keywords set. The last three mean fallback, port for the sh and
// mh schedulers.
const (
	FlagOnePacket ServiceFlags = 0x04 // ops
	FlagSched1    ServiceFlags = 0x08 // flag-1, sh-fallback, mh-fallback
	FlagSched2    ServiceFlags = 0x10 // flag-2, sh-port, mh-port
	FlagSched3    ServiceFlags = 0x20 // flag-3
)

// ForwardMethod is how packets get to a real server.
type ForwardMethod uint8

// The forwarding methods.
const (
	ForwardUnset ForwardMethod = iota
	NAT
	DR
	TUN
)

// TunnelType is the encapsulation of TUN.
type TunnelType uint8

// The encapsulations.
const (
	TunnelIPIP TunnelType = iota
	TunnelGUE
	TunnelGRE
)

// TunnelChecksum is the checksum option of GUE and GRE tunnels.
type TunnelChecksum uint8

// The checksum options.
const (
	ChecksumNone TunnelChecksum = iota
	ChecksumFull
	ChecksumRemote // GUE only
)

// Forwarding is a forwarding method with its options.
type Forwarding struct {
	Method   ForwardMethod
	Tunnel   TunnelType
	Port     uint16 // of GUE
	Checksum TunnelChecksum
}

// Persistence is what makes connections of a client stay together.
type Persistence struct {
	Timeout   uint32 // seconds; 0: off
	Mask      [4]byte
	PrefixLen uint8 // of IPv6
}

// VirtualServer is a `virtual_server`: Group is set, or Addr is valid, or it is
// the service of a firewall mark.
type VirtualServer struct {
	Origin
	Addr     netip.Addr
	Port     uint16
	Protocol Protocol
	Family   Family // FamilyUnset: a group with both
	IsFwmark bool
	Fwmark   uint32
	Group    string
	Ordinal  int // among the virtual servers of the group

	Scheduler   string
	Flags       ServiceFlags
	Forwarding  Forwarding // default of real servers
	Persistence Persistence
	Quorum      uint32 // 0 only when all weights are 0
	Hysteresis  uint32
	Timing      TimingID

	Alpha            bool
	Omega            bool
	HASuspend        bool
	InhibitOnFailure bool
	SMTPAlert        bool

	Sorry       *SorryServer
	Extra       *VirtualServerExtra // nil: nothing of it is set
	RealServers []RealServer
}

// VirtualServerExtra is what few virtual servers have.
type VirtualServerExtra struct {
	QuorumUp          Script
	QuorumDown        Script
	VirtualHost       string
	SNMPName          string
	PersistenceEngine string
	Weight            Opt[int32] // of real servers without one
}

// Rare returns what few virtual servers have.
func (v *VirtualServer) Rare() VirtualServerExtra {
	if v.Extra == nil {
		return VirtualServerExtra{}
	}
	return *v.Extra
}

// SorryServer is a `sorry_server`, used while the quorum is lost.
type SorryServer struct {
	Origin
	Addr       netip.Addr
	Port       uint16
	Forwarding Forwarding
	Inhibit    bool // stays in the table with weight 0
	// RealServer: it is one of the real servers too.
	RealServer bool
}

// RealServer is a `real_server`.
type RealServer struct {
	Origin
	Addr             netip.Addr
	Port             uint16
	Weight           int32 // 0..2147483647
	Forwarding       Forwarding
	UThreshold       uint32
	LThreshold       uint32
	Timing           TimingID
	Alpha            bool
	InhibitOnFailure bool
	SMTPAlert        bool
	Extra            *RealServerExtra // nil: nothing of it is set
	Checkers         []Checker
}

// RealServerExtra is what few real servers have.
type RealServerExtra struct {
	NotifyUp    Script
	NotifyDown  Script
	VirtualHost string
	SNMPName    string
}

// Rare returns what few real servers have.
func (r *RealServer) Rare() RealServerExtra {
	if r.Extra == nil {
		return RealServerExtra{}
	}
	return *r.Extra
}
