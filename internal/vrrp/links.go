package vrrp

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
)

// linkTable is what the kernel last said about interfaces and their addresses.
// It belongs to the event loop.
type linkTable struct {
	byIndex map[int]netif.Link
	byName  map[string]int
	addrs   map[int][]netif.Address // in the kernel's order
	places  addressPlaces
	aliases map[string]string // former names of interfaces that are being renamed
	shared  interfaceView     // nil: to be made anew
	changes int               // of interfaces
	// held is whether an interface counts as up while a change of it waits.
	held map[int]bool
	// beats is what the drivers say that are asked, by name of the interface.
	beats map[string]beatState
}

func newLinkTable() *linkTable {
	return &linkTable{byIndex: map[int]netif.Link{}, byName: map[string]int{}, aliases: map[string]string{}, addrs: map[int][]netif.Address{}, places: newAddressPlaces(), held: map[int]bool{}}
}

// fill notes everything of a snapshot.
func (t *linkTable) fill(s netif.Snapshot) {
	for _, l := range s.Links {
		t.set(l)
	}
	for _, a := range s.Addresses {
		t.addAddress(a)
	}
}

// lookup finds an interface by name.
func (t *linkTable) lookup(name string) (netif.Link, bool) {
	i, ok := t.byName[name]
	if !ok {
		i, ok = t.byName[t.aliases[name]]
	}
	if !ok {
		return netif.Link{}, false
	}
	return t.byIndex[i], true
}

// set notes an interface that is new, changed or renamed.
func (t *linkTable) set(l netif.Link) {
	t.shared = nil
	t.changes++
	if old, ok := t.byIndex[l.Index]; ok && old.Name != l.Name && t.byName[old.Name] == l.Index {
		delete(t.byName, old.Name)
	}
	t.byIndex[l.Index] = l
	t.byName[l.Name] = l.Index
}

// remove forgets an interface and its addresses.
func (t *linkTable) remove(index int) {
	t.shared = nil
	t.changes++
	if old, ok := t.byIndex[index]; ok && t.byName[old.Name] == index {
		delete(t.byName, old.Name)
	}
	delete(t.byIndex, index)
	t.places.forget(index, t.addrs[index])
	delete(t.addrs, index)
}

// addAddress notes an address; a changed one replaces what was there.
func (t *linkTable) addAddress(a netif.Address) {
	if i, known := t.places.find(a.Key()); known {
		t.addrs[a.Index][i] = a
		return
	}
	t.places.append(a.Key(), len(t.addrs[a.Index]))
	t.addrs[a.Index] = append(t.addrs[a.Index], a)
}

func (t *linkTable) removeAddress(k netif.AddressKey) {
	i, known := t.places.find(k)
	if !known {
		return
	}
	t.addrs[k.Index] = t.places.remove(t.addrs[k.Index], i)
}

// up reports whether the interface can carry traffic; for a VMAC or ipvlan its
// base has to be up as well. A missing interface is down.
func (t *linkTable) up(index int) bool {
	l, ok := t.byIndex[index]
	if !ok {
		return false
	}
	base, ok := t.byIndex[l.ParentIndex]
	if !ok || l.Kind != "macvlan" && l.Kind != "ipvlan" {
		return t.carrier(l)
	}
	// Its own carrier is its base's, but told separately.
	return l.Up() && t.carrier(base)
}

// above is the interfaces that an interface carries, and whether they are up.
func (t *linkTable) above(index int) map[int]bool {
	var found map[int]bool
	for i, l := range t.byIndex {
		if l.ParentIndex != index || l.Kind != "macvlan" && l.Kind != "ipvlan" {
			continue
		}
		if found == nil {
			found = map[int]bool{}
		}
		found[i] = t.up(i)
	}
	return found
}

// carrier is whether an interface counts as up by itself.
func (t *linkTable) carrier(l netif.Link) bool {
	if b, asked := t.beats[l.Name]; asked && !b.up {
		return false
	}
	if up, waits := t.held[l.Index]; waits {
		return up
	}
	return l.Up() && l.Running()
}

// source is the address that adverts leave an interface with: its first IPv4
// address, or its first link-local IPv6 one, that is not excluded. VIPs are
// excluded: they move to the peer.
func (t *linkTable) source(index int, v6 bool, excluded func(netip.Addr) bool) netip.Addr {
	for _, a := range t.addrs[index] {
		ip := a.Prefix.Addr()
		if ip.Is6() != v6 || v6 && !ip.IsLinkLocalUnicast() || !usable(a) || excluded(ip) {
			continue
		}
		return ip
	}
	return netip.Addr{}
}

// usable reports whether an address can be sent from: not before the kernel has
// found it to be nobody else's, or when it is (RFC 4862 5.4).
func usable(a netif.Address) bool { return a.Flags&unix.IFA_F_TENTATIVE == 0 }

// view is the interfaces by name, for the worker. It is made anew after every
// change and must not be modified.
func (t *linkTable) view() interfaceView {
	if t.shared == nil {
		t.shared = make(interfaceView, len(t.byName))
		for name, i := range t.byName {
			t.shared[name] = t.byIndex[i]
		}
		for alias := range t.aliases {
			if l, ok := t.lookup(alias); ok {
				t.shared[alias] = l
			}
		}
	}
	return t.shared
}
