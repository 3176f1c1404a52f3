package fsm

import "net/netip"

// Kind is what an Effect asks for.
type Kind uint8

// The effects, with the fields of Effect that they use besides Instance.
const (
	// SendAdvert: send one advert of Priority, at once; if To is valid and the
	// instance is unicast, to that peer only.
	SendAdvert Kind = iota
	// Acquire: firewall rules, VIPs, eVIPs, routes and rules are set, in this
	// order; those that are already set stay.
	Acquire
	// Release: rules, routes, VIPs, eVIPs and firewall rules are removed, in
	// this order. With Forced also those that this process has not set.
	Release
	// Announce: gratuitous ARP or neighbour adverts for Scope, Repeat times.
	Announce
	// CancelAnnounce: queued announcements are dropped.
	CancelAnnounce
	// AnnounceSource: one gratuitous ARP or neighbour advert for Source on the
	// base interface.
	AnnounceSource
	// Notify: the instance, or with Group set the group, has entered State.
	// Scripts, FIFOs, D-Bus, SNMP and mail, in this order. Only the FIFOs if
	// FIFOOnly.
	Notify
	// NotifyRxLowerPri: a master has heard a lower priority (MASTER_RX_LOWER_PRI).
	NotifyRxLowerPri
	// NotifyPriority: the effective priority changed to Priority in State.
	NotifyPriority
	// StateChanged: From and State, with Cause; for statistics and SNMP.
	StateChanged
	// LVSSync: the IPVS sync daemon becomes State (master or backup).
	LVSSync
	// SyncAHSequence: own AH sequence number becomes the received one plus 1.
	SyncAHSequence
	// Log: Text, only with detailed logging if Detail.
	Log
	// StartupDone: the startup delay is over.
	StartupDone
	// Forget: the instance has been removed by a reload; nothing refers to it
	// any more.
	Forget
)

// Scope is what an Announce is for.
type Scope uint8

// The scopes.
const (
	ScopeAll     Scope = iota // VIPs, then eVIPs
	ScopeAdded                // those that the last Acquire has added
	ScopeExtraIf              // one for each secondary interface (garp_extra_if)
)

// Effect is one thing to do. Fields that Kind does not name are zero, except
// Instance and Group, which are None.
type Effect struct {
	Kind     Kind
	Instance InstanceID
	Group    GroupID
	State    State
	From     State
	Cause    Cause
	Priority uint8
	Scope    Scope
	Repeat   int
	Detail   bool
	Forced   bool
	FIFOOnly bool
	Source   netip.Addr
	To       netip.Addr
	Text     string
}
