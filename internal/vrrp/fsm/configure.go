package fsm

// configure takes over a configuration: trackers, groups and instances that
// are known keep their IDs and what is known about them. It has no effects.
func (m *Machine) configure(cfg Config) (added []*instance) {
	m.cfg = cfg
	m.configureTrackers(cfg.Trackers)
	added = m.configureInstances(cfg.Instances)
	m.configureGroups(cfg.Groups)
	for _, i := range m.instances {
		m.resolveTracks(i)
	}
	for _, i := range added {
		// Effects of the weights come with launch.
		i.priority, i.total = i.base, i.weigh()
		i.resetPatience()
	}
	return added
}

type trackerKey struct {
	kind TrackerKind
	name string
}

func (m *Machine) configureTrackers(cfg []Tracker) {
	old := map[trackerKey]*tracker{}
	for _, t := range m.trackers {
		old[trackerKey{t.p.Kind, t.p.Name}] = t
	}
	m.trackers = make([]*tracker, 0, len(cfg))
	clear(m.trackByID)
	for _, c := range cfg {
		t := old[trackerKey{c.Kind, c.Name}]
		switch {
		case t == nil:
			t = &tracker{id: m.nextTrack, p: c, s: c.TrackerStatus, assumed: m.started}
			m.nextTrack++
		case c.Known:
			t.s = c.TrackerStatus
		}
		m.trackers = append(m.trackers, t)
		m.trackByID[t.id] = t
	}
}

func (m *Machine) configureInstances(cfg []Instance) (added []*instance) {
	old := map[Key][]*instance{}
	for _, i := range m.instances {
		old[i.p.Key] = append(old[i.p.Key], i)
	}
	m.instances = make([]*instance, 0, len(cfg))
	clear(m.byID)
	for _, c := range cfg {
		i := claim(old, c)
		if i == nil {
			i = newInstance(m.nextInst)
			m.nextInst++
			added = append(added, i)
		}
		i.setParams(c)
		i.group = nil
		m.instances = append(m.instances, i)
		m.byID[i.id] = i
	}
	return added
}

// claim finds the instance that goes on as c: among several with the same key
// the one with its name.
func claim(old map[Key][]*instance, c Instance) *instance {
	same := old[c.Key]
	if len(same) == 0 {
		return nil
	}
	k := 0
	for n, i := range same {
		if i.p.Name == c.Name {
			k = n
			break
		}
	}
	i := same[k]
	old[c.Key] = append(same[:k:k], same[k+1:]...)
	return i
}

func (m *Machine) configureGroups(cfg []Group) {
	old := map[string]*group{}
	for _, g := range m.groups {
		old[g.p.Name] = g
	}
	m.groups = make([]*group, 0, len(cfg))
	for _, c := range cfg {
		g := old[c.Name]
		if g == nil {
			g = &group{id: m.nextGroup}
			m.nextGroup++
		}
		delete(old, c.Name)
		g.p, g.members = c, nil
		for _, k := range c.Members {
			if k >= 0 && k < len(m.instances) && m.instances[k].group == nil {
				m.instances[k].group = g
				g.members = append(g.members, m.instances[k])
			}
		}
		if len(g.members) > 0 {
			m.groups = append(m.groups, g)
		}
	}
}
