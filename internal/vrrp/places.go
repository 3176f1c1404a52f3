package vrrp

import "keepalived/internal/netif"

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

// remove forgets the address at place i of its list, which is as before the
// removal.
func (p addressPlaces) remove(list []netif.Address, i int) {
	index := list[i].Index
	delete(p.serial, list[i].Key())
	if i == 0 {
		p.first[index]++
		return
	}
	for j, a := range list[i+1:] {
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
