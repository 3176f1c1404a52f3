package vrrp

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/vrrp/fsm"
)

// interfaceFaults is what the state of its own interface means to an instance.
func interfaceFaults(in *config.Instance, links *linkTable, duplicate bool) fsm.FaultSet {
	var faults fsm.FaultSet
	if duplicate {
		faults = faults.With(fsm.FaultDuplicateVRID)
	}
	if in.ConfigFault != "" {
		faults = faults.With(fsm.FaultConfigError)
	}
	if in.Interface == "" { // unicast, bound to its source address and perhaps to a VRF
		if _, ok := links.lookup(in.VRF); in.VRF != "" && !ok {
			faults = faults.With(fsm.FaultInterfaceDown)
		}
		return faults
	}
	for _, name := range []string{in.Interface, ownInterface(in)} {
		l, ok := links.lookup(name)
		// Without the interface there is nothing to send on, tracked or not.
		if !ok || !in.DontTrackPrimary && !links.up(l.Index) {
			return faults.With(fsm.FaultInterfaceDown)
		}
	}
	return faults
}

// sourceAddress is the address that the adverts of an instance come from:
// the configured one, or one of its interface.
func sourceAddress(in *config.Instance, links *linkTable, vips map[netip.Addr]bool) netip.Addr {
	if in.SrcIP.IsValid() && !in.TrackSrcIP {
		return in.SrcIP
	}
	l, ok := links.lookup(in.Interface)
	if !ok {
		return netip.Addr{}
	}
	if in.SrcIP.IsValid() {
		for _, a := range links.addrs[l.Index] {
			if a.Prefix.Addr() == in.SrcIP && usable(a) {
				return in.SrcIP
			}
		}
		return netip.Addr{}
	}
	v6 := in.Family == config.IPv6
	if v6 {
		// A link-local address is good for its own interface only.
		if l, ok = links.lookup(advertInterface(in)); !ok {
			return netip.Addr{}
		}
	}
	return links.source(l.Index, v6, func(a netip.Addr) bool { return vips[a] })
}

// interfaceStatus is the result of tracking an interface.
func interfaceStatus(name string, links *linkTable) fsm.TrackerStatus {
	l, ok := links.lookup(name)
	return fsm.TrackerStatus{Known: true, Up: ok && links.up(l.Index)}
}
