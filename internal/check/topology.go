package check

import (
	"math"

	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/ipvs"
)

// virtual is the state of a virtual server.
type virtual struct {
	conf *config.VirtualServer
	// many is its services when it is a group, nil otherwise; see services.
	many    []ipvs.Service
	group   *config.VirtualServerGroup // nil: none
	reals   []*real
	up      bool // has its quorum
	sorry   bool // the sorry server is in use
	retired bool // replaced by a reload
	// suspended: ha_suspend and its address is not on this machine.
	suspended bool
	reloaded  bool // was there before the last reload
}

func (v *virtual) name() string { return v.conf.String() }

// real is the state of a real server.
type real struct {
	conf   *config.RealServer
	v      *virtual
	checks []*checker
	// extra is what checkers add to the configured weight.
	extra    int64
	previous int64 // weight before the last reload, 0 before the first
	failed   int32 // checkers that say it is down
	alive    bool
	reloaded bool // was there before the last reload
}

func (r *real) name() string { return r.v.conf.ServerName(r.conf.Addr, r.conf.Port) }

// weight is the effective weight.
func (r *real) weight() int64 {
	return min(max(int64(r.conf.Weight)+r.extra, 0), math.MaxInt32)
}

// inTable says whether IPVS should have the server, with whatever weight.
func (r *real) inTable() bool { return r.conf.InhibitOnFailure || r.alive && !r.v.sorry }

// checker is one health check and what it has found out.
type checker struct {
	conf   *config.Checker
	timing *config.Timing
	r      *real
	progress
	weight     int64 // what it adds to the server's weight
	lastStatus int   // of a script; -1: none
	value      int   // of a file
	exited     int   // last status of a script
	reloaded   bool  // was there before the last reload

	run   run
	probe prober // made when first needed
}

// topology is all virtual servers and what happens to them. It has no I/O: what
// is to be done is collected as effects.
type topology struct {
	virtuals []*virtual
	groups   map[string]dump.Group
	marks    marks
	shared   map[ipvs.ServiceKey]bool // services of several virtual servers, as table has found
	options  options
	effects  []effect
	taken    []effect // given out by take
	changed  bool     // since the last report to the parent
}

// options are the global settings that decide about messages.
type options struct {
	logAll      bool // checker_log_all_failures
	initNotify  bool // rs_init_notifies
	serverMails bool // no_checker_emails: mail about servers only
	traps       bool // SNMP notifications are sent
}

func optionsOf(g *config.Global) options {
	return options{logAll: g.CheckerLogAllFailures, initNotify: g.RSInitNotifies, serverMails: g.Mail.NoCheckerEmails,
		traps: g.SNMP.Checker && g.SNMP.Traps}
}

// newTopology makes the state before the first check.
// files is the values of tracked files by name, left the marks of a predecessor.
func newTopology(c *config.Config, files map[string]int, left marks) *topology {
	t := &topology{options: optionsOf(&c.Global), virtuals: make([]*virtual, 0, len(c.LVS.VirtualServers)), changed: true}
	t.marks = left.allot(c)
	b := newBuilder(&c.LVS, t.marks, files)
	for i := range c.LVS.VirtualServers {
		t.virtuals = append(t.virtuals, b.virtual(i))
	}
	return t
}

// startsDown says whether the checker has to succeed before the server is used.
// The state of files is known at once.
func (c *checker) startsDown() bool { return c.conf.Alpha && c.conf.Kind != config.CheckFile }

func groupsByName(l *config.LVS) map[string]*config.VirtualServerGroup {
	m := make(map[string]*config.VirtualServerGroup, len(l.Groups))
	for i := range l.Groups {
		m[l.Groups[i].Name] = &l.Groups[i]
	}
	return m
}

// rules is how the checker uses its retries.
func (c *checker) rules() rules {
	r := rules{
		loop: c.timing.DelayLoop, retry: c.timing.Retry.V, beforeRetry: c.timing.DelayBeforeRetry.V,
		kind: c.conf.Kind, pages: 1,
	}
	if h := c.http(); h != nil {
		r.pages, r.fast = len(h.URLs), h.FastRecovery
	}
	return r
}

func (c *checker) http() *config.HTTPCheck {
	if c.conf.Detail == nil {
		return nil
	}
	return c.conf.Detail.HTTP
}
