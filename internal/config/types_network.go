package config

import "net/netip"

// LifetimeForever is an address lifetime without end.
const LifetimeForever = 0xffffffff

// Address is an address that the daemon puts on an interface.
type Address struct {
	Origin
	Prefix netip.Prefix // the address with its length, host bits kept
	Peer   netip.Prefix // invalid: none
	Dev    string       // the interface, defaults applied; empty: none is known
	DevSet bool         // dev was given
	// UseVMAC: on a VMAC made on Dev.
	UseVMAC       bool
	Scope         uint8      // IPv4
	Broadcast     netip.Addr // IPv4; invalid: none
	Label         string     // IPv4
	Home          bool
	DAD           bool // -nodad: duplicate address detection stays on
	MngTmpAddr    bool
	NoPrefixRoute bool
	AutoJoin      bool
	NoTrack       bool
	PreferredLft  uint32 // seconds; LifetimeForever, or 0 for an IPv6 /128
	TrackGroup    string
}

// Addr is the address without its length.
func (a Address) Addr() netip.Addr { return a.Prefix.Addr() }

// RouteAdd is how a route joins others with the same destination.
type RouteAdd string

// The ways to add a route.
const (
	RoutePrepend RouteAdd = ""
	RouteAppend  RouteAdd = "append"
	RouteExcl    RouteAdd = "add" // fails when there is one
)

// Route is a static or virtual route. Numbers are the kernel's.
type Route struct {
	Origin
	Family       Family
	Type         uint8        // RTN_*
	Dst          netip.Prefix // 0/0 for default
	Src          netip.Prefix // from: IPv6 source prefix; invalid: none
	PrefSrc      netip.Addr   // src
	Via          netip.Addr   // gateway, perhaps of the other family
	Dev          string
	TOS          uint8
	Table        uint32 // default 254 main
	VRF          string // interface whose table is used
	Protocol     uint8  // 18 unless NoTrack
	Scope        Opt[uint8]
	Metric       Opt[uint32]
	OnLink       bool
	Encap        Encap
	Expires      Opt[uint32] // seconds, IPv6
	Metrics      RouteMetrics
	Realms       Opt[uint32] // SRC<<16 | DST
	Pref         Opt[uint8]  // IPv6 router preference
	TTLPropagate Opt[bool]
	Add          RouteAdd
	NextHops     []NextHop
	NoTrack      bool
	TrackGroup   string
}

// RouteMetrics is the RTAX_* values of a route.
type RouteMetrics struct {
	MTU              Metric
	HopLimit         Metric
	AdvMSS           Metric
	RTT              Metric // 1/8 ms
	RTTVar           Metric // 1/4 ms
	RTOMin           Metric // ms
	Reordering       Metric
	Window           Metric
	Cwnd             Metric
	SSThresh         Metric
	InitCwnd         Metric
	InitRwnd         Metric
	FeaturesECN      bool
	QuickAck         Opt[bool]
	FastOpenNoCookie Opt[bool]
	CongCtl          string
	CongCtlLock      bool
}

// NextHop is one way of a multipath route.
type NextHop struct {
	Via    netip.Addr
	Dev    string
	Weight int // 1..256; 0: not given
	OnLink bool
	Encap  Encap
	Realms Opt[uint32]
}

// EncapType is a kind of lightweight tunnel.
type EncapType string

// The encapsulations.
const (
	EncapNone EncapType = ""
	EncapMPLS EncapType = "mpls"
	EncapIP   EncapType = "ip"
	EncapIP6  EncapType = "ip6"
	EncapILA  EncapType = "ila"
)

// Encap is the lightweight tunnel of a route.
type Encap struct {
	Type    EncapType
	Labels  []uint32 // mpls
	ID      Opt[uint64]
	Dst     netip.Addr
	Src     netip.Addr
	TOS     Opt[uint8] // tos or tc
	TTL     Opt[uint8] // ttl or hoplimit
	Flags   Opt[uint16]
	Locator Opt[uint64] // ila
}

// RuleAction is what a matching rule does.
type RuleAction string

// The rule actions.
const (
	RuleTable       RuleAction = "table"
	RuleGoto        RuleAction = "goto"
	RuleNop         RuleAction = "nop"
	RuleBlackhole   RuleAction = "blackhole"
	RuleProhibit    RuleAction = "prohibit"
	RuleUnreachable RuleAction = "unreachable"
)

// Rule is a static or virtual policy rule. Numbers are the kernel's.
type Rule struct {
	Origin
	Family               Family
	Action               RuleAction
	Table                uint32 // with RuleTable; 0 with L3MDev
	L3MDev               bool
	Goto                 uint32
	Not                  bool
	From                 netip.Prefix // invalid: all
	To                   netip.Prefix
	Preference           uint32
	TOS                  uint8
	Fwmark               Opt[uint32]
	FwmarkMask           Opt[uint32]
	Realms               Opt[uint32]
	SuppressPrefixLength Opt[uint32]
	SuppressIfGroup      Opt[uint32]
	IIF                  string
	OIF                  string
	TunnelID             Opt[uint64]
	UIDRange             Opt[Range]
	Protocol             uint8 // 18 unless NoTrack
	IPProto              Opt[uint8]
	SPort                Opt[Range]
	DPort                Opt[Range]
	NoTrack              bool
	TrackGroup           string
}

// Range is an inclusive range of numbers.
type Range struct {
	From uint32
	To   uint32
}
