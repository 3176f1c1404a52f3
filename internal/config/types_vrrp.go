package config

import (
	"net/netip"
	"time"
)

// VRRP is the part of the VRRP child.
type VRRP struct {
	Instances          []Instance
	SyncGroups         []SyncGroup
	Scripts            []TrackScript
	Processes          []TrackProcess
	GarpGroups         []GarpGroup
	InterfaceDelays    []InterfaceDelay
	LinkbeatInterfaces []LinkbeatInterface
	StaticAddresses    []Address
	StaticRoutes       []Route
	StaticRules        []Rule
	TrackGroups        []TrackGroup
}

// State is the configured initial state of an instance.
type State string

// The initial states.
const (
	StateBackup State = "BACKUP"
	StateMaster State = "MASTER"
)

// Instance is a `vrrp_instance` with every default and inheritance applied.
type Instance struct {
	Origin
	Name      string
	SyncGroup string // empty: in none

	Family     Family // IPv4 or IPv6
	Version    int    // 2 or 3
	VRID       uint8  // 1..255
	Interface  string // configured one; empty: unicast without interface
	VRF        string
	VMAC       VMAC
	IPVLAN     IPVLAN
	State      State
	Priority   uint8         // 1..255
	AdvertInt  time.Duration // v2: whole seconds; v3: multiples of 10 ms
	NativeIPv6 bool

	// Unicast: adverts go to UnicastPeers instead of McastDst.
	Unicast            bool
	UnicastPeers       []UnicastPeer
	UnicastFaultNoPeer bool
	CheckUnicastSrc    bool
	OldUnicastChecksum UnicastChecksum
	UnicastTTL         Opt[uint8]
	McastDst           netip.Addr // multicast group, also with unicast
	SrcIP              netip.Addr // invalid: address of the interface
	TrackSrcIP         bool

	VIPs               []Address // advertised, all of Family
	ExcludedVIPs       []Address // not advertised
	VirtualRoutes      []Route
	VirtualRules       []Rule
	NoVirtualIPAddress bool
	PromoteSecondaries bool
	UseVMACAddr        bool

	DontTrackPrimary bool
	// TrackInterfaces and the other trackers include those of the sync group.
	TrackInterfaces []Track
	TrackScripts    []Track
	TrackFiles      []Track
	TrackProcesses  []Track
	TrackBFDs       []Track

	Preempt              bool
	PreemptDelay         time.Duration
	Accept               bool
	Strict               bool
	SkipCheckAdvAddr     bool
	V3ChecksumAsV2       bool
	LowerPrioNoAdvert    bool
	HigherPrioSendAdvert bool
	OwnerIgnoreAdverts   bool
	DownTimerAdverts     int
	// TimerExpiredBackup: highest priority of another router; 0 off.
	TimerExpiredBackup uint8

	GarpMasterDelay         time.Duration
	GarpMasterRepeat        int
	GarpMasterRefresh       time.Duration
	GarpMasterRefreshRepeat int
	GarpLowerPrioDelay      time.Duration
	GarpLowerPrioRepeat     int
	GarpExtraIf             time.Duration
	GarpExtraIfAll          bool

	Auth     Auth
	AuthHMAC AuthHMAC

	Notify                 NotifyScripts
	NotifyDeleted          bool // state DELETED instead of FAULT when a reload removes it
	NotifyDeletedScript    Script
	NotifyMasterRxLowerPri Script
	SMTPAlert              bool
	NotifyPriorityChanges  bool

	LinkbeatUsePolling bool
	KernelRxBufSize    Opt[uint32]
	Debug              int
	// ConfigFault: the instance can never leave FAULT with this configuration;
	// the text says why. Empty: none.
	ConfigFault string
}

// NotifyScripts is the scripts run on transitions.
type NotifyScripts struct {
	Backup Script
	Master Script
	Fault  Script
	Stop   Script
	Any    Script // `notify`, with type, name, state and priority appended
}

// MAC is a hardware address of six octets.
type MAC [6]byte

// VMAC is `use_vmac`: a macvlan with the virtual router's MAC.
type VMAC struct {
	Use              bool
	Name             string // interface name; default PREFIX.VRID
	NameSet          bool   // Name was configured
	MAC              MAC    // default 00:00:5e:00:01:VRID, IPv6 00:00:5e:00:02:VRID
	MACSet           bool
	NetlinkNotifyMsg bool
	Group            Opt[uint32] // interface group; unset: that of the base
	XmitBase         bool        // adverts on the base interface
}

// IPVLANMode is a flag of an ipvlan interface.
type IPVLANMode string

// The ipvlan flags.
const (
	IPVLANBridge  IPVLANMode = "bridge"
	IPVLANPrivate IPVLANMode = "private"
	IPVLANVepa    IPVLANMode = "vepa"
)

// IPVLAN is `use_ipvlan`.
type IPVLAN struct {
	Use     bool
	Name    string
	NameSet bool
	Address netip.Prefix // put on it, source of adverts; needed for IPv4
	Mode    IPVLANMode
	Group   Opt[uint32]
}

// UnicastPeer is a router that adverts are sent to.
type UnicastPeer struct {
	Addr   netip.Addr
	MinTTL uint8 // 0..255, checked with CheckUnicastSrc
	MaxTTL uint8
}

// UnicastChecksum is how checksums of VRRPv3 unicast adverts are made.
type UnicastChecksum string

// The values of old_unicast_checksum.
const (
	ChecksumAuto  UnicastChecksum = ""      // switches when a peer uses the old way
	ChecksumOld   UnicastChecksum = "old"   // with the multicast group as destination
	ChecksumNever UnicastChecksum = "never" // never the old way
)

// Track is one tracked object of an instance or group.
type Track struct {
	Name    string
	Weight  int  // -254..254, default of the object applied; 0: failure means FAULT
	Reverse bool // good and bad exchanged
}

// AuthType is the VRRPv2 authentication.
type AuthType string

// The values of auth_type.
const (
	AuthNone AuthType = ""
	AuthPass AuthType = "PASS"
	AuthAH   AuthType = "AH"
)

// Auth is `authentication`.
type Auth struct {
	Type AuthType
	Pass [8]byte // zero padded
}

// HMACMode is the mode of auth_hmac.
type HMACMode string

// The modes of auth_hmac.
const (
	HMACEnforce     HMACMode = "enforce"
	HMACPermissive  HMACMode = "permissive"
	HMACReceiveOnly HMACMode = "receive-only"
)

// AuthHMAC is the authenticated trailer.
type AuthHMAC struct {
	Enable     bool
	Keys       []HMACKey
	ActiveKey  uint8
	TimeWindow time.Duration // default max(5 s, 3*AdvertInt), at most 300 s
	Monotonic  bool          // anti_replay monotonic
	Mode       HMACMode
}

// HMACKey is a key of 32 to 64 bytes.
type HMACKey struct {
	ID    uint8 // 1..255
	Value []byte
}

// SyncGroup is a `vrrp_sync_group`.
type SyncGroup struct {
	Origin
	Name                    string
	Members                 []string // instance names, in configuration order
	TrackInterfaces         []Track
	TrackScripts            []Track
	TrackFiles              []Track
	TrackProcesses          []Track
	TrackBFDs               []Track
	Notify                  NotifyScripts
	SMTPAlert               bool
	SyncGroupTrackingWeight bool
	NotifyPriorityChanges   Opt[bool]
}

// TrackScript is a `vrrp_script`.
type TrackScript struct {
	Origin
	Name     string
	Script   Script
	Interval time.Duration // default 1 s
	Timeout  time.Duration // default Interval
	// TimeoutSet: it was configured.
	TimeoutSet bool
	Weight     int // -253..253
	Reverse    bool
	Rise       int // default 1
	Fall       int // default 1
	InitFail   bool
}

// ParamMatch is how parameters of a tracked process are compared.
type ParamMatch string

// The values of param_match.
const (
	ParamMatchNone    ParamMatch = ""
	ParamMatchExact   ParamMatch = "exact"
	ParamMatchInitial ParamMatch = "initial"
	ParamMatchPartial ParamMatch = "partial"
)

// TrackProcess is a `vrrp_track_process`.
type TrackProcess struct {
	Origin
	Name           string
	Path           string   // process: name or path
	Params         []string // compared as ParamMatch says
	ParamMatch     ParamMatch
	FullCommand    bool
	Weight         int
	Reverse        bool
	Quorum         int // default 1
	QuorumMax      int // -1: unlimited
	TerminateDelay time.Duration
	ForkDelay      time.Duration
}

// GarpGroup is a `garp_group`: interfaces that share a rate limit.
type GarpGroup struct {
	Origin
	GarpInterval time.Duration
	GnaInterval  time.Duration
	Interfaces   []string
}

// InterfaceDelay is a line of `interface_up_down_delays`.
type InterfaceDelay struct {
	Origin
	Interface string
	Down      time.Duration
	Up        time.Duration
}

// LinkbeatInterface is a line of `linkbeat_interfaces`.
type LinkbeatInterface struct {
	Origin
	Interface string
	Type      string // MII, ETHTOOL, IOCTL or empty
}

// TrackGroup is a `track_group`: static addresses, routes and rules that follow
// the interfaces of instances.
type TrackGroup struct {
	Origin
	Name      string
	Instances []string
}
