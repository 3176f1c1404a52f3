package check

import (
	"iter"

	"keepalived/internal/config"
	"keepalived/internal/trackfile"
)

// worst is the value of a tracked file, times its weight, that takes a server
// down.
const worst = -1 << 31

// fileMeaning is what the value of a file means to a server. With weight 0 and
// reverse the first value takes no server down, as with C keepalived.
func fileMeaning(f *config.FileCheck, value int, first bool) (fault bool, weight int64) {
	switch {
	case f.Weight == 0 && f.Reverse:
		return value == 0 && !first, 0
	case f.Weight == 0:
		return value != 0, 0
	}
	weight = int64(value) * int64(f.Weight)
	if f.Reverse {
		weight = -weight
	}
	weight = min(max(weight, worst), -(worst + 1))
	if weight == worst {
		return true, 0
	}
	return false, weight
}

// firstValue is the state of a FILE_CHECK at its beginning.
func (c *checker) firstValue(value int) {
	fault, weight := fileMeaning(c.conf.Detail.File, value, true)
	c.up, c.weight, c.value, c.hasRun = !fault, weight, value, true
}

// fileValue gives a FILE_CHECK another value of its file.
func (t *topology) fileValue(c *checker, value int) {
	if value == c.value {
		return
	}
	c.value = value
	f := c.conf.Detail.File
	fault, weight := fileMeaning(f, value, false)
	if fault == c.up {
		t.detailf("(%s): tracked file %s %s", c.r.name(), f.Name, inhibitWord(fault, "now FAULT state", "leaving FAULT state"))
	}
	if fault {
		t.settle(c, false)
		t.dropExtra(c)
		return
	}
	t.setExtra(c, weight)
	t.settle(c, true)
}

// sessionState gives the BFD_CHECKs of a session its state.
func (t *topology) sessionState(name string, up bool) {
	for c := range t.sessionChecks() {
		if c.conf.Detail.BFD.Name == name {
			t.sessionHeard(c, up)
		}
	}
}

// sessionsKnown gives BFD_CHECKs that have heard nothing yet the states of their
// sessions, as far as they are known.
func (t *topology) sessionsKnown(states map[string]bool) {
	for c := range t.sessionChecks() {
		if up, known := states[c.conf.Detail.BFD.Name]; known && !c.hasRun {
			t.sessionHeard(c, up)
		}
	}
}

func (t *topology) sessionHeard(c *checker, up bool) {
	t.sayf("BFD check of [%s] RS(%s) is %s", c.conf.Detail.BFD.Name, c.r.name(), inhibitWord(up, "UP", "DOWN"))
	t.decide(c, up, result{ok: up})
}

// sessionChecks is all BFD_CHECKs.
func (t *topology) sessionChecks() iter.Seq[*checker] {
	return func(yield func(*checker) bool) {
		for _, v := range t.virtuals {
			for _, r := range v.reals {
				for _, c := range r.checks {
					if c.conf.Kind == config.CheckBFD && !yield(c) {
						return
					}
				}
			}
		}
	}
}

// trackedFiles is the files that checkers follow, by path, with their names.
func trackedFiles(c *config.Config) (names map[string][]string, files []config.TrackFile) {
	used := map[string]bool{}
	for i := range c.LVS.VirtualServers {
		for _, r := range c.LVS.VirtualServers[i].RealServers {
			for _, k := range r.Checkers {
				if k.Kind == config.CheckFile {
					used[k.Detail.File.Name] = true
				}
			}
		}
	}
	names = map[string][]string{}
	for _, f := range c.TrackFiles {
		if used[f.Name] {
			names[f.Path] = append(names[f.Path], f.Name)
			files = append(files, f)
		}
	}
	return names, files
}

// readFiles returns the values of the files that checkers follow, by name.
func readFiles(c *config.Config) map[string]int {
	_, files := trackedFiles(c)
	values := make(map[string]int, len(files))
	for _, f := range files {
		values[f.Name], _ = trackfile.Read(f.Path) // the watcher tells of errors
	}
	return values
}
