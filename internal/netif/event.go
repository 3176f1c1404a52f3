package netif

// Event is one change in the kernel, or a Resync.
type Event interface{ isEvent() }

// LinkChanged reports a new interface or one with new properties; also when
// nothing that Link holds is different.
type LinkChanged struct{ Link Link }

// LinkRemoved reports that the interface is gone, with its last properties.
type LinkRemoved struct{ Link Link }

// AddressAdded reports a new address or one with new flags or lifetimes.
type AddressAdded struct{ Address Address }

// AddressRemoved reports that the address is gone.
type AddressRemoved struct{ Address Address }

// RouteAdded reports a new or replaced route.
type RouteAdded struct{ Route Route }

// RouteRemoved reports that the route is gone. The kernel does not report IPv4
// routes that vanish with their interface.
type RouteRemoved struct{ Route Route }

// RuleAdded reports a new rule.
type RuleAdded struct{ Rule Rule }

// RuleRemoved reports that the rule is gone.
type RuleRemoved struct{ Rule Rule }

// Resync replaces everything that earlier events told: what the snapshot does
// not hold does not exist any more. It comes when events were lost.
type Resync struct{ Snapshot Snapshot }

func (LinkChanged) isEvent()    {}
func (LinkRemoved) isEvent()    {}
func (AddressAdded) isEvent()   {}
func (AddressRemoved) isEvent() {}
func (RouteAdded) isEvent()     {}
func (RouteRemoved) isEvent()   {}
func (RuleAdded) isEvent()      {}
func (RuleRemoved) isEvent()    {}
func (Resync) isEvent()         {}

// Snapshot is the state of the kernel at one moment, in the kernel's order.
type Snapshot struct {
	Links     []Link
	Addresses []Address
	Routes    []Route // of the wanted protocol only; empty unless asked for
	Rules     []Rule  // empty unless asked for
}
