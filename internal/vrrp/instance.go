package vrrp

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
	"keepalived/internal/vrrp/packet"
	"keepalived/internal/vrrp/wire"
)

// instance is what the loop keeps of a virtual router beside its state.
type instance struct {
	id      fsm.InstanceID
	conf    config.Instance
	codec   *packet.Codec
	sockets *socketPair // nil while its interface is missing
	opening bool        // sockets are being opened
	// tellSockets: those that are being opened are to be logged, since a reload
	// has asked for them.
	tellSockets bool
	deaf        bool   // they cannot be opened, which is its fault
	openLater   bool   // that is going to be tried again
	frame       []byte // the last advert, reused
	// sendFailed: the last advert could not be sent, which has been logged.
	sendFailed bool
	blocked    bool       // the machine does not let its adverts leave
	source     netip.Addr // as last told to the state machine
	faults     fsm.FaultSet

	changed change    // by the reload that is being carried out
	objects []object  // what it holds as master
	held    *holdings // what of that is set; belongs to the worker
	// failed is what could not be set since it became master, logged.
	failed map[string]bool
	// refused is the objects that the last attempt could not set, by key.
	refused map[string]bool
	// blocking: packets to its addresses have been ordered to be dropped.
	blocking bool
}

// change is what a reload does to the objects of an instance.
type change struct {
	old  []object
	gone []object
}

// endpoint is what its sockets are bound to; ok is false while the interface or
// the unicast source address is missing.
func (in *instance) endpoint(links *linkTable) (e wire.Endpoint, ok bool) {
	if in.faults.Has(fsm.FaultDuplicateVRID) {
		return e, false // its adverts are another instance's
	}
	e.Protocol = packet.ProtocolVRRP
	if in.conf.Auth.Type == config.AuthAH {
		e.Protocol = packet.ProtocolAH
	}
	dev := advertInterface(&in.conf)
	if dev == "" {
		dev = in.conf.VRF
	}
	if dev != "" {
		l, ok := links.lookup(dev)
		if !ok {
			return e, false
		}
		e.Index, e.Name = l.Index, l.Name
	}
	if in.conf.Unicast {
		e.Source = in.source
		return e, in.source.IsValid()
	}
	e.Group = in.conf.McastDst
	return e, true
}

// group is a sync group as the loop knows it.
type group struct {
	conf    config.SyncGroup
	members []fsm.InstanceID
}
