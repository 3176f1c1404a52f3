package fsm

import (
	"net/netip"
	"time"
)

// InstanceID names an instance for the life of a Machine; IDs are not reused.
type InstanceID int

// GroupID names a sync group for the life of a Machine.
type GroupID int

// TrackerID names a tracker for the life of a Machine.
type TrackerID int

// None is the ID that an Effect has where it names nothing.
const None = -1

// Config is the parameters of a Machine. New and Reconfigure keep the slices,
// which must not be changed afterwards.
type Config struct {
	Instances []Instance
	Groups    []Group
	Trackers  []Tracker
	// StartupDelay is counted from Start: adverts are ignored and timers run
	// only after it.
	StartupDelay time.Duration
	// Slack: Advance also serves timers that are due within it (0..1 ms is
	// sensible), so that many instances share one wake-up.
	Slack time.Duration
	// KeepAddresses leaves addresses in place at Stop, without a priority 0
	// advert (--dont-release-vrrp).
	KeepAddresses bool
	// RewriteStates repeats the state of everything to the FIFOs after a
	// reload (fifo_write_vrrp_states_on_reload).
	RewriteStates bool
}

// Key is the identity of an instance over a reload. Its name is not part of
// it.
type Key struct {
	VRID      uint8
	IPv6      bool
	Interface string     // configured one
	Unicast   bool       // Source is set
	Source    netip.Addr // unicast: configured source address
	Group     netip.Addr // multicast group
	VMAC      uint8      // use_vmac, vmac_xmit_base, use_ipvlan: bits of the caller's choice
}

// Instance is the parameters of one virtual router. Values are as in
// keepalived.conf(5) with defaults, version limits and strict mode applied.
type Instance struct {
	Key  Key
	Name string

	Version     uint8 // 2 or 3
	Priority    uint8 // base priority, 1..255
	StartMaster bool  // `state MASTER`
	AdvertInt   time.Duration
	// Source is the address that adverts are sent from. While it is invalid
	// the instance has FaultNoSourceIP.
	Source           netip.Addr
	DownTimerAdverts int // 1..100, 0 means 3

	NoPreempt            bool
	PreemptDelay         time.Duration
	HigherPrioSendAdvert bool
	LowerPrioNoAdvert    bool
	// TimerExpiredBackup is the highest priority of another router; 0 is off.
	TimerExpiredBackup uint8

	Garp Garp

	NotifyPriorityChanges bool
	NotifyDeleted         bool // DELETED instead of FAULT when a reload removes it
	LVSSync               bool // lvs_sync_daemon follows this instance
	AH                    bool // authentication by IPsec AH

	// Faults is what is wrong now: at the start or at the reload.
	Faults FaultSet
	Tracks []Track
	// Addresses is a fingerprint of VIPs, eVIPs, routes and rules: a reload
	// that changes it makes a master update them. Zero values are equal.
	Addresses string
}

// Garp is when gratuitous ARP and unsolicited neighbour adverts are sent.
type Garp struct {
	Delay         time.Duration // second burst after becoming master; 0: none
	Repeat        int
	Refresh       time.Duration // 0: none
	RefreshRepeat int
	LowerDelay    time.Duration // second burst after a lower priority advert
	LowerRepeat   int           // 0: none
	ExtraIf       time.Duration // garp_extra_if; 0: none
}

// Track ties an instance to a tracker.
type Track struct {
	Tracker int // index in Config.Trackers
	Weight  int // -254..254; 0: failure is a fault
	Reverse bool
}

// Group is a sync group.
type Group struct {
	Name    string
	Members []int // indices in Config.Instances, in configuration order
	// TrackingWeight lets weights of members take effect
	// (sync_group_tracking_weight).
	TrackingWeight bool
}

// TrackerKind is the sort of a tracked object.
type TrackerKind uint8

// The kinds.
const (
	TrackInterface TrackerKind = iota
	TrackScript
	TrackFile
	TrackProcess
	TrackBFD
)

// Tracker is a tracked object. A reload finds it again by kind and name and
// keeps what was last known, unless Status says something new.
type Tracker struct {
	Kind TrackerKind
	Name string
	TrackerStatus
}

// TrackerStatus is the last result of a tracked object.
type TrackerStatus struct {
	Known bool // false: a script that has not run yet
	Up    bool // interface, script, process, BFD session
	Value int  // file; process: how many ran when Up changed last
}
