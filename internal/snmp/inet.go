package snmp

import (
	"net/netip"

	"keepalived/internal/agentx/pdu"
)

// InetAddressType is that of an address (RFC 4001): unknown(0), ipv4(1),
// ipv6(2).
func InetAddressType(a netip.Addr) Value {
	switch {
	case a.Is4():
		return pdu.Int(1)
	case a.Is6():
		return pdu.Int(2)
	}
	return pdu.Int(0)
}

// InetAddress is the octets of an address; there is none for an invalid one.
func InetAddress(a netip.Addr) Value {
	if !a.IsValid() {
		return Value{}
	}
	return pdu.Octets(a.AsSlice())
}

// InetScope is the InetScopeType (RFC 4007, RFC 4001) of a scope of rtnetlink.
func InetScope(scope uint8) Value {
	return pdu.Int(inetScopes[scope])
}

var inetScopes = map[uint8]int{0: 14, 200: 5, 253: 2, 254: 1}

// AddressIndex is an address as part of an index, without its length.
func AddressIndex(a netip.Addr) OID {
	var out OID
	for _, b := range a.AsSlice() {
		out = append(out, uint32(b))
	}
	return out
}

// Optional is the value of what may be unset.
func Optional(set bool, v func() Value) Value {
	if !set {
		return Value{}
	}
	return v()
}

// TextOr is a text; there is none for an empty one.
func TextOr(s string) Value {
	if s == "" {
		return Value{}
	}
	return pdu.Text(s)
}
