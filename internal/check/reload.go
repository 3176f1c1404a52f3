package check

import (
	"fmt"
	"net/netip"
	"slices"

	"keepalived/internal/config"
)

// serverKey is what makes a virtual server the same after a reload.
type serverKey struct {
	group    string
	ordinal  int
	fwmark   uint32
	family   config.Family
	protocol config.Protocol
	addr     netip.AddrPort
}

func keyOf(v *config.VirtualServer) serverKey {
	switch {
	case v.Group != "":
		return serverKey{group: v.Group, ordinal: v.Ordinal}
	case v.IsFwmark:
		return serverKey{fwmark: v.Fwmark, family: v.Family}
	}
	return serverKey{protocol: v.Protocol, addr: netip.AddrPortFrom(v.Addr, v.Port)}
}

// reload returns the topology of a new configuration. What is the same as in t
// keeps its state; the effects say what becomes different.
func (t *topology) reload(old, c *config.Config, files map[string]int) *topology {
	next := &topology{options: optionsOf(&c.Global), virtuals: make([]*virtual, 0, len(c.LVS.VirtualServers)), groups: groupStates(&old.LVS, &c.LVS), changed: true}
	next.marks = t.marks.allot(c)
	b := newBuilder(&c.LVS, next.marks, files)
	groups, before := b.groups, groupsByName(&old.LVS)
	known := predecessors{list: t.virtuals}
	pairs := make([]reloadPair, 0, len(c.LVS.VirtualServers))
	kept := make([]bool, len(t.virtuals))
	for i := range c.LVS.VirtualServers {
		v := b.virtual(i)
		p := reloadPair{now: v}
		if j := known.find(keyOf(v.conf), i); j >= 0 {
			p.old, kept[j] = t.virtuals[j], true
		}
		pairs = append(pairs, p)
		next.virtuals = append(next.virtuals, v)
	}
	for i, v := range t.virtuals {
		if !kept[i] {
			next.removed(v)
		}
	}
	for _, p := range pairs {
		if p.old == nil {
			next.added(p.now)
			continue
		}
		next.groupChanges(before[p.old.conf.Group], groups[p.now.conf.Group], p.now.conf.Protocol)
		next.inherit(p.old, p.now)
	}
	return next
}

// predecessors finds virtual servers by their keys.
type predecessors struct {
	list []*virtual
	at   map[serverKey]int // nil: not needed yet
}

// find returns the position of a virtual server, -1 for none; mostly it is the
// one that is expected.
func (p *predecessors) find(key serverKey, expected int) int {
	if p.at == nil && expected < len(p.list) && keyOf(p.list[expected].conf) == key {
		return expected
	}
	if p.at == nil {
		p.at = make(map[serverKey]int, len(p.list))
		for i, v := range p.list {
			p.at[keyOf(v.conf)] = i
		}
	}
	if i, ok := p.at[key]; ok {
		return i
	}
	return -1
}

// reloadPair is a virtual server before and after.
type reloadPair struct{ old, now *virtual }

func (t *topology) removed(v *virtual) {
	if v.conf.Group != "" {
		t.sayf("Removing Virtual Server Group [%s]", v.conf.Group)
	} else {
		t.sayf("Removing Virtual Server %s", v.name())
	}
	for _, r := range v.reals {
		t.withdraw(r)
	}
	if v.up {
		t.tellVirtual(v, false, "")
	}
}

// withdraw takes leave of a real server that is no longer configured.
func (t *topology) withdraw(r *real) {
	if !r.inTable() {
		return
	}
	t.sayf("Removing %sservice %s from VS %s", inhibitWord(r.inhibited(), "(inhibited) ", ""), r.name(), r.v.name())
	if r.alive {
		r.alive = false
		t.tellReal(r, false)
		t.mail(r, "=> Removing <=")
	}
}

func (r *real) inhibited() bool { return r.conf.InhibitOnFailure && !r.alive }

// added is a virtual server that is new at a reload.
func (t *topology) added(v *virtual) {
	for _, r := range v.reals {
		r.patient()
	}
	t.judge(v, true)
}

// patient gives the checkers of a new server their retries.
func (r *real) patient() {
	for _, c := range r.checks {
		c.tries, c.eager = 0, false
	}
}

// inherit gives the new virtual server the state of the old one.
func (t *topology) inherit(old, now *virtual) {
	now.up, now.sorry, now.reloaded = old.up, old.sorry, true
	before := t.partners(old, now)
	t.inheritSorry(old, now)
	for i, r := range now.reals {
		if before[i] != nil {
			r.inherit(before[i])
		} else {
			r.patient()
		}
	}
	// What it comes to is told, and the quorum judged, when all of them are known.
	turned := false
	for i, r := range now.reals {
		if before[i] != nil {
			turned = t.inherited(before[i], r) || turned
		}
	}
	if turned {
		t.judge(now, false)
	}
	t.judge(now, true)
}

// partners is what the servers of now were before, nil for new ones. It takes
// leave of those that are not configured any more.
func (t *topology) partners(old, now *virtual) []*real {
	if sameServers(old, now) { // as nearly always
		return old.reals
	}
	known := make(map[netip.AddrPort]*real, len(old.reals))
	for _, r := range old.reals {
		known[r.addr()] = r
	}
	out := make([]*real, len(now.reals))
	kept := make(map[*real]bool, len(now.reals))
	for i, r := range now.reals {
		out[i] = known[r.addr()]
		kept[out[i]] = true
	}
	for _, r := range old.reals {
		if !kept[r] {
			t.sayf("service %s no longer exist", r.name())
			t.withdraw(r)
		}
	}
	return out
}

// sameServers says whether both have the same servers in the same order.
func sameServers(a, b *virtual) bool {
	if len(a.reals) != len(b.reals) {
		return false
	}
	for i := range a.reals {
		if a.reals[i].addr() != b.reals[i].addr() {
			return false
		}
	}
	return true
}

func (r *real) addr() netip.AddrPort { return netip.AddrPortFrom(r.conf.Addr, r.conf.Port) }

// inheritSorry ends the use of a sorry server that is no longer the same.
func (t *topology) inheritSorry(old, now *virtual) {
	a, b := old.conf.Sorry, now.conf.Sorry
	if !old.sorry || b != nil && a.Addr == b.Addr && a.Port == b.Port {
		return
	}
	t.sayf("Removing sorry server %s from VS %s", old.sorryName(), now.name())
	now.sorry = false
}

// inherit gives the new real server what was found out about the old one.
func (r *real) inherit(old *real) {
	r.alive, r.failed = old.alive, 0
	r.reloaded, r.previous = true, int64(old.conf.Weight)+old.extra
	known := sameCheckers(old, r)
	for _, c := range r.checks {
		before := known[c]
		if before == nil {
			c.join(old.alive)
		} else {
			r.extra -= c.weight
			c.inherit(before)
			r.extra += c.weight
		}
		if !c.up {
			r.failed++
		}
	}
}

func (c *checker) inherit(old *checker) {
	c.progress, c.lastStatus, c.exited, c.reloaded = old.progress, old.lastStatus, old.exited, true
	c.run.began = old.run.began
	c.weight, c.value = old.weight, old.value
	if old.r.conf.Weight != c.r.conf.Weight {
		c.lastStatus = -1 // the next status has to be seen against the new weight
	}
	if c.page >= c.rules().pages {
		c.page = 0
	}
}

// inherited tells what has become of a real server by a reload, and whether it
// is up or down now and was not before.
func (t *topology) inherited(old, now *real) (turned bool) {
	if before := old.weight(); before != now.weight() {
		t.sayf("Changing weight from %d to %d for %sactive service %s of VS %s", before, now.weight(),
			inhibitWord(now.alive, "", "in"), now.name(), now.v.name())
	}
	return t.turn(now, now.failed == 0)
}

// join gives a checker that is new to a server its state. On a server that is up
// it has its retries; on one that is down one failure is enough.
func (c *checker) join(alive bool) {
	if alive && c.conf.Kind != config.CheckFile {
		c.tries, c.eager, c.up = 0, false, true
	}
}

// sameCheckers finds the checkers of the old server that ask the same as those
// of the new one, each once.
func sameCheckers(old, now *real) map[*checker]*checker {
	if len(old.checks) == 0 || len(now.checks) == 0 {
		return nil
	}
	out := make(map[*checker]*checker, len(now.checks))
	left := slices.Clone(old.checks)
	for _, c := range now.checks {
		i := slices.IndexFunc(left, func(o *checker) bool { return o.conf.Kind == c.conf.Kind && sameQuestion(o, c) })
		if i >= 0 {
			out[c] = left[i]
			left = slices.Delete(left, i, i+1)
		}
	}
	return out
}

// sameQuestion says whether two checkers of one kind ask the same. Delays and
// what decides how patient they are do not count.
func sameQuestion(a, b *checker) bool {
	switch a.conf.Kind {
	case config.CheckMisc:
		x, y := a.conf.Detail.Misc, b.conf.Detail.Misc
		return slices.Equal(x.Script.Argv, y.Script.Argv) && x.Dynamic == y.Dynamic
	case config.CheckBFD:
		return *a.conf.Detail.BFD == *b.conf.Detail.BFD
	case config.CheckFile:
		return *a.conf.Detail.File == *b.conf.Detail.File
	}
	if a.conf.Target(a.r.conf) != b.conf.Target(b.r.conf) || a.conf.Options() != b.conf.Options() ||
		a.timing.ConnectTimeout != b.timing.ConnectTimeout {
		return false
	}
	switch a.conf.Kind {
	case config.CheckSMTP:
		return *a.conf.Detail.SMTP == *b.conf.Detail.SMTP
	case config.CheckDNS:
		return *a.conf.Detail.DNS == *b.conf.Detail.DNS
	case config.CheckHTTP, config.CheckSSL:
		return sameURLs(a.http(), b.http())
	}
	return true
}

func sameURLs(a, b *config.HTTPCheck) bool {
	if a.VirtualHost != b.VirtualHost || len(a.URLs) != len(b.URLs) {
		return false
	}
	for i := range a.URLs {
		if describeURL(&a.URLs[i]) != describeURL(&b.URLs[i]) {
			return false
		}
	}
	return true
}

// describeURL is everything of a URL that makes it another question.
func describeURL(u *config.URLCheck) string {
	s := fmt.Sprintf("%q %v %v %q", u.Path, u.Digest, u.Status, u.VirtualHost)
	if u.Regex != nil {
		s += fmt.Sprintf(" %q %q %v %v %v", u.Regex.Pattern, u.Regex.Options, u.Regex.NoMatch, u.Regex.MinOffset, u.Regex.MaxOffset)
	}
	return s
}

// groupChanges says which entries of a group came and went.
func (t *topology) groupChanges(old, now *config.VirtualServerGroup, p config.Protocol) {
	if old == nil || now == nil {
		return
	}
	had := make(map[config.GroupEntry]bool, len(old.Entries))
	for _, e := range old.Entries {
		had[e] = true
	}
	has := make(map[config.GroupEntry]bool, len(now.Entries))
	for _, e := range now.Entries {
		has[e] = true
	}
	for _, e := range old.Entries {
		if !has[e] {
			t.sayf("VS [%s] in group %s no longer exists", entryName(e, p, ""), now.Name)
		}
	}
	for _, e := range now.Entries {
		if !had[e] {
			t.sayf("VS [%s] added into group %s", entryName(e, p, "FWM "), now.Name)
		}
	}
}

func entryName(e config.GroupEntry, p config.Protocol, mark string) string {
	if e.IsFwmark {
		return fmt.Sprintf("%s%d", mark, e.Fwmark)
	}
	s := fmt.Sprintf("[%s]:%s:%d", e.First, p, e.Port)
	if e.Last != e.First {
		s += "-" + e.Last.String()
	}
	return s
}

// leave is the messages at the end of the daemon. quiet leaves out those about
// single servers (lvs_flush_on_stop).
func (t *topology) leave(quiet bool) {
	for _, v := range t.virtuals {
		if !quiet {
			t.leaveServers(v)
		}
		if v.conf.Omega && v.up {
			v.up = false
			t.tellVirtual(v, false, "=> Shutting down <=")
		} else {
			t.notify(v, nil)
		}
	}
}

func (t *topology) leaveServers(v *virtual) {
	for _, r := range v.reals {
		t.sayf("Shutting down %sservice %s from VS %s", inhibitWord(r.inhibited(), "(inhibited) ", ""), r.name(), v.name())
		if v.conf.Omega && r.alive {
			r.alive = false
			t.tellReal(r, false)
			t.mail(r, "=> Shutting down <=")
		} else if t.options.traps && r.alive && r.inTable() {
			r.alive = false
			t.notify(v, r)
		}
	}
}
