package firewall

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// maxElements bounds one message: a netlink attribute holds 64 KiB.
const maxElements = 500

// transaction gathers changes of both tables; commit makes all of a table's or
// none.
type transaction struct {
	f       *Firewall
	changes map[nftables.TableFamily]map[string]*change
}

// change is what happens to one set.
type change struct{ add, remove []nftables.SetElement }

func (t *transaction) at(family nftables.TableFamily, set string) *change {
	if t.changes == nil {
		t.changes = map[nftables.TableFamily]map[string]*change{}
	}
	if t.changes[family] == nil {
		t.changes[family] = map[string]*change{}
	}
	c := t.changes[family][set]
	if c == nil {
		c = &change{}
		t.changes[family][set] = c
	}
	return c
}

func (t *transaction) put(family nftables.TableFamily, set string, e nftables.SetElement, there bool) {
	c := t.at(family, set)
	if there {
		c.add = append(c.add, e)
	} else {
		c.remove = append(c.remove, e)
	}
}

// change blocks or unblocks an address.
func (t *transaction) change(a Address, blocked bool) {
	key := a.Addr.AsSlice()
	switch {
	case a.Addr.Is4():
		t.put(nftables.TableFamilyIPv4, setVIPs, nftables.SetElement{Key: key}, blocked)
	case a.Index != 0:
		t.put(nftables.TableFamilyIPv6, setVIPsLinkLocal, nftables.SetElement{Key: append(key, index(a.Index)...)}, blocked)
	default:
		t.put(nftables.TableFamilyIPv6, setVIPs, nftables.SetElement{Key: key}, blocked)
	}
}

// setVMACs takes the old ones out and puts the new ones in.
func (t *transaction) setVMACs(vmacs []VMAC) {
	for _, v := range t.f.vmacs {
		if !slices.Contains(vmacs, v) {
			t.vmac(v, false)
		}
	}
	for _, v := range vmacs {
		if !slices.Contains(t.f.vmacs, v) {
			t.vmac(v, true)
		}
	}
}

func (t *transaction) vmac(v VMAC, there bool) {
	pair := nftables.SetElement{Key: index(v.Index), Val: index(v.Base)}
	if v.IPv4 && !t.f.options.NoIGMP {
		t.put(nftables.TableFamilyIPv4, setVMACMap, pair, there)
	}
	if !v.IPv6 {
		return
	}
	t.put(nftables.TableFamilyIPv6, setVMACMap, pair, there)
	t.put(nftables.TableFamilyIPv6, setVMACs, nftables.SetElement{Key: index(v.Index)}, there)
	if v.LinkLocal.IsValid() {
		key := append(v.LinkLocal.AsSlice(), index(v.Index)...)
		t.put(nftables.TableFamilyIPv6, setParentLinkLocal, nftables.SetElement{Key: key}, there)
	}
}

func index(i int) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(i)) }

func (t *transaction) commit() error {
	for _, family := range families {
		sets := t.changes[family]
		if len(sets) == 0 {
			continue
		}
		if t.f.tables[family] == nil {
			if err := t.begin(family, sets); err != nil {
				return err
			}
			continue
		}
		err := t.send(family, sets, true)
		if errors.Is(err, unix.ENOENT) {
			err = t.anew(family)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin is send with a new table.
func (t *transaction) begin(family nftables.TableFamily, sets map[string]*change) error {
	err := t.send(family, sets, true)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EOPNOTSUPP) {
		err = t.send(family, sets, false) // perhaps only dup is missing
	}
	return err
}

// anew makes a table with everything that was in it and the changes: somebody has
// removed it, or a part of it, as nft flush ruleset does.
func (t *transaction) anew(family nftables.TableFamily) error {
	if err := t.f.remove(family); err != nil {
		return err
	}
	delete(t.f.tables, family)
	all := transaction{f: t.f}
	for a := range t.f.users {
		all.change(a, true)
	}
	for _, v := range t.f.vmacs {
		all.vmac(v, true)
	}
	for name, x := range t.changes[family] {
		c := all.at(family, name)
		c.add = slices.DeleteFunc(c.add, func(e nftables.SetElement) bool {
			return slices.ContainsFunc(x.remove, func(gone nftables.SetElement) bool { return bytes.Equal(gone.Key, e.Key) })
		})
		c.add = append(c.add, x.add...)
	}
	return t.begin(family, all.changes[family])
}

// send makes the changes of one table, and the table first where it is missing.
func (t *transaction) send(family nftables.TableFamily, sets map[string]*change, dup bool) error {
	c, err := t.f.dial()
	if err != nil {
		return err
	}
	tab := t.f.tables[family]
	if tab == nil {
		if tab, err = layout(c, family, t.f.options, dup); err != nil {
			return err
		}
	}
	for name, x := range sets {
		s := tab.set(name)
		if err := each(x.remove, func(part []nftables.SetElement) error { return c.SetDeleteElements(s, part) }); err != nil {
			return err
		}
		if err := each(x.add, func(part []nftables.SetElement) error { return c.SetAddElements(s, part) }); err != nil {
			return err
		}
	}
	if err := c.Flush(); err != nil {
		return err
	}
	t.f.tables[family] = tab
	return nil
}

func (t *table) set(name string) *nftables.Set {
	return map[string]*nftables.Set{
		setVIPs: t.vips, setVIPsLinkLocal: t.vipsLinkLocal, setVMACMap: t.vmacMap, setVMACs: t.vmacs,
		setParentLinkLocal: t.parentLinkLocal,
	}[name]
}

// each calls f for parts that fit into a message.
func each(elements []nftables.SetElement, f func([]nftables.SetElement) error) error {
	for len(elements) > 0 {
		n := min(len(elements), maxElements)
		if err := f(elements[:n]); err != nil {
			return err
		}
		elements = elements[n:]
	}
	return nil
}
