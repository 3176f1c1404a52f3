package dbus

import "strings"

// table is the instances that are shown. It belongs to the mutex of its Service.
type table struct {
	process string // path of the object of the process
	order   []string
	byPath  map[string]*Instance
}

// newTable shows instances. The states of those that old shows under the same
// path and name are kept.
func newTable(c *Config, instances []Instance, old *table, log Log) *table {
	t := &table{process: c.processPath(), byPath: map[string]*Instance{}}
	for _, in := range instances {
		path := c.instancePath(&in)
		if other, taken := t.byPath[path]; taken {
			log.Infof("D-Bus: %s is not shown, %s has the path %s already", in.Name, other.Name, path)
			continue
		}
		if was, ok := old.byPath[path]; ok && was.Name == in.Name {
			in.State = was.State
		}
		t.order = append(t.order, path)
		t.byPath[path] = &in
	}
	return t
}

// set changes the state of an instance, unless the path is not, or no longer,
// that instance's.
func (t *table) set(path string, in Instance) {
	if x, ok := t.byPath[path]; ok && x.Name == in.Name {
		x.State = in.State
	}
}

// logGone names the instances that next does not show any more.
func (t *table) logGone(next *table, log Log) {
	for _, path := range t.order {
		if _, still := next.byPath[path]; !still {
			log.Infof("Deleted DBus object for instance %s", t.byPath[path].Name)
		}
	}
}

// states tells all of them.
func (t *table) states() (out []signal) {
	for _, path := range t.order {
		out = append(out, changed(path, t.byPath[path].State))
	}
	return out
}

// children are the next elements of the paths below path.
func (t *table) children(path string) (names []string) {
	prefix := strings.TrimSuffix(path, "/") + "/"
	seen := map[string]bool{}
	for _, p := range append([]string{t.process}, t.order...) {
		if rest, ok := strings.CutPrefix(p, prefix); ok {
			name, _, _ := strings.Cut(rest, "/")
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}
