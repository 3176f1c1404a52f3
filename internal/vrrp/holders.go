package vrrp

import (
	"keepalived/internal/netif"
)

// holders tells who holds an address, so that those of thousands that are
// removed one by one need not be looked for among all others each time.
type holders struct {
	links   *linkTable
	changes int // of it when the table was made
	at      map[netif.AddressKey][]holder
}

// holder is an address of an instance, by its place in what the instance holds.
type holder struct {
	in    *instance
	place int
}

// holdersOf is the holders of one address. The table is made when the first is
// asked for, and again when interfaces or instances have changed.
func (l *loop) holdersOf(k netif.AddressKey) []holder {
	h := &l.holders
	if h.at == nil || h.links != l.links || h.changes != l.links.changes {
		*h = holders{links: l.links, changes: l.links.changes, at: map[netif.AddressKey][]holder{}}
		view := l.links.view()
		for _, in := range l.instances {
			for place, o := range in.objects {
				if key, ok := addressKey(o, view); ok {
					h.at[key] = append(h.at[key], holder{in, place})
				}
			}
		}
	}
	return h.at[k]
}
