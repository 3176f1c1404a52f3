package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/vrrp/packet"
)

// Counters is the statistics of an instance.
type Counters struct {
	AdvertsReceived      uint64
	AdvertsSent          uint64
	BecomeMaster         uint64
	ReleaseMaster        uint64
	PriorityZeroReceived uint64
	PriorityZeroSent     uint64
	AddrListErrors       uint64 // accepted adverts with other addresses
	// Rejected is indexed by packet.Reason.
	Rejected [packet.NumReasons]uint64
}

// Status is a snapshot of one instance.
type Status struct {
	ID           InstanceID
	Name         string
	Group        GroupID // None: in no group
	State        State
	Want         State
	BasePriority uint8
	Priority     uint8 // effective priority
	Preempt      bool  // as configured, or set at run time
	Total        int   // base priority plus weights, not clamped
	Faults       FaultSet
	FaultTracks  int // failed trackers without weight
	ScriptsInit  int // scripts without weight that have not run yet
	Source       netip.Addr

	MasterAddr          netip.Addr // invalid: no master heard yet
	MasterPriority      uint8
	ActiveAdverInterval time.Duration // of the master
	ActiveDownInterval  time.Duration
	SkewTime            time.Duration

	Deadline       time.Time // next advert or end of patience; zero: none
	PreemptAt      time.Time // end of the preempt delay; zero: not running
	LastTransition time.Time // zero: none yet
	LastAdvertSent time.Time // zero: none yet
	MasterCause    Cause     // why it became master last

	Counters Counters
}

// GroupStatus is a snapshot of one sync group.
type GroupStatus struct {
	ID      GroupID
	Name    string
	State   State
	Members []InstanceID
}
