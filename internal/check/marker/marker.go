// Package marker has nftables give packets to many addresses a firewall mark, so
// that one IPVS service serves them all (nftables_ipvs in keepalived.conf(5)).
//
// There is a table for IPv4 and one for IPv6, each with a map of addresses and
// ports for each protocol, and a chain that looks packets up before IPVS does.
package marker

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// Options are what the tables are like.
type Options struct {
	Table    string // name of both
	Priority int    // of the chains; IPVS comes at 0
	Counters bool   // elements count what they match
}

// Element is a range of addresses whose packets get a mark.
type Element struct {
	First, Last netip.Addr
	Port        uint16 // 0: all
	Protocol    uint8  // IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP
	Mark        uint32
}

// Marker owns the tables. One goroutine uses it.
type Marker struct {
	options Options
	tables  map[nftables.TableFamily]*table // that are in the kernel
	present map[Element]bool
}

// New makes one. Nothing is in the kernel before the first Set.
func New(o Options) *Marker {
	return &Marker{options: o, tables: map[nftables.TableFamily]*table{}, present: map[Element]bool{}}
}

// Set makes the tables hold exactly the elements. What a predecessor has left
// is replaced. All changes of a table come about at once, or none. An element that
// overlaps with another one is left out, of which the error tells where it matters.
func (m *Marker) Set(elements []Element) error {
	elements, lost := disjoint(elements)
	wanted := make(map[Element]bool, len(elements))
	for _, e := range elements {
		wanted[e] = true
	}
	changes := map[nftables.TableFamily]*change{}
	at := func(e Element) *change {
		f := family(e)
		if changes[f] == nil {
			changes[f] = &change{}
		}
		return changes[f]
	}
	for e := range m.present {
		if !wanted[e] {
			at(e).remove = append(at(e).remove, e)
		}
	}
	seen := make(map[Element]bool, len(wanted))
	for _, e := range elements {
		if !m.present[e] && !seen[e] {
			at(e).add = append(at(e).add, e)
		}
		seen[e] = true
	}
	for _, f := range families {
		if changes[f] == nil {
			continue
		}
		if err := m.apply(f, changes[f]); err != nil {
			return errors.Join(lost, fmt.Errorf("setting nftables table %s: %w", m.options.Table, err))
		}
	}
	return lost
}

// Missed forgets tables that are not in the kernel any more, as after a flush of
// the whole ruleset; it says whether there are any. The next Set makes them again.
func (m *Marker) Missed() (bool, error) {
	missed := false
	for _, f := range families {
		if m.tables[f] == nil {
			continue
		}
		there, err := m.there(f)
		if err != nil {
			return missed, fmt.Errorf("looking for nftables table %s: %w", m.options.Table, err)
		}
		if there {
			continue
		}
		missed = true
		delete(m.tables, f)
		maps.DeleteFunc(m.present, func(e Element, _ bool) bool { return family(e) == f })
	}
	return missed, nil
}

func (m *Marker) there(f nftables.TableFamily) (bool, error) {
	c, err := nftables.New()
	if err != nil {
		return false, err
	}
	_, err = c.ListTableOfFamily(m.options.Table, f)
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	return err == nil, err
}

// Close removes the tables.
func (m *Marker) Close() error {
	for _, f := range families {
		if m.tables[f] == nil {
			continue
		}
		if err := m.remove(f); err != nil {
			return err
		}
		delete(m.tables, f)
	}
	clear(m.present)
	return nil
}

func (m *Marker) remove(f nftables.TableFamily) error {
	c, hangUp, err := dial()
	if err != nil {
		return err
	}
	defer hangUp()
	c.DelTable(&nftables.Table{Name: m.options.Table, Family: f})
	if err := c.Flush(); err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("removing nftables table %s: %w", m.options.Table, err)
	}
	return nil
}

var families = []nftables.TableFamily{nftables.TableFamilyIPv4, nftables.TableFamilyIPv6}

func family(e Element) nftables.TableFamily {
	if e.First.Is4() {
		return nftables.TableFamilyIPv4
	}
	return nftables.TableFamilyIPv6
}

// change is what happens to one table.
type change struct{ remove, add []Element }

func (m *Marker) apply(f nftables.TableFamily, x *change) error {
	c, hangUp, err := dial()
	if err != nil {
		return err
	}
	defer hangUp()
	t := m.tables[f]
	if t == nil {
		t = newTable(c, f, m.options)
	}
	next := t.clone()
	for _, list := range []struct {
		elements []Element
		do       func(*nftables.Set, []nftables.SetElement) error
	}{{x.remove, c.SetDeleteElements}, {x.add, c.SetAddElements}} {
		parts := byProtocol(list.elements)
		for _, protocol := range slices.Sorted(maps.Keys(parts)) {
			s, err := next.set(c, protocol, m.options)
			if err != nil {
				return err
			}
			if err := inParts(parts[protocol], func(part []nftables.SetElement) error { return list.do(s, part) }); err != nil {
				return err
			}
		}
	}
	if err := c.Flush(); err != nil {
		return err
	}
	m.tables[f] = next
	for _, e := range x.remove {
		delete(m.present, e)
	}
	for _, e := range x.add {
		m.present[e] = true
	}
	return nil
}

func byProtocol(elements []Element) map[uint8][]nftables.SetElement {
	out := map[uint8][]nftables.SetElement{}
	for _, e := range elements {
		out[e.Protocol] = append(out[e.Protocol], e.encode())
	}
	return out
}

// maxElements bounds one message: a netlink attribute holds 64 KiB.
const maxElements = 400

func inParts(elements []nftables.SetElement, f func([]nftables.SetElement) error) error {
	for len(elements) > 0 {
		n := min(len(elements), maxElements)
		if err := f(elements[:n]); err != nil {
			return err
		}
		elements = elements[n:]
	}
	return nil
}
