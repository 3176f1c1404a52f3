package watchdog

import (
	"fmt"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
	"keepalived/internal/resident"
	"keepalived/internal/watchdog/link"
)

// shownComplaints is how many errors one reading writes to the log.
const shownComplaints = 200

// candidateRead is what beginReload ends in.
type candidateRead struct{ candidate }

func (candidateRead) apply(*policy, time.Time) {}

// beginReload reads the files on a goroutine: a frozen file system holds up the
// reload and nothing else.
func (p *parent) beginReload() {
	p.log.Infof("Reloading ...")
	p.sd.reloading()
	done := p.markReload()
	go func() {
		c := p.o.read()
		done()
		p.events <- candidateRead{c}
	}()
}

// judge accepts a configuration or refuses it as a whole. The running one goes
// on until everything is known to be in order.
func (p *parent) judge(c candidate) event {
	p.saveCopy(c)
	p.logComplaints(c)
	p.refused = p.objection(c)
	if p.refused != "" {
		c.drop()
		p.log.Warnf("Reload refused: %s - the running configuration stays in use", p.refused)
		return loaded{}
	}
	p.adopt(c)
	p.setUmask()
	return loaded{ok: true, roles: p.roles}
}

// objection says why the configuration cannot replace the running one, or "".
func (p *parent) objection(c candidate) string {
	switch {
	case c.err != nil:
		return c.err.Error()
	case !c.usable():
		return fmt.Sprintf("Config files missing '%s'", p.o.ConfigName)
	}
	if what := fixed(&p.global, &c.Config.Global, p.o.Namespace != ""); what != "" {
		p.log.Infof("Cannot change %s at a reload - please restart keepalived", what)
		return what + " has changed"
	}
	if len(p.roles) > 0 && len(p.o.roles(c.Config)) == 0 {
		// A file that was emptied, or cut at its beginning; to end all services is
		// to stop.
		return "it configures nothing"
	}
	added := p.known.added(c.Diagnostics)
	if check := &p.global.Reload; check.CheckConfig {
		added = p.checkLog(c, check.CheckConfigLog)
	}
	if len(added) == 0 {
		return ""
	}
	return fmt.Sprintf("%d new error(s), first: %s", len(added), describe(added[0]))
}

// checkLog is reload_check_config: every complaint counts, and goes to a file.
func (p *parent) checkLog(c candidate, name string) []lang.Diagnostic {
	if err := writeCheckLog(name, c.Diagnostics); err != nil {
		p.log.Infof("%v", err)
	}
	var bad []lang.Diagnostic
	for _, d := range c.Diagnostics.All() {
		if d.Class != lang.ClassOK && d.Severity != lang.Lint {
			bad = append(bad, d)
		}
	}
	if len(bad) > 0 {
		p.log.Infof("New config failed validation, see %s for details", name)
	}
	return bad
}

// adopt takes a configuration over. Only the global part stays in the parent:
// the rest is with the children, and may be large.
func (p *parent) adopt(c candidate) {
	if old := p.parts; old != nil {
		p.starts <- func() { // after the starts that still use them
			for _, f := range old {
				f.Close()
			}
		}
	}
	p.global, p.roles = ownGlobal(c), p.o.roles(c.Config)
	p.parts, p.known = c.parts, complaintsOf(c.Diagnostics)
	p.vigil.above(&p.global)
}

// ownGlobal is the global part of a configuration without any memory in common
// with it: each of its strings would keep the text of a whole file.
func ownGlobal(c candidate) config.Global {
	for _, f := range c.parts {
		if part, err := link.DecodePart[struct{ Global config.Global }](f); err == nil {
			return part.Global
		}
	}
	return c.Config.Global
}

func (p *parent) reloaded(ok bool) {
	if ok {
		if len(p.roles) > 0 {
			p.log.Infof("Reload complete")
		}
		p.watchReloadFile()
		resident.ReleaseAside()
		p.sd.ready("Running")
		return
	}
	p.sd.ready("Running; reload refused: " + p.refused)
}

// logComplaints writes what is wrong with a configuration to the log.
func (p *parent) logComplaints(c candidate) {
	if c.Diagnostics == nil {
		return
	}
	if c.Snapshot != nil {
		for _, name := range c.Snapshot.Files() {
			p.log.Detailf("Opening file '%s'.", name)
		}
	}
	if c.usable() {
		p.log.Infof("Configuration file %s", p.o.ConfigName)
	}
	n := 0
	for _, d := range c.Diagnostics.All() {
		if d.Severity == lang.Lint || config.IsConsequence(d) {
			continue
		}
		if n++; n <= shownComplaints {
			p.log.Infof("%s", describe(d))
		}
	}
	if n += c.Diagnostics.Dropped(); n > shownComplaints {
		p.log.Infof("%d more configuration messages: keepalived -t shows them", n-shownComplaints)
	}
}
