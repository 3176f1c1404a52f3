package check

import "keepalived/internal/config"

// builder makes the virtual servers of a configuration. All of a kind are in
// one piece of memory: there can be a hundred thousand.
type builder struct {
	lvs    *config.LVS
	groups map[string]*config.VirtualServerGroup
	marks  marks
	files  map[string]int // values of tracked files by name

	virtuals []virtual
	reals    []real
	checkers []checker
	// What the slices of pointers in them are cut from.
	toReals    []*real
	toCheckers []*checker
}

func newBuilder(l *config.LVS, m marks, files map[string]int) *builder {
	reals, checkers := 0, 0
	for i := range l.VirtualServers {
		v := &l.VirtualServers[i]
		reals += len(v.RealServers)
		for j := range v.RealServers {
			checkers += len(v.RealServers[j].Checkers)
		}
	}
	return &builder{
		lvs: l, groups: groupsByName(l), marks: m, files: files,
		virtuals: make([]virtual, len(l.VirtualServers)), reals: make([]real, reals), checkers: make([]checker, checkers),
		toReals: make([]*real, reals), toCheckers: make([]*checker, checkers),
	}
}

// first cuts the first n off a slice.
func first[T any](of *[]T, n int) []T {
	out := (*of)[:n:n]
	*of = (*of)[n:]
	return out
}

// virtual makes a virtual server, each once.
func (b *builder) virtual(i int) *virtual {
	conf := &b.lvs.VirtualServers[i]
	v := &first(&b.virtuals, 1)[0]
	v.conf, v.group = conf, b.groups[conf.Group]
	if mark := b.marks.mark(conf); conf.Group != "" || mark != 0 {
		v.many = services(conf, v.group, mark)
	}
	v.reals = first(&b.toReals, len(conf.RealServers))
	for j := range conf.RealServers {
		v.reals[j] = b.real(v, &conf.RealServers[j])
	}
	return v
}

func (b *builder) real(v *virtual, conf *config.RealServer) *real {
	r := &first(&b.reals, 1)[0]
	r.conf, r.v = conf, v
	r.checks = first(&b.toCheckers, len(conf.Checkers))
	for k := range conf.Checkers {
		c := &first(&b.checkers, 1)[0]
		c.conf, c.r, c.lastStatus = &conf.Checkers[k], r, -1
		c.timing = &b.lvs.Timings[c.conf.Timing]
		c.progress = newProgress(c.rules(), c.startsDown())
		if c.conf.Kind == config.CheckFile {
			c.firstValue(b.files[c.conf.Detail.File.Name])
			r.extra += c.weight
		}
		if !c.up {
			r.failed++
		}
		r.checks[k] = c
	}
	r.alive = r.failed == 0
	return r
}
