package firewall

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// Options are what keepalived.conf(5) says about nftables.
type Options struct {
	Table    string // name of both tables; empty: keepalived
	Priority int    // of the base chains (nftables_priority)
	Counters bool   // rules count what they match (nftables_counters)
	NoIGMP   bool   // IGMP is left alone (disable_local_igmp)
}

// DefaultTable is the name of the tables unless another is configured.
const DefaultTable = "keepalived"

// Address is a virtual address that must not be reached.
type Address struct {
	Addr  netip.Addr
	Index int // interface that it is on; matters for link-local addresses
}

// VMAC is an interface whose multicast reports leave by its base.
type VMAC struct {
	Index, Base int
	IPv4, IPv6  bool       // protocols that it speaks
	LinkLocal   netip.Addr // IPv6 address that it shares with its base; zero for none
}

// Firewall is our tables in the kernel. They are made when something is put
// into them first. It belongs to one goroutine, which may have to wait for the
// kernel; the network namespace is that of the calling thread.
type Firewall struct {
	options Options
	tables  map[nftables.TableFamily]*table
	blocked map[int][]Address // by owner
	users   map[Address]int   // how many owners have an address blocked
	vmacs   []VMAC
	dial    func() (*nftables.Conn, error)
}

// New returns a Firewall that has changed nothing yet.
func New(o Options) *Firewall {
	if o.Table == "" {
		o.Table = DefaultTable
	}
	return &Firewall{
		options: o, tables: map[nftables.TableFamily]*table{}, blocked: map[int][]Address{}, users: map[Address]int{},
		dial: func() (*nftables.Conn, error) { return nftables.New() },
	}
}

// Reset removes tables that a predecessor has left. A kernel without nftables
// has none.
func (f *Firewall) Reset() error {
	clear(f.tables)
	for _, family := range f.present() {
		if err := f.remove(family); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a table, if it is there.
func (f *Firewall) remove(family nftables.TableFamily) error {
	c, err := f.dial()
	if err != nil {
		return fmt.Errorf("opening nftables: %w", err)
	}
	c.DelTable(&nftables.Table{Name: f.options.Table, Family: family})
	if err := c.Flush(); err != nil && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("removing nftables table %s: %w", f.options.Table, err)
	}
	return nil
}

// present is the families in which the kernel has our table, or all where it
// does not tell. A removal that fails takes some 10 ms, and nothing is there at
// most starts.
func (f *Firewall) present() (found []nftables.TableFamily) {
	c, err := f.dial()
	if err != nil {
		return families
	}
	tables, err := c.ListTables()
	if err != nil {
		return families
	}
	for _, t := range tables {
		if t.Name == f.options.Table && slices.Contains(families, t.Family) {
			found = append(found, t.Family)
		}
	}
	return found
}

// Close removes our tables.
func (f *Firewall) Close() error {
	if len(f.tables) == 0 {
		return nil
	}
	return f.Reset()
}

var families = []nftables.TableFamily{nftables.TableFamilyIPv4, nftables.TableFamilyIPv6}

// Block makes addrs what an owner has blocked, in place of what it had; none
// unblocks. When it fails the kernel has what it had before.
func (f *Firewall) Block(owner int, addrs []Address) error {
	t := transaction{f: f}
	next := normal(addrs)
	delta := map[Address]int{}
	for _, a := range f.blocked[owner] {
		delta[a]--
	}
	for _, a := range next {
		delta[a]++
	}
	for a, n := range delta {
		if was, is := f.users[a] > 0, f.users[a]+n > 0; was != is {
			t.change(a, is)
		}
	}
	if err := t.commit(); err != nil {
		return fmt.Errorf("setting nftables drop rules: %w", err)
	}
	for a, n := range delta {
		if f.users[a] += n; f.users[a] == 0 {
			delete(f.users, a)
		}
	}
	if f.blocked[owner] = next; len(next) == 0 {
		delete(f.blocked, owner)
	}
	return nil
}

// normal leaves out the interface where it does not matter, and repetitions.
func normal(addrs []Address) []Address {
	var out []Address
	seen := map[Address]bool{}
	for _, a := range addrs {
		if a.Addr.Is4() || !a.Addr.IsLinkLocalUnicast() {
			a.Index = 0
		}
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}

// SetVMACs replaces the VMACs that are known.
func (f *Firewall) SetVMACs(vmacs []VMAC) error {
	if slices.Equal(vmacs, f.vmacs) {
		return nil
	}
	t := transaction{f: f}
	t.setVMACs(vmacs)
	if err := t.commit(); err != nil {
		return fmt.Errorf("setting nftables rules of VMACs: %w", err)
	}
	f.vmacs = slices.Clone(vmacs)
	return nil
}
