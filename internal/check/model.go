package check

import "keepalived/internal/ipvs"

// model is what was put into the kernel, in the order of its creation: the order
// of deletion follows from it (see ipvs.Diff).
type model struct {
	list []ipvs.Entry
	at   map[ipvs.ServiceKey]int
}

func newModel() model { return model{at: map[ipvs.ServiceKey]int{}} }

func (m *model) entries() []ipvs.Entry { return m.list }

// find is what the model has of some services.
func (m *model) find(of []ipvs.Entry) []ipvs.Entry {
	var out []ipvs.Entry
	for i := range of {
		if j, ok := m.at[of[i].Service.Key]; ok {
			out = append(out, m.list[j])
		}
	}
	return out
}

// set notes what some services are now.
func (m *model) set(entries []ipvs.Entry) {
	for _, e := range entries {
		j, ok := m.at[e.Service.Key]
		if !ok {
			m.at[e.Service.Key] = len(m.list)
			m.list = append(m.list, e)
			continue
		}
		m.list[j] = inOrder(m.list[j], e)
	}
}

// reset notes what the whole table is now.
func (m *model) reset(entries []ipvs.Entry) {
	old := *m
	*m = model{list: make([]ipvs.Entry, 0, len(entries)), at: make(map[ipvs.ServiceKey]int, len(entries))}
	wanted := make(map[ipvs.ServiceKey]int, len(entries))
	for i := range entries {
		if _, again := wanted[entries[i].Service.Key]; !again {
			wanted[entries[i].Service.Key] = i
		}
	}
	for _, e := range old.list {
		if i, ok := wanted[e.Service.Key]; ok {
			m.set([]ipvs.Entry{inOrder(e, entries[i])})
		}
	}
	for i := range entries {
		if _, known := m.at[entries[i].Service.Key]; !known {
			m.set(entries[i : i+1])
		}
	}
}

// inOrder is now with the destinations that old had before those that are new.
func inOrder(old, now ipvs.Entry) ipvs.Entry {
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
