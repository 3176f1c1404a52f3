package vrrp

import (
	"slices"

	"keepalived/internal/netif"
)

// addressPlaces tells where in the list of its interface an address is, without
// a search: a takeover adds thousands and a release removes them, in the order
// of the list.
type addressPlaces struct {
	serial map[netif.AddressKey]int // grows along the list
	first  map[int]int              // serial of the first of each interface
}

func newAddressPlaces() addressPlaces {
	return addressPlaces{serial: map[netif.AddressKey]int{}, first: map[int]int{}}
}

// find returns the place in the list of its interface.
func (p addressPlaces) find(k netif.AddressKey) (i int, known bool) {
	serial, known := p.serial[k]
	return serial - p.first[k.Index], known
}

// append notes an address at the end of a list of n.
func (p addressPlaces) append(k netif.AddressKey, n int) { p.serial[k] = p.first[k.Index] + n }

// remove takes the address at place i out of its list and returns the list. The
// shorter side moves up: a release goes from the first to the last, past those
// that stay.
func (p addressPlaces) remove(list []netif.Address, i int) []netif.Address {
	index, key := list[i].Index, list[i].Key()
	if i < len(list)/2 {
		copy(list[1:], list[:i])
		list = list[1:]
		p.first[index]++
		p.number(list[:i], index, 0)
	} else {
		list = slices.Delete(list, i, i+1)
		p.number(list[i:], index, i)
	}
	delete(p.serial, key)
	return list
}

// number gives the addresses from place i on their serials.
func (p addressPlaces) number(part []netif.Address, index, i int) {
	for j, a := range part {
		p.serial[a.Key()] = p.first[index] + i + j
	}
}

// forget forgets an interface.
func (p addressPlaces) forget(index int, list []netif.Address) {
	for _, a := range list {
		delete(p.serial, a.Key())
	}
	delete(p.first, index)
}
