package check

import "keepalived/internal/ipvs"

// model is what was put into the kernel, in the order of its creation: the order
// of deletion follows from it (see ipvs.Diff).
type model struct {
	list []ipvs.Entry
	at   ipvs.Index // of list
}

func newModel() model { return model{at: ipvs.NewIndex(0)} }

func (m *model) entries() []ipvs.Entry { return m.list }

// find is what the model has of some services.
func (m *model) find(of []ipvs.Entry) []ipvs.Entry {
	var out []ipvs.Entry
	for i := range of {
		if j := m.at.Find(m.list, of[i].Service.Key); j >= 0 {
			out = append(out, m.list[j])
		}
	}
	return out
}

// set notes what some services are now.
func (m *model) set(entries []ipvs.Entry) {
	for _, e := range entries {
		if j := m.at.Find(m.list, e.Service.Key); j >= 0 {
			m.list[j] = inOrder(m.list[j], e)
			continue
		}
		m.list = append(m.list, e)
		m.at.Add(m.list, len(m.list)-1)
	}
}

// reset notes what the whole table is now.
func (m *model) reset(entries []ipvs.Entry) {
	old := m.list
	wanted := ipvs.IndexOf(entries)
	*m = model{list: make([]ipvs.Entry, 0, len(entries)), at: ipvs.NewIndex(len(entries))}
	for i := range old {
		if j := wanted.Find(entries, old[i].Service.Key); j >= 0 {
			m.set([]ipvs.Entry{inOrder(old[i], entries[j])})
		}
	}
	for i := range entries {
		if m.at.Find(m.list, entries[i].Service.Key) < 0 {
			m.set(entries[i : i+1])
		}
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
