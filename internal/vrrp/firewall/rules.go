package firewall

import (
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Registers: a value goes to the first; the second follows it after 16 bytes,
// so that an IPv6 address and what the second holds make one key.
const (
	reg  = unix.NFT_REG_1
	reg2 = unix.NFT_REG_2
)

// Protocols and ICMPv6 types, as in RFC 4861, RFC 2710 and RFC 3810.
const (
	protoIGMP     = unix.IPPROTO_IGMP
	mldReport     = 131
	routerSolicit = 133
	ndSolicit     = 135
	ndAdvert      = 136
	mld2Report    = 143
)

// matcher is a part of a rule.
type matcher []expr.Any

// rule appends one that consists of the parts. A counter stands before what the
// rule does.
func (b *builder) rule(chain *nftables.Chain, parts ...matcher) {
	r := &nftables.Rule{Table: b.t.Table, Chain: chain}
	for i, p := range parts {
		if i == len(parts)-1 && b.counters {
			r.Exprs = append(r.Exprs, &expr.Counter{})
		}
		r.Exprs = append(r.Exprs, p...)
	}
	b.c.AddRule(r)
}

// field loads a part of the network header.
func field(offset, length uint32) matcher {
	return matcher{&expr.Payload{DestRegister: reg, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: length}}
}

var (
	source4      = field(12, 4)
	destination4 = field(16, 4)
	source6      = field(8, 16)
	destination6 = field(24, 16)

	drop   = matcher{&expr.Verdict{Kind: expr.VerdictDrop}}
	accept = matcher{&expr.Verdict{Kind: expr.VerdictAccept}}

	incoming = expr.MetaKeyIIF
	outgoing = expr.MetaKeyOIF

	// linkLocal matches addresses in fe80::/10.
	linkLocal = matcher{
		&expr.Bitwise{SourceRegister: reg, DestRegister: reg, Len: 16, Mask: ip6("ffc0::"), Xor: make([]byte, 16)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: reg, Data: ip6("fe80::")},
	}
)

func ip6(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

func in(s *nftables.Set) matcher {
	return matcher{&expr.Lookup{SourceRegister: reg, SetID: s.ID, SetName: s.Name}}
}

func gotoChain(c *nftables.Chain) matcher {
	return matcher{&expr.Verdict{Kind: expr.VerdictGoto, Chain: c.Name}}
}

func equal(value ...byte) expr.Any { return &expr.Cmp{Op: expr.CmpOpEq, Register: reg, Data: value} }

func protocol4(p byte) matcher { return append(field(9, 1), equal(p)) }

// icmp6Type loads the type of an ICMPv6 packet.
func icmp6Type() matcher {
	return matcher{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: reg}, equal(unix.IPPROTO_ICMPV6),
		&expr.Payload{DestRegister: reg, Base: expr.PayloadBaseTransportHeader, Len: 1},
	}
}

func icmp6(typ byte) matcher { return append(icmp6Type(), equal(typ)) }

func icmp6In(s *nftables.Set) matcher { return append(icmp6Type(), in(s)...) }

// interfaceAt loads the index of an interface.
func interfaceAt(which expr.MetaKey) matcher {
	return matcher{&expr.Meta{Key: which, Register: reg}}
}

// withInterface adds the index to an address that has been loaded.
func withInterface(which expr.MetaKey) matcher {
	return matcher{&expr.Meta{Key: which, Register: reg2}}
}

// report matches what leaves a VMAC and, with dup, sends a copy by its base.
func report(vmacs *nftables.Set, destination matcher, dup bool) matcher {
	if !dup {
		return append(interfaceAt(outgoing), &expr.Lookup{
			SourceRegister: reg, DestRegister: reg, IsDestRegSet: true, SetID: vmacs.ID, SetName: vmacs.Name,
		})
	}
	return append(append(matcher{}, destination...),
		&expr.Meta{Key: outgoing, Register: reg2},
		&expr.Lookup{SourceRegister: reg2, DestRegister: reg2, IsDestRegSet: true, SetID: vmacs.ID, SetName: vmacs.Name},
		&expr.Dup{RegAddr: reg, RegDev: reg2, IsRegDevSet: true})
}
