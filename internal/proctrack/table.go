package proctrack

// table is the processes that match a pattern. A process is in it once, however
// often it is told of.
type table struct {
	patterns []Pattern
	pids     map[int][]bool // by pattern; only processes that match one
	counts   []int
}

func newTable(patterns []Pattern) *table {
	return &table{patterns: patterns, pids: map[int][]bool{}, counts: make([]int, len(patterns))}
}

// set notes what a process is now.
func (t *table) set(pid int, x Process) {
	matches := make([]bool, len(t.patterns))
	any := false
	for i, p := range t.patterns {
		matches[i] = p.Matches(x)
		any = any || matches[i]
	}
	t.remove(pid)
	if any {
		t.put(pid, matches)
	}
}

func (t *table) put(pid int, matches []bool) {
	t.pids[pid] = matches
	for i, m := range matches {
		if m {
			t.counts[i]++
		}
	}
}

// fork gives a child what its parent is.
func (t *table) fork(parent, child int) {
	t.remove(child)
	if matches, ok := t.pids[parent]; ok {
		t.put(child, matches)
	}
}

func (t *table) remove(pid int) {
	for i, m := range t.pids[pid] {
		if m {
			t.counts[i]--
		}
	}
	delete(t.pids, pid)
}

// keep drops the processes that are not among these.
func (t *table) keep(alive map[int]bool) {
	for pid := range t.pids {
		if !alive[pid] {
			t.remove(pid)
		}
	}
}
