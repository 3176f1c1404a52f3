package vrrpmib

import (
	"net/netip"

	"keepalived/internal/config"
	"keepalived/internal/snmp"
	"keepalived/internal/vrrp/dump"
)

// address is a row of vrrpAddressTable. Static addresses belong to the owner 0.
type address struct {
	owned[config.Address]
	s          *State
	dev        string
	held       bool // the owner should have it
	advertised bool
}

func addressRows(s *State) (out []address) {
	for _, a := range number(nil, 0, s.Conf.VRRP.StaticAddresses) {
		out = append(out, address{owned: a, s: s, dev: a.what.Dev, held: true})
	}
	for i := range s.Instances {
		in := instance{&s.Instances[i], s}
		for k, a := range number(nil, i+1, in.Conf.VIPs, in.Conf.ExcludedVIPs) {
			row := address{owned: a, s: s, dev: a.what.Dev, held: in.master(), advertised: k < len(in.Conf.VIPs)}
			if k < len(in.Devs) {
				row.dev = in.Devs[k]
			}
			out = append(out, row)
		}
	}
	return out
}

var addresses = snmp.Table[*State, address]{
	OID: OID.With(6, 1), Rows: addressRows,
	Index: func(s *State, r address) snmp.OID { return byOwner(s, r.owned) },
	Columns: []snmp.Column[address]{
		{Number: 2, Get: func(r address) snmp.Value { return snmp.InetAddressType(r.what.Addr()) }},
		{Number: 3, Get: func(r address) snmp.Value { return snmp.InetAddress(r.what.Addr()) }},
		{Number: 4, Get: broadcast},
		{Number: 5, Get: func(r address) snmp.Value { return snmp.Gauge(r.length()) }},
		{Number: 6, Get: func(r address) snmp.Value { return snmp.InetScope(r.what.Scope) }},
		{Number: 7, Get: func(r address) snmp.Value { return snmp.Int(r.s.index[r.dev]) }},
		{Number: 8, Get: func(r address) snmp.Value { return snmp.TextOr(r.dev) }},
		{Number: 9, Get: func(r address) snmp.Value { return snmp.TextOr(r.what.Label) }},
		{Number: 10, Get: func(r address) snmp.Value { return snmp.Truth(r.set()) }},
		{Number: 11, Get: func(r address) snmp.Value { return snmp.Truth(r.advertised) }},
		{Number: 12, Get: func(r address) snmp.Value { return snmp.InetAddress(r.what.Peer.Addr()) }},
	},
}

// broadcast is 0.0.0.0 for an IPv4 address without one.
func broadcast(r address) snmp.Value {
	switch {
	case r.what.Broadcast.IsValid():
		return snmp.InetAddress(r.what.Broadcast)
	case r.what.Addr().Is4():
		return snmp.InetAddress(netip.IPv4Unspecified())
	}
	return snmp.Value{}
}

// length is that of the peer's prefix if there is a peer.
func (r address) length() int {
	if r.what.Peer.IsValid() {
		return r.what.Peer.Bits()
	}
	return r.what.Prefix.Bits()
}

func (r address) set() bool {
	return r.held && r.s.Addresses[dump.Held{Dev: r.dev, Addr: r.what.Addr()}]
}
