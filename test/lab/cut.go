package lab

import (
	"encoding/binary"
	"errors"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// cut is a direction in which a segment loses frames.
type cut struct{ from, to *Link }

// all is the percentage of a complete loss.
const all = 100

// Cut splits two nodes of the segment: neither hears the other any more.
// Their interfaces notice nothing. It needs nftables for bridges in the kernel.
func (s *Segment) Cut(a, b *Link) {
	s.t.Helper()
	s.lose(map[cut]int{{a, b}: all, {b, a}: all})
}

// CutOneWay makes one node deaf for another, which still hears the first.
func (s *Segment) CutOneWay(from, to *Link) {
	s.t.Helper()
	s.lose(map[cut]int{{from, to}: all})
}

// HealOneWay ends the losses of what one node of the segment sends to another.
func (s *Segment) HealOneWay(from, to *Link) {
	s.t.Helper()
	s.mu.Lock()
	delete(s.cuts, cut{from, to})
	s.mu.Unlock()
	s.lose(nil)
}

// Lose drops a percentage, 0 to 100, of the frames that two nodes of the
// segment send each other, at random.
func (s *Segment) Lose(a, b *Link, percent int) {
	s.t.Helper()
	s.lose(map[cut]int{{a, b}: percent, {b, a}: percent})
}

// Isolate cuts one node off from all others of the segment.
func (s *Segment) Isolate(k *Link) {
	s.t.Helper()
	cuts := map[cut]int{}
	s.mu.Lock()
	for _, other := range s.links {
		if other != k {
			cuts[cut{k, other}], cuts[cut{other, k}] = all, all
		}
	}
	s.mu.Unlock()
	s.lose(cuts)
}

// Heal ends all losses of the segment.
func (s *Segment) Heal() {
	s.t.Helper()
	s.mu.Lock()
	clear(s.cuts)
	s.mu.Unlock()
	s.lose(nil)
}

func (s *Segment) lose(more map[cut]int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, percent := range more {
		s.cuts[c] = percent
	}
	err := s.lab.ports.Do(s.program)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EAFNOSUPPORT) {
		err = &Missing{What: "cutting a segment needs nftables for bridges (kernel option NF_TABLES_BRIDGE)", Err: err}
	}
	Must(s.t, err)
}

// program replaces the segment's filter in one transaction.
func (s *Segment) program() error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	table := &nftables.Table{Family: nftables.TableFamilyBridge, Name: s.bridge}
	conn.AddTable(table)
	conn.DelTable(table)
	conn.AddTable(table)
	chain := conn.AddChain(&nftables.Chain{
		Name:     "forward",
		Table:    table,
		Type:     nftables.ChainTypeFilter,
		Hooknum:  nftables.ChainHookForward,
		Priority: nftables.ChainPriorityFilter,
	})
	for c, percent := range s.cuts {
		conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: dropRule(c, percent)})
	}
	return conn.Flush()
}

func dropRule(c cut, percent int) []expr.Any {
	exprs := []expr.Any{
		&expr.Meta{Key: expr.MetaKeyIIF, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.NativeEndian.AppendUint32(nil, uint32(c.from.portIndex))},
		&expr.Meta{Key: expr.MetaKeyOIF, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binary.NativeEndian.AppendUint32(nil, uint32(c.to.portIndex))},
	}
	if percent < all {
		// A random number below 100, as bytes in the order that the kernel
		// compares: the most significant one first.
		exprs = append(exprs,
			&expr.Numgen{Register: 1, Type: unix.NFT_NG_RANDOM, Modulus: all},
			&expr.Byteorder{SourceRegister: 1, DestRegister: 1, Op: expr.ByteorderHton, Len: 4, Size: 4},
			&expr.Cmp{Op: expr.CmpOpLt, Register: 1, Data: binary.BigEndian.AppendUint32(nil, uint32(percent))},
		)
	}
	return append(exprs, &expr.Verdict{Kind: expr.VerdictDrop})
}
