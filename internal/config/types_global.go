package config

import (
	"net/netip"
	"time"
)

// Global is `global_defs` and the bare keywords beside it.
type Global struct {
	Origin // of the first global_defs block, zero without one

	NetNamespace        string
	NetNamespaceIPVS    Opt[string] // set and empty: the default namespace
	NamespaceWithIpsets bool
	UsePidDir           bool
	Instance            string
	ChildWaitTime       time.Duration // default 5 s
	LinkbeatUsePolling  bool

	Processes    Processes
	Mail         Mail
	Scripts      GlobalScripts
	Notify       Notify
	VRRPDefaults VRRPDefaults
	Firewall     Firewall
	IPVS         IPVS
	SNMP         SNMP
	DBus         DBus
	Buffers      Buffers
	Reload       Reload
	Files        Files

	// DynamicInterfaces: configured interfaces need not exist.
	DynamicInterfaces bool
	// AllowIfChanges: an interface may come back as another one.
	AllowIfChanges   bool
	DefaultInterface string // default eth0
	DisableLocalIGMP bool
	LogUnknownVRIDs  bool
	RandomSeed       Opt[uint32]
	// CheckerLogAllFailures: every failed check is logged, not only changes.
	CheckerLogAllFailures bool
	RSInitNotifies        bool
}

// Process is how one child process runs.
type Process struct {
	Name         string // empty: name of the executable
	Priority     int    // nice value, -20..19
	NoSwap       bool
	RTPriority   int // 0 off, 1..99 SCHED_RR
	CPUAffinity  []int
	RlimitRTTime time.Duration // default 10 ms
}

// Processes is how the four processes run.
type Processes struct {
	SetNames             bool // process_names: keepalived_vrrp, keepalived_lvs, keepalived_bfd
	Name                 string
	VRRP                 Process
	Checker              Process
	BFD                  Process
	MaxAutoPriority      int           // -1 off without a notice, 0 off, 1..99
	MinAutoPriorityDelay time.Duration // default 1 s
}

// Mail is how alerts are sent.
type Mail struct {
	RouterID         string // default: host name
	From             string
	To               []string
	Server           string         // as configured; empty: no mail
	ServerAddr       netip.AddrPort // invalid when Server is a name
	ServerPort       uint16         // default 25
	HeloName         string
	ConnectTimeout   time.Duration // default 30 s
	SMTPAlert        Opt[bool]
	SMTPAlertVRRP    Opt[bool]
	SMTPAlertChecker Opt[bool]
	NoEmailFaults    bool
	NoCheckerEmails  bool
}

// GlobalScripts is what concerns all scripts, and the parent's own two.
type GlobalScripts struct {
	User            Opt[Identity] // script_user
	Security        bool          // enable_script_security
	UseSymlinkPaths bool
	Startup         Script
	StartupTimeout  time.Duration // default 10 s
	Shutdown        Script
	ShutdownTimeout time.Duration // default 10 s
}

// Identity is a user and a group.
type Identity struct {
	UID uint32
	GID uint32
}

// Notify is where notifications go besides scripts.
type Notify struct {
	FIFO                        FIFO // VRRP and LVS
	VRRPFIFO                    FIFO
	LVSFIFO                     FIFO
	VRRPNotifyPriorityChanges   bool
	FIFOWriteVRRPStatesOnReload bool
}

// VRRPDefaults is what instances take over unless they say otherwise, and what
// concerns all of them.
type VRRPDefaults struct {
	McastGroup4             netip.Addr    // default 224.0.0.18
	McastGroup6             netip.Addr    // default ff02::12
	Version                 int           // 2 or 3
	GarpMasterDelay         time.Duration // default 5 s
	GarpMasterRepeat        int           // default 5
	GarpMasterRefresh       time.Duration // 0 off
	GarpMasterRefreshRepeat int           // default 1
	GarpLowerPrioDelay      time.Duration
	GarpLowerPrioRepeat     int
	DownTimerAdverts        int           // default 3
	GarpInterval            time.Duration // of interfaces without a garp_group
	GnaInterval             time.Duration
	GarpExtraIf             time.Duration // 0 off
	GarpExtraIfAll          bool
	LowerPrioNoAdvert       bool
	HigherPrioSendAdvert    bool
	V3ChecksumAsV2          bool
	CheckUnicastSrc         bool
	SkipCheckAdvAddr        bool
	Strict                  bool
	OwnerIgnoreAdverts      bool
	StartupDelay            time.Duration
	VIPLifetime             time.Duration // whole seconds; 0: virtual addresses stay for ever
	DelayAfterBoot          time.Duration
	VMACPrefix              string // default vrrp
	VMACAddrPrefix          string // default: VMACPrefix
}

// Firewall is where drop rules and firewall marks go.
type Firewall struct {
	Iptables                bool
	IptablesIn              string // default INPUT
	IptablesOut             string // default OUTPUT
	NoIpsets                bool
	Ipsets                  Ipsets
	Nftables                string // table; empty: made when needed under the name keepalived
	NftablesPriority        int    // default -1
	NftablesIfindex         bool
	NftablesCounters        bool
	NftablesIPVS            string // table; empty: not configured
	NftablesIPVSPriority    int    // default -1
	NftablesIPVSStartFwmark uint32 // default 1000
}

// Ipsets names the sets that iptables rules use.
type Ipsets struct {
	Address       string // keepalived
	Address6      string // keepalived6
	AddressIface6 string // keepalived_if6
	IGMP          string // keepalived_igmp
	MLD           string // keepalived_mld
	ND            string // keepalived_nd
}

// IPVS is what global_defs says about the kernel's virtual server table.
type IPVS struct {
	TCPTimeout    time.Duration // 0: kernel's own
	TCPFinTimeout time.Duration
	UDPTimeout    time.Duration
	Flush         bool
	FlushOnStop   FlushOnStop
	SyncDaemon    SyncDaemon
}

// FlushOnStop says what is removed from IPVS when the daemon stops.
type FlushOnStop string

// The values of lvs_flush_on_stop.
const (
	FlushOff FlushOnStop = ""
	FlushAll FlushOnStop = "all" // the whole table
	FlushVS  FlushOnStop = "VS"  // keepalived's virtual servers
)

// SyncDaemon is the IPVS connection synchronisation.
type SyncDaemon struct {
	Origin
	Interface string // empty: none
	Instance  string // VRRP instance that decides between master and backup
	SyncID    Opt[uint8]
	MaxLen    uint16 // 0: kernel's own
	Port      uint16
	TTL       uint8
	Group     netip.Addr
}

// SNMP is the AgentX side.
type SNMP struct {
	Socket                string // default unix:/var/agentx/master
	Traps                 bool
	VRRP                  bool
	RFCv2                 bool
	RFCv3                 bool
	Checker               bool
	VSStatsUpdateInterval time.Duration // default 5 s
	RSStatsUpdateInterval time.Duration
}

// DBus is the D-Bus service.
type DBus struct {
	Enable          bool
	ServiceName     string // default org.keepalived.Vrrp1
	NoInterfaceName string // default none
}

// Buffer is the receive buffer of one kind of socket.
type Buffer struct {
	Size  uint32 // bytes, 0: kernel default
	Force bool   // SO_RCVBUFFORCE
}

// Buffers is the receive buffers.
type Buffers struct {
	VRRPNetlinkCmd     Buffer
	VRRPNetlinkMonitor Buffer
	LVSNetlinkCmd      Buffer
	LVSNetlinkMonitor  Buffer
	ProcessMonitor     Buffer
	// VRRP sockets: a fixed size, or a multiple of MTU or advert size.
	RxBufsSize         uint32
	RxBufsPolicyMTU    bool
	RxBufsPolicyAdvert bool
	RxBufsMultiplier   uint32 // default 3
}

// Reload is how reloads are requested and checked.
type Reload struct {
	CheckConfig    bool
	CheckConfigLog string // default /dev/null
	TimeFile       string
	Repeat         bool
	File           Opt[string] // set and empty: default path
}

// Files is names and modes of files that the daemon writes or reads.
type Files struct {
	Umask              Opt[uint32] // see Mask
	ConfigSaveDir      string
	TmpConfigDirectory string
	DataUseInstance    bool
	StateDump          string // empty: /tmp/keepalived.data
	StatsDump          string
	JSONDump           string
	JSONVersion        int    // 1 or 2
	IprouteUsrDir      string // default /usr/share/iproute2
	IprouteEtcDir      string // default /etc/iproute2
}

// Mask is the umask in use: by default, what the daemon and its scripts create is
// for their user alone.
func (f *Files) Mask() uint32 { return f.Umask.Or(0o177) }
