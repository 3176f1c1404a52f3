package fsm

// State is a state of an instance or group. The values are those of
// keepalived's JSON, D-Bus and SNMP interfaces.
type State uint8

// The states. StateDeleted and StateStop occur in notifications only.
const (
	StateInit    State = 0
	StateBackup  State = 1
	StateMaster  State = 2
	StateFault   State = 3
	StateDeleted State = 97
	StateStop    State = 98
)

// String is the name used in logs, notifications and dumps.
func (s State) String() string {
	switch s {
	case StateInit:
		return "INIT"
	case StateBackup:
		return "BACKUP"
	case StateMaster:
		return "MASTER"
	case StateFault:
		return "FAULT"
	case StateDeleted:
		return "DELETED"
	case StateStop:
		return "STOP"
	}
	return "UNKNOWN"
}

// Fault is a reason for which an instance cannot take part.
type Fault uint8

// The faults. FaultTracker is derived from the trackers and never set from
// outside.
const (
	FaultTracker Fault = 1 << iota
	FaultInterfaceDown
	FaultBaseInterfaceDown
	FaultDuplicateVRID
	FaultNoSourceIP
	FaultConfigError // never clears but by a reload
	FaultNoSocket    // its sockets cannot be opened; a reload does not clear it
)

// FaultSet is a set of faults.
type FaultSet uint8

// Has reports whether f is in the set.
func (s FaultSet) Has(f Fault) bool { return s&FaultSet(f) != 0 }

// With is the set with f added.
func (s FaultSet) With(f Fault) FaultSet { return s | FaultSet(f) }

// Without is the set with f removed.
func (s FaultSet) Without(f Fault) FaultSet { return s &^ FaultSet(f) }

// Cause is why an instance changed state, as far as RFC 6527 tells causes
// apart (vrrpv3NewMasterReason) and beyond.
type Cause uint8

// The causes.
const (
	CauseNone       Cause = iota
	CausePriority         // the master resigned with priority 0
	CausePreempted        // a master of lower priority was preempted
	CauseNoResponse       // the master fell silent
	CauseHigher           // a router that goes first was heard
	CauseFault            // a fault came up
	CauseRecovered        // the last fault cleared
	CauseGroup            // the sync group changed
	CauseLost             // addresses were removed by someone else too often
	CauseLate             // the process was not scheduled for too long
	CauseStart            // start of the machine or of a new instance
	CauseResumed          // taken over from a predecessor process
	CauseStop             // stop of the machine
	CauseDeleted          // removed by a reload
)
