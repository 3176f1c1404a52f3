package vrrp

import (
	"maps"
	"slices"

	"keepalived/internal/netif"
)

// leave removes what was set on an interface that is given another name, before
// it is known by that: configured is the name, and nothing would find the
// addresses there any more, beside those of the next master.
func (l *loop) leave(link netif.Link) {
	if l.links.aliases[link.Name] != "" {
		return // renamed by us, and all goes along
	}
	view := maps.Clone(l.links.view())
	view[link.Name] = link
	for _, in := range l.instances {
		l.leaveHolder(int(in.id), in.held, in.objects, link.Name, view, l.failedFor(in))
	}
	l.leaveHolder(staticsKey, l.statics.held, l.statics.objects, link.Name, view, l.staticFailed)
}

func (l *loop) leaveHolder(key int, h *holdings, objects []object, name string, view interfaceView, failed func(object, error)) {
	var there []object
	for _, o := range objects {
		if slices.Contains(o.interfaces(), name) && !o.untracked() {
			there = append(there, o)
		}
	}
	if len(there) == 0 {
		return
	}
	t := l.removal(view, there, false, failed)
	t.h = newHoldings(there)
	l.worker.add(key, &part{from: h, release: t})
}

// part is a release of what some holdings have set of other ones, which are not
// theirs any more then.
type part struct {
	from    *holdings
	release *release
	began   bool
}

func (t *part) step() bool {
	if !t.began {
		t.began = true
		t.from.give(t.release.h)
		t.release.owner = t.from
	}
	return t.release.step()
}

// give hands over what is known of the objects of other holdings.
func (h *holdings) give(to *holdings) {
	place := make(map[string]int, len(to.objects))
	for i, o := range to.objects {
		place[o.key()] = i
	}
	for i, o := range h.objects {
		if k, ok := place[o.key()]; ok {
			to.set[k], to.doubt[k] = h.set[i], h.doubt[i]
			h.set[i], h.doubt[i] = false, false
		}
	}
}
