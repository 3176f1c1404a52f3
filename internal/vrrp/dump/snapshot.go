// Package dump renders what an operator asks a VRRP process for: data,
// statistics and JSON (keepalived(8), SIGUSR1, SIGUSR2 and the JSON signal). It
// reads snapshots, which nobody changes any more, and does no I/O.
package dump

import (
	"net/netip"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
)

// Snapshot is the state of a VRRP process at one moment.
type Snapshot struct {
	Time       time.Time // in the zone in which times are shown
	Host       string    // name of the system
	Conf       *config.Config
	Instances  []Instance // in configuration order
	Groups     []fsm.GroupStatus
	Trackers   []Tracker
	Sockets    []Socket
	Interfaces []Interface
	Addresses  map[Held]bool // addresses that interfaces have now
	// FirewallTable is the table that is in use though none is configured.
	FirewallTable string
}

// Held is an address on an interface.
type Held struct {
	Dev  string
	Addr netip.Addr
}

// Instance is a virtual router.
type Instance struct {
	Conf   config.Instance
	Status fsm.Status
	// Own is the interface that it uses: its VMAC, or the configured one.
	Own string
	// Devs is where its VIPs and excluded VIPs go, in this order.
	Devs []string
	// UnsetRoutes and UnsetRules tell of a master's which the kernel refused; nil:
	// none.
	UnsetRoutes, UnsetRules []bool
	// Base is the interface that a VMAC or ipvlan of Devs is made on.
	Base      map[string]string
	Interface Interface // Own; zero while it does not exist
	FDIn      int       // -1: no socket
	FDOut     int
	// Blocked: packets to its addresses are dropped while it is master.
	Blocked bool
}

// master tells whether it holds its addresses.
func (in *Instance) master() bool { return in.Status.State == fsm.StateMaster }

// Tracker is a tracked object and its last result.
type Tracker struct {
	Kind fsm.TrackerKind
	Name string
	fsm.TrackerStatus
	// Script: the counter, whether it has had a result, whether a reload has
	// added it, and what it is doing now.
	Result   int
	Ran      bool
	Added    bool
	Activity string
	// Count is the number of processes that match.
	Count int
}

// Socket is a pair of sockets and the instances that share it.
type Socket struct {
	FDIn, FDOut int
	Interface   string
	IPv6        bool
	AH          bool
	Source      netip.Addr // valid: unicast
	Buffer      int        // configured receive buffer in bytes; 0: the kernel's
	Instances   []Member
}

// Member is an instance that uses a socket.
type Member struct {
	Name string
	VRID uint8
}

// Interface is a network interface.
type Interface struct {
	Name          string
	Index         int
	IPv4, IPv6    netip.Addr // source addresses; invalid: none
	More4, More6  []netip.Addr
	MAC           string
	Broadcast     string
	Up, Running   bool
	NoBroadcast   bool
	Loopback      bool
	PointToPoint  bool
	NoARP         bool
	NoMulticast   bool
	UpDelay       time.Duration
	DownDelay     time.Duration
	Group         uint32
	Kind          string // "macvlan", "ipvlan", "vrf", ...
	Mode          string // of a macvlan or ipvlan, as it is shown
	Base          string
	BaseUp        bool
	BaseRunning   bool
	Own           bool // made by the daemon
	MTU           int
	HardwareType  string
	GarpInterval  time.Duration
	GnaInterval   time.Duration
	TrackedBy     []Tracking
	VRF           string // that it belongs to
	VRFTable      uint32 // of an interface that is a VRF
	SeenUp        bool
	ChangePending bool
	// Beat is how the driver is asked for its link: MII, ETHTOOL or IOCTL;
	// empty: the kernel reports it.
	Beat string
}

// Tracking is an instance that depends on an object.
type Tracking struct {
	Instance string
	Weight   int
	Reverse  bool
}
