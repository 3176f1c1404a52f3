package fsm

import (
	"net/netip"
	"time"

	"keepalived/internal/vrrp/packet"
)

// Event is an input of the machine. Events for instances, groups or trackers
// that do not exist (any more) are ignored.
type Event interface{ event() }

type (
	// AdvertReceived is an advert that passed every check of the packet
	// package. It does not allocate.
	AdvertReceived struct {
		Instance InstanceID
		Advert   packet.Advert
	}

	// AdvertRejected is one that did not pass. It is counted and logged once
	// until the master changes, and has no effect on the state, ever.
	AdvertRejected struct {
		Instance InstanceID
		Verdict  packet.Verdict
	}

	// FaultChanged sets or clears a fault. FaultNoSourceIP may also be set this
	// way where the source address cannot be bound.
	FaultChanged struct {
		Instance InstanceID
		Fault    Fault
		Set      bool
		// Interface is the one that is down, for the log.
		Interface string
	}

	// SourceChanged gives an instance another source address; an invalid one
	// sets FaultNoSourceIP, a valid one clears it.
	SourceChanged struct {
		Instance InstanceID
		Source   netip.Addr
	}

	// TrackerChanged is a new result of a tracked object.
	TrackerChanged struct {
		Tracker TrackerID
		TrackerStatus
	}

	// AdvertsBlocked says that an advert could not be sent, to nobody, or that
	// adverts leave again.
	AdvertsBlocked struct {
		Instance InstanceID
		Blocked  bool
	}

	// AddressesLost says that something that a master holds was removed by
	// someone else, or by the kernel together with something else.
	AddressesLost struct {
		Instance InstanceID
		// What names the first of it, for the log.
		What string
		// Objects is everything that was removed, by its place in what the
		// instance holds. The machine tells from it what has been removed before.
		Objects []int
	}

	// AcquireFailed says that addresses, routes or rules of a master could not
	// be set.
	AcquireFailed struct {
		Instance InstanceID
		What     string
	}

	// PriorityChanged sets the base priority at run time (SNMP), 1..254.
	PriorityChanged struct {
		Instance InstanceID
		Priority uint8
	}

	// PreemptChanged sets preemption at run time (SNMP).
	PreemptChanged struct {
		Instance InstanceID
		Preempt  bool
	}

	// AnnounceRequested asks for a burst (D-Bus SendGarp). Instance None means
	// every master.
	AnnounceRequested struct{ Instance InstanceID }

	// Stop ends the machine: masters resign and release. Nothing happens after
	// it.
	Stop struct{}
)

func (AdvertReceived) event()    {}
func (AdvertRejected) event()    {}
func (FaultChanged) event()      {}
func (SourceChanged) event()     {}
func (TrackerChanged) event()    {}
func (AdvertsBlocked) event()    {}
func (AddressesLost) event()     {}
func (AcquireFailed) event()     {}
func (PriorityChanged) event()   {}
func (PreemptChanged) event()    {}
func (AnnounceRequested) event() {}
func (Stop) event()              {}

// Resumed is what a predecessor process that died has left, found by key.
// Instances that a Resumed names continue as master when the predecessor's
// last advert is younger than the time after which the others take over.
type Resumed struct {
	Key Key
	// LastAdvert is how long ago the predecessor sent its last advert.
	LastAdvert time.Duration
}
