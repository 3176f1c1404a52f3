package firewall

import (
	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
)

// table is one of our tables as it is in the kernel.
type table struct {
	*nftables.Table
	in, out *nftables.Chain
	vips    *nftables.Set
	vmacMap *nftables.Set // VMAC -> base
	// IPv6 only.
	vipsLinkLocal   *nftables.Set
	vmacs           *nftables.Set
	parentLinkLocal *nftables.Set // address . VMAC
}

// Names in nft(8).
const (
	setVIPs            = "vips"
	setVIPsLinkLocal   = "vips_link_local"
	setVMACMap         = "vmac_map"
	setVMACs           = "vmac_set"
	setParentLinkLocal = "parent_link_local"
	setND              = "neighbor-discovery"
	setMLD             = "mld-report"
)

// linkLocalKey is an address and an interface.
var linkLocalKey = nftables.MustConcatSetType(nftables.TypeIP6Addr, nftables.TypeIFIndex)

// layout adds everything of a table but its elements to a batch. Without dup the
// kernel cannot send reports by the base; they are dropped then.
func layout(c *nftables.Conn, family nftables.TableFamily, o Options, dup bool) (*table, error) {
	t := &table{Table: c.AddTable(&nftables.Table{Name: o.Table, Family: family})}
	b := builder{c: c, t: t, counters: o.Counters}
	t.vmacMap = b.set(setVMACMap, nftables.TypeIFIndex)
	t.vmacMap.IsMap, t.vmacMap.DataType = true, nftables.TypeIFIndex
	b.add(t.vmacMap, nil)
	if family == nftables.TableFamilyIPv4 {
		b.layout4(o, dup)
	} else {
		b.layout6(o, dup)
	}
	return t, b.err
}

// builder collects the first error of many additions.
type builder struct {
	c        *nftables.Conn
	t        *table
	counters bool
	err      error
}

func (b *builder) set(name string, key nftables.SetDatatype) *nftables.Set {
	s := &nftables.Set{Table: b.t.Table, Name: name, KeyType: key}
	if key == nftables.TypeIFIndex {
		s.KeyByteOrder = binaryutil.NativeEndian
	}
	return s
}

func (b *builder) add(s *nftables.Set, elements []nftables.SetElement) *nftables.Set {
	if err := b.c.AddSet(s, elements); err != nil && b.err == nil {
		b.err = err
	}
	return s
}

// addresses is a set of addresses on interfaces.
func (b *builder) addresses(name string) *nftables.Set {
	s := b.set(name, linkLocalKey)
	s.Concatenation = true
	return b.add(s, nil)
}

// constant is a set of bytes that does not change.
func (b *builder) constant(name string, values ...byte) *nftables.Set {
	s := b.set(name, nftables.TypeICMP6Type)
	s.Constant = true
	var elements []nftables.SetElement
	for _, v := range values {
		elements = append(elements, nftables.SetElement{Key: []byte{v}})
	}
	return b.add(s, elements)
}

func (b *builder) base(name string, hook *nftables.ChainHook, priority int) *nftables.Chain {
	accept := nftables.ChainPolicyAccept
	return b.c.AddChain(&nftables.Chain{
		Name: name, Table: b.t.Table, Type: nftables.ChainTypeFilter, Hooknum: hook,
		Priority: nftables.ChainPriorityRef(nftables.ChainPriority(priority)), Policy: &accept,
	})
}

func (b *builder) chains(o Options) {
	b.t.in = b.base("in", nftables.ChainHookInput, o.Priority)
	b.t.out = b.base("out", nftables.ChainHookOutput, o.Priority)
}

func (b *builder) layout4(o Options, dup bool) {
	t := b.t
	t.vips = b.add(b.set(setVIPs, nftables.TypeIPAddr), nil)
	b.chains(o)
	if !o.NoIGMP {
		b.rule(t.out, protocol4(protoIGMP), report(t.vmacMap, destination4, dup), drop)
	}
	b.rule(t.out, source4, in(t.vips), drop)
	b.rule(t.in, destination4, in(t.vips), drop)
}

func (b *builder) layout6(o Options, dup bool) {
	t := b.t
	t.vips = b.add(b.set(setVIPs, nftables.TypeIP6Addr), nil)
	t.vipsLinkLocal = b.addresses(setVIPsLinkLocal)
	t.parentLinkLocal = b.addresses(setParentLinkLocal)
	t.vmacs = b.add(b.set(setVMACs, nftables.TypeIFIndex), nil)
	nd := b.constant(setND, ndSolicit, ndAdvert)
	mld := b.constant(setMLD, mldReport, mld2Report)
	b.chains(o)
	inLocal := b.c.AddChain(&nftables.Chain{Name: "in_link_local", Table: t.Table})
	outLocal := b.c.AddChain(&nftables.Chain{Name: "out_link_local", Table: t.Table})

	b.rule(t.out, icmp6(ndAdvert), source6, withInterface(outgoing), in(t.parentLinkLocal), drop)
	b.rule(t.out, icmp6In(mld), report(t.vmacMap, destination6, dup), drop)
	b.rule(t.out, icmp6(routerSolicit), interfaceAt(outgoing), in(t.vmacs), drop)
	b.rule(t.out, icmp6In(nd), accept)
	b.rule(t.out, source6, linkLocal, gotoChain(outLocal))
	b.rule(t.out, source6, in(t.vips), drop)
	b.rule(t.in, icmp6In(nd), accept)
	b.rule(t.in, destination6, linkLocal, gotoChain(inLocal))
	b.rule(t.in, destination6, in(t.vips), drop)
	b.rule(inLocal, destination6, withInterface(incoming), in(t.vipsLinkLocal), drop)
	b.rule(outLocal, source6, withInterface(outgoing), in(t.vipsLinkLocal), drop)
}
