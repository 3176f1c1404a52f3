package marker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// disjoint leaves out of a list what overlaps with other elements: the kernel
// would refuse the whole table for it. The error names those with which something
// is lost. A port comes before all ports, else what comes first.
func disjoint(elements []Element) ([]Element, error) {
	every := make(map[space][]Element) // for all ports
	for _, e := range elements {
		if e.Port == 0 {
			every[spaceOf(e)] = append(every[spaceOf(e)], e)
		}
	}
	taken := map[space]map[uint16][]Element{} // by port, in the order of addresses
	var out []Element
	var lost []error
	take := func(e Element) {
		ports := taken[spaceOf(e)]
		if ports == nil {
			ports = map[uint16][]Element{}
			taken[spaceOf(e)] = ports
		}
		at, other, overlaps := search(ports[e.Port], e)
		for port := range ports {
			if e.Port == 0 && !overlaps && port != 0 {
				_, other, overlaps = search(ports[port], e)
			}
		}
		switch {
		case !overlaps:
			ports[e.Port] = slices.Insert(ports[e.Port], at, e)
			out = append(out, e)
		case !other.covers(e):
			lost = append(lost, fmt.Errorf("%v cannot be marked beside %v", e, other))
		}
	}
	for _, e := range elements {
		covered := func(o Element) bool { return o.covers(e) }
		if e.Port != 0 && !slices.ContainsFunc(every[spaceOf(e)], covered) {
			take(e)
		}
	}
	for _, e := range elements {
		if e.Port == 0 {
			take(e)
		}
	}
	return out, errors.Join(lost...)
}

// space is what elements are in that may overlap.
type space struct {
	v4       bool
	protocol uint8
}

func spaceOf(e Element) space { return space{e.First.Is4(), e.Protocol} }

// search finds the place of an element in a list of disjoint ones, and one of
// these that overlaps with it.
func search(list []Element, e Element) (at int, other Element, overlaps bool) {
	at, _ = slices.BinarySearchFunc(list, e.First, func(o Element, a netip.Addr) int { return o.First.Compare(a) })
	for _, i := range []int{at - 1, at} {
		if i >= 0 && i < len(list) && list[i].First.Compare(e.Last) <= 0 && e.First.Compare(list[i].Last) <= 0 {
			return at, list[i], true
		}
	}
	return at, other, false
}

// covers says that an element does what another one would do.
func (e Element) covers(o Element) bool {
	return e.Mark == o.Mark && (e.Port == 0 || e.Port == o.Port) && e.First.Compare(o.First) <= 0 && o.Last.Compare(e.Last) <= 0
}

// String is the element in messages.
func (e Element) String() string {
	s := e.First.String()
	if e.Last != e.First {
		s += "-" + e.Last.String()
	}
	if e.Port != 0 {
		s += fmt.Sprintf(" port %d", e.Port)
	}
	return fmt.Sprintf("%s (mark %d)", s, e.Mark)
}
