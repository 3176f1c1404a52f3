package marker

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// table is one of our tables as it is in the kernel.
type table struct {
	*nftables.Table
	in   *nftables.Chain
	maps map[uint8]*nftables.Set // by protocol
}

// protocols are the names of the maps.
var protocols = map[uint8]string{unix.IPPROTO_TCP: "tcp_map", unix.IPPROTO_UDP: "udp_map", unix.IPPROTO_SCTP: "sctp_map"}

// newTable adds an empty table to a batch, in the place of one that is there.
func newTable(c *nftables.Conn, f nftables.TableFamily, o Options) *table {
	t := &table{Table: c.AddTable(&nftables.Table{Name: o.Table, Family: f}), maps: map[uint8]*nftables.Set{}}
	c.DelTable(t.Table)
	c.AddTable(t.Table)
	accept := nftables.ChainPolicyAccept
	t.in = c.AddChain(&nftables.Chain{
		Name: "in", Table: t.Table, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookInput,
		Priority: nftables.ChainPriorityRef(nftables.ChainPriority(o.Priority)), Policy: &accept,
	})
	return t
}

// clone lets a batch that fails leave the table as it is known.
func (t *table) clone() *table { return &table{t.Table, t.in, maps.Clone(t.maps)} }

// set is the map of a protocol, which is added with its rule where it is missing.
func (t *table) set(c *nftables.Conn, protocol uint8, o Options) (*nftables.Set, error) {
	if s := t.maps[protocol]; s != nil {
		return s, nil
	}
	name, ok := protocols[protocol]
	if !ok {
		return nil, fmt.Errorf("protocol %d cannot be marked", protocol)
	}
	addr := nftables.TypeIPAddr
	if t.Family == nftables.TableFamilyIPv6 {
		addr = nftables.TypeIP6Addr
	}
	s := &nftables.Set{
		Table: t.Table, Name: name, KeyType: nftables.MustConcatSetType(addr, nftables.TypeInetService),
		IsMap: true, DataType: nftables.TypeMark, Interval: true, Concatenation: true, Counter: o.Counters,
		KeyByteOrder: binaryutil.BigEndian,
	}
	if err := c.AddSet(s, nil); err != nil {
		return nil, err
	}
	t.maps[protocol] = s
	c.AddRule(&nftables.Rule{Table: t.Table, Chain: t.in, Exprs: t.rule(s, protocol)})
	return s, nil
}

// rule marks the packets of a protocol that are found in its map.
func (t *table) rule(s *nftables.Set, protocol uint8) []expr.Any {
	const reg = unix.NFT_REG32_00
	offset, length := uint32(16), uint32(4) // destination, RFC 791
	if t.Family == nftables.TableFamilyIPv6 {
		offset, length = 24, 16 // RFC 8200
	}
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: unix.NFT_REG_1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: unix.NFT_REG_1, Data: []byte{protocol}},
		&expr.Payload{DestRegister: reg, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: length},
		&expr.Payload{DestRegister: reg + length/4, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}, // destination port
		&expr.Lookup{SourceRegister: reg, DestRegister: unix.NFT_REG_1, IsDestRegSet: true, SetID: s.ID, SetName: s.Name},
		&expr.Meta{Key: expr.MetaKeyMARK, Register: unix.NFT_REG_1, SourceRegister: true},
		&expr.Counter{},
		&expr.Verdict{Kind: expr.VerdictReturn},
	}
}

// encode is the element as the kernel has it.
func (e Element) encode() nftables.SetElement {
	last := e.Port
	if e.Port == 0 {
		last = 0xffff
	}
	return nftables.SetElement{Key: key(e.First, e.Port), KeyEnd: key(e.Last, last), Val: binary.NativeEndian.AppendUint32(nil, e.Mark)}
}

// key is an address and a port, each padded to four bytes.
func key(a netip.Addr, port uint16) []byte {
	return append(binary.BigEndian.AppendUint16(a.AsSlice(), port), 0, 0)
}
