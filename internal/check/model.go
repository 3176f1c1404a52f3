package check

import "keepalived/internal/ipvs"

// model is what was put into the kernel, in the order of its creation: the order
// of deletion follows from it (see ipvs.Diff).
type model struct{ *ipvs.Table }

func newModel() model { return model{ipvs.NewTable(0)} }

// find is what the model has of some services.
func (m *model) find(of []ipvs.Entry) []ipvs.Entry {
	var out []ipvs.Entry
	for i := range of {
		if j := m.Find(of[i].Service.Key); j >= 0 {
			out = append(out, ipvs.Entry{})
			m.Get(j, &out[len(out)-1])
		}
	}
	return out
}

// set notes what some services are now.
func (m *model) set(entries []ipvs.Entry) {
	for _, e := range entries {
		if j := m.Find(e.Service.Key); j >= 0 {
			var old ipvs.Entry
			m.Get(j, &old)
			e = inOrder(old, e)
		}
		m.Put(&e)
	}
}

// reset notes what the whole table is now.
func (m *model) reset(wanted *ipvs.Table) {
	old := m.Table
	if old.Len() == 0 {
		m.Table = wanted
		return
	}
	m.Table = ipvs.NewTable(wanted.Len())
	var before, now ipvs.Entry
	for i := range old.Len() {
		switch j := old.FindIn(wanted, i); {
		case j < 0:
		case old.Same(i, wanted, j):
			m.Take(wanted, j)
		default:
			old.Get(i, &before)
			wanted.Get(j, &now)
			e := inOrder(before, now)
			m.Add(&e)
		}
	}
	for j := range wanted.Len() {
		m.Take(wanted, j)
	}
}

// inOrder is now with the destinations that old had before those that are new.
func inOrder(old, now ipvs.Entry) ipvs.Entry {
	if len(old.Destinations) <= len(now.Destinations) && sameBeginning(old.Destinations, now.Destinations) {
		return now
	}
	out := ipvs.Entry{Service: now.Service, Destinations: make([]ipvs.Destination, 0, len(now.Destinations))}
	left := append([]ipvs.Destination(nil), now.Destinations...)
	for _, o := range old.Destinations {
		for i := range left {
			if left[i].Addr == o.Addr {
				out.Destinations = append(out.Destinations, left[i])
				left = append(left[:i], left[i+1:]...)
				break
			}
		}
	}
	out.Destinations = append(out.Destinations, left...)
	return out
}

// sameBeginning says whether now begins with the servers of old, in their order.
func sameBeginning(old, now []ipvs.Destination) bool {
	for i := range old {
		if old[i].Addr != now[i].Addr {
			return false
		}
	}
	return true
}
