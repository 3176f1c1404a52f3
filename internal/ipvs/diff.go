package ipvs

import (
	"net/netip"
	"slices"
)

// Diff returns the fewest steps that make the table wanted out of the table
// present, in an order that the kernel accepts:
//
//   - services and destinations are added and edited first, in the order of
//     wanted, each service before its destinations; so a service that changes
//     all its servers is never without one;
//   - then the rest is deleted, in the reverse order of present. A service goes
//     in one step with its destinations.
//
// The reverse order matters: the kernel keeps deleted destinations for minutes
// in a list, newest first, which it searches at every addition. When a table is
// deleted in the reverse order of its creation, each destination of the same
// table is found at the head of that list when it comes back; in any other
// order the whole list is walked each time.
//
// Of several entries with the same key only the first counts. The steps point
// into the arguments. The time is linear in the size of the tables.
func Diff(present, wanted []Entry) []Step {
	d := differ{present: present, at: indexOf(present), kept: make([]bool, len(present))}
	if len(present) == 0 {
		room := 0
		for i := range wanted {
			room += 1 + len(wanted[i].Destinations)
		}
		d.steps = make([]Step, 0, room)
	}
	first := indexOf(wanted)
	for i := range wanted {
		if first.find(wanted, wanted[i].Service.Key) == i {
			d.want(&wanted[i])
		}
	}
	d.deleteServices()
	slices.Reverse(d.deletions)
	return append(d.steps, d.deletions...)
}

// differ collects the steps.
type differ struct {
	present   []Entry
	at        index  // of present
	kept      []bool // by index in present: also wanted
	steps     []Step // additions and edits
	deletions []Step // in the order of present, destinations after the services before theirs
	stale     []staleEntry
}

// staleEntry is a kept service with destinations to delete.
type staleEntry struct {
	index int
	steps []Step
}

func (d *differ) want(w *Entry) {
	i := d.at.find(d.present, w.Service.Key)
	if i < 0 {
		d.steps = append(d.steps, Step{Op: AddService, Service: &w.Service})
		d.wantDestinations(w, nil, 0)
		return
	}
	d.kept[i] = true
	p := &d.present[i]
	if p.Service != w.Service && p.Service.normal() != w.Service.normal() {
		d.steps = append(d.steps, Step{Op: EditService, Service: &w.Service})
	}
	d.wantDestinations(w, p.Destinations, i)
}

// wantDestinations compares the destinations of a service. i is the index of
// the present entry, if there is one.
func (d *differ) wantDestinations(w *Entry, present []Destination, i int) {
	if slices.Equal(present, w.Destinations) {
		return
	}
	old, wanted := indexDestinations(present), indexDestinations(w.Destinations)
	for j := range w.Destinations {
		dest := &w.Destinations[j]
		if wanted.find(dest.Addr) != j {
			continue
		}
		k := old.find(dest.Addr)
		switch {
		case k < 0:
			d.steps = append(d.steps, Step{Op: AddDestination, Service: &w.Service, Destination: dest})
		case present[k].normal() != dest.normal():
			d.steps = append(d.steps, Step{Op: EditDestination, Service: &w.Service, Destination: dest})
		}
	}
	var stale []Step
	for k := range present {
		dest := &present[k]
		if old.find(dest.Addr) == k && wanted.find(dest.Addr) < 0 {
			stale = append(stale, Step{Op: DeleteDestination, Service: &w.Service, Destination: dest})
		}
	}
	if stale != nil {
		d.stale = append(d.stale, staleEntry{i, stale})
	}
}

// deleteServices lists all deletions in the order of present.
func (d *differ) deleteServices() {
	slices.SortFunc(d.stale, func(a, b staleEntry) int { return a.index - b.index })
	next := 0
	for i := range d.present {
		if next < len(d.stale) && d.stale[next].index == i {
			d.deletions = append(d.deletions, d.stale[next].steps...)
			next++
		}
		if s := &d.present[i].Service; !d.kept[i] && d.at.find(d.present, s.Key) == i {
			d.deletions = append(d.deletions, Step{Op: DeleteService, Service: s})
		}
	}
}

// destinationIndex finds destinations by address: the first with each.
type destinationIndex struct {
	list   []Destination
	byAddr map[netip.AddrPort]int // nil while the list is short
}

// shortList is how many destinations are searched as fast as hashed.
const shortList = 16

func indexDestinations(list []Destination) destinationIndex {
	x := destinationIndex{list: list}
	if len(list) > shortList {
		x.byAddr = make(map[netip.AddrPort]int, len(list))
		for i := range list {
			a := plain(list[i].Addr)
			if _, again := x.byAddr[a]; !again {
				x.byAddr[a] = i
			}
		}
	}
	return x
}

// find returns the index of the first destination with the address, or -1.
func (x destinationIndex) find(a netip.AddrPort) int {
	if x.byAddr != nil {
		if i, ok := x.byAddr[plain(a)]; ok {
			return i
		}
		return -1
	}
	if a.Addr().Is6() { // there may be zones
		a = plain(a)
		for i := range x.list {
			if plain(x.list[i].Addr) == a {
				return i
			}
		}
		return -1
	}
	for i := range x.list {
		if x.list[i].Addr == a {
			return i
		}
	}
	return -1
}
