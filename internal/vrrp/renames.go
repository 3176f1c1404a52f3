package vrrp

import (
	"reflect"
	"slices"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/wire"
)

// A device that a reload gives another name, and nothing else, is renamed and
// goes on: one that is removed and made anew would cost its router the
// addresses for a while. From the order until the new configuration is in use
// the interface is known by both names. Kernels before 6.2 rename nothing that
// is up; there it is made anew.

// rename is a device that gets another name.
type rename struct {
	from string
	to   device
}

// renames is what a reload renames.
func (l *loop) renames(next []device) (list []rename) {
	var taken []string
	for _, old := range l.devices.wanted {
		if hasDevice(next, old.name) || !l.deviceGood(old) {
			continue
		}
		k := slices.IndexFunc(next, func(d device) bool {
			return !slices.Contains(taken, d.name) && !hasDevice(l.devices.wanted, d.name) && sameDevice(old, d)
		})
		if k >= 0 {
			taken = append(taken, next[k].name)
			list = append(list, rename{old.name, next[k]})
		}
	}
	return list
}

// sameDevice tells whether two devices differ in their names at most.
func sameDevice(a, b device) bool {
	a.owner, a.name = b.owner, b.name
	return reflect.DeepEqual(a, b)
}

func isRenamed(list []rename, name string) bool {
	return slices.ContainsFunc(list, func(r rename) bool { return r.to.name == name })
}

// renamesOver tells whether the kernel has renamed all, or will not.
func (l *loop) renamesOver(list []rename) bool {
	for _, r := range list {
		_, there := l.links.byName[r.to.name]
		_, told := l.devices.ready[r.to.name]
		if !(there && told) && !l.devices.kept[r.to.name] {
			return false
		}
	}
	return true
}

func (l *loop) orderRename(r rename) {
	l.links.setAlias(r.from, r.to.name)
	maker := l.kernel.devices
	l.worker.add(devicesKey, taskFunc(func() { l.inbox.post(deviceRenamed{r, maker.rename(r.from, r.to)}) }))
}

// deviceRenamed is the outcome.
type deviceRenamed struct {
	rename
	err error
}

func (m deviceRenamed) handle(l *loop) {
	if m.err != nil {
		l.log.Detailf("(%s) %v", m.to.owner, m.err)
		l.links.setAlias(m.from, "")
		l.devices.kept[m.to.name] = true
		return
	}
	l.devices.ready[m.to.name] = l.devices.ready[m.from]
}

// endRenames forgets the old names.
func (l *loop) endRenames() {
	for from := range l.links.aliases {
		l.links.setAlias(from, "")
	}
	clear(l.devices.kept)
}

// rename gives a device of ours another name.
func (m *deviceMaker) rename(from string, to device) error {
	link, err := m.writer.Link(from)
	if err != nil {
		return err
	}
	if err := m.writer.One(netif.Rename(link.Index, to.name)); err != nil {
		return err
	}
	known := m.made[from]
	delete(m.made, from)
	m.made[to.name] = ownDevice{to, known.on}
	return nil
}

// follow has what an instance holds on a renamed device known by the new name.
func (l *loop) follow(in *instance) {
	for from, to := range l.links.aliases {
		in.objects = onDevice(in.objects, from, to)
		h, claims := in.held, l.kernel.claims
		l.worker.add(int(in.id), taskFunc(func() {
			renamed := onDevice(h.objects, from, to)
			for i, o := range h.objects {
				if a, ok := o.(address); ok && a.dev == from {
					claims.rename(o, renamed[i])
				}
			}
			h.objects = renamed
		}))
	}
}

func onDevice(objects []object, from, to string) []object {
	objects = slices.Clone(objects)
	for i, o := range objects {
		if a, ok := o.(address); ok && a.dev == from {
			a.dev = to
			objects[i] = a
		}
	}
	return objects
}

// setAlias makes an interface known by a second name as well; an empty one ends
// that.
func (t *linkTable) setAlias(alias, name string) {
	t.shared = nil
	if name == "" {
		delete(t.aliases, alias)
		return
	}
	t.aliases[alias] = name
}

// rename goes on with open sockets where their interface has another name only.
func (s *socketSet) rename(p *socketPair, e wire.Endpoint) {
	now := p.endpoint
	now.Name = e.Name
	if _, taken := s.pairs[e]; taken || now != e {
		return
	}
	delete(s.pairs, p.endpoint)
	p.endpoint, s.pairs[e] = e, p
}
