package vrrp

import (
	"cmp"

	"keepalived/internal/netif"
)

// kernelWriter changes the kernel; [netif.Writer] is one.
type kernelWriter interface {
	Do([]netif.Request) []error
}

// chunk is how many objects are set or removed in one step of a task. The
// kernel holds its lock while it works through a chunk, so this bounds how long
// another instance waits.
const chunk = 50

// holdings is what one instance has set in the kernel. It belongs to the
// worker.
type holdings struct {
	objects []object // in the order in which they are set
	set     []bool   // by index in objects
	doubt   []bool   // perhaps removed by somebody else; then set is false
	added   []object // what the last acquire has added
}

// acquire sets what is not set yet.
type acquire struct {
	h      *holdings
	claims claims
	writer kernelWriter
	view   interfaceView
	next   int                   // index of the first object not yet looked at
	added  func([]netif.Address) // told of the IPv4 addresses of each step that are there
	failed func(object, error)
	began  bool
}

func (t *acquire) step() bool {
	if !t.began {
		t.began, t.h.added = true, nil
	}
	requests, at := t.collect()
	var added []netif.Address
	for i, err := range t.writer.Do(requests) {
		o := t.h.objects[at[i]]
		if err != nil && !netif.AlreadyThere(err) {
			t.failed(o, err)
			continue
		}
		if err == nil {
			t.h.added = append(t.h.added, o)
		}
		t.claims.take(o, t.h)
		// Also one that is there already: an earlier removal of it may have been
		// told after our addition.
		if a, ok := o.(address); ok && a.Addr().Is4() {
			added = append(added, a.kernel(t.view[a.dev].Index))
		}
		t.h.set[at[i]], t.h.doubt[at[i]] = true, false
	}
	if len(added) > 0 {
		t.added(added)
	}
	return t.next >= len(t.h.objects)
}

// collect makes the requests of one chunk and tells which objects they are for.
func (t *acquire) collect() (requests []netif.Request, at []int) {
	for ; t.next < len(t.h.objects) && len(requests) < chunk; t.next++ {
		if t.h.set[t.next] {
			continue
		}
		if r, ok := t.h.objects[t.next].add(t.view); ok {
			requests, at = append(requests, r), append(at, t.next)
		}
	}
	return requests, at
}

// release removes what is set, in the reverse order of kinds: rules, routes,
// then addresses. With forced also what another process may have left. What
// others have set meanwhile stays.
type release struct {
	h      *holdings
	owner  *holdings // whose they were; nil: h
	claims claims
	writer kernelWriter
	view   interfaceView
	forced bool
	order  []int // indices still to be removed; nil before the first step
	// kept is told of an address that the kernel did not remove, and whether
	// it was asked to and had none.
	kept   func(o object, gone bool)
	failed func(object, error)
}

func (t *release) step() bool {
	if t.order == nil {
		t.order = t.h.releaseOrder()
	}
	var requests []netif.Request
	var at []int
	for len(t.order) > 0 && len(requests) < chunk {
		i := t.order[0]
		t.order = t.order[1:]
		o := t.h.objects[i]
		r, ok := o.remove(t.view)
		wanted := t.h.set[i] || t.h.doubt[i] || t.forced
		t.h.set[i], t.h.doubt[i] = false, false
		if others := t.claims.give(o, cmp.Or(t.owner, t.h)); others || !ok || !wanted {
			t.kept(o, false)
			continue
		}
		requests, at = append(requests, r), append(at, i)
	}
	for i, err := range t.writer.Do(requests) {
		o := t.h.objects[at[i]]
		if err == nil {
			continue
		}
		t.kept(o, netif.AlreadyGone(err))
		if !netif.AlreadyGone(err) {
			t.failed(o, err)
		}
	}
	return len(t.order) == 0
}

func (h *holdings) releaseOrder() []int {
	order := make([]int, 0, len(h.objects))
	for i := len(h.objects) - 1; i >= 0; i-- {
		if _, ok := isAddress(h.objects[i]); !ok {
			order = append(order, i)
		}
	}
	for i, o := range h.objects {
		if _, ok := isAddress(o); ok {
			order = append(order, i)
		}
	}
	return order
}

// forget notes that what matches may have been removed by somebody else: it is
// to be set again, or removed when that does not come about.
func (h *holdings) forget(match func(object) bool) {
	for i, o := range h.objects {
		if h.set[i] && match(o) {
			h.set[i], h.doubt[i] = false, true
		}
	}
}

// forgetPlaces is forget for objects by their places.
func (h *holdings) forgetPlaces(places []int) {
	for _, i := range places {
		if h.set[i] {
			h.set[i], h.doubt[i] = false, true
		}
	}
}

// replace takes over a changed configuration: objects that stay keep what is
// known of them; those that are set and no longer wanted are returned as
// holdings of their own, to be released.
func (h *holdings) replace(objects []object) (stale *holdings) {
	known := make(map[string]int, len(h.objects)) // key -> index
	for i, o := range h.objects {
		known[o.key()] = i
	}
	set, doubt := make([]bool, len(objects)), make([]bool, len(objects))
	for i, o := range objects {
		k := o.key()
		if was, ok := known[k]; ok {
			set[i], doubt[i] = h.set[was], h.doubt[was]
			delete(known, k)
		}
	}
	stale = &holdings{}
	for i, o := range h.objects {
		if _, gone := known[o.key()]; gone && (h.set[i] || h.doubt[i]) {
			stale.objects, stale.set, stale.doubt = append(stale.objects, o), append(stale.set, true), append(stale.doubt, false)
		}
	}
	h.objects, h.set, h.doubt, h.added = objects, set, doubt, nil
	return stale
}

// newHoldings starts with nothing set.
func newHoldings(objects []object) *holdings {
	return &holdings{objects: objects, set: make([]bool, len(objects)), doubt: make([]bool, len(objects))}
}
