package config

import (
	"net/netip"
	"strconv"
)

// String returns the name of v in messages: [ADDRESS]:PROTOCOL:PORT, FWM MARK or
// [GROUP]:ORDINAL.
func (v *VirtualServer) String() string {
	switch {
	case v.Group != "":
		return "[" + v.Group + "]:" + strconv.Itoa(v.Ordinal)
	case v.IsFwmark:
		return "FWM " + strconv.FormatUint(uint64(v.Fwmark), 10)
	}
	return serviceName(v.Addr, v.Protocol, v.Port)
}

// ServerName returns the name in messages of a real or sorry server of v.
func (v *VirtualServer) ServerName(addr netip.Addr, port uint16) string {
	return serviceName(addr, v.Protocol, port)
}

func serviceName(addr netip.Addr, p Protocol, port uint16) string {
	b := append(addr.AppendTo(append(make([]byte, 0, 64), '[')), "]:"...)
	b = append(append(b, p.String()...), ':')
	return string(strconv.AppendUint(b, uint64(port), 10))
}

// String returns the name of e in messages about ports.
func (e GroupEntry) String() string {
	switch {
	case e.IsFwmark:
		return "FWM " + strconv.FormatUint(uint64(e.Fwmark), 10)
	case e.First == e.Last:
		return e.First.String() + "," + strconv.Itoa(int(e.Port))
	}
	return e.First.String() + "-" + e.Last.String() + "," + strconv.Itoa(int(e.Port))
}
