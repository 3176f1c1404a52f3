package watchdog

import "time"

// apply begins a reload, or keeps it for later while another one or the start
// is not finished.
func (hangup) apply(p *policy, now time.Time) {
	switch {
	case p.stopping:
	case p.reload != reloadNone || p.starting:
		if !p.queued {
			p.info("Reload already in progress, request queued")
		}
		p.queued = true
	default:
		p.beginReload()
	}
}

func (p *policy) beginReload() {
	p.reload = reloadReading
	p.do(loadConfig{})
}

// apply passes a good configuration on, and forgets one that was refused.
func (e loaded) apply(p *policy, now time.Time) {
	if p.reload != reloadReading || p.stopping {
		return
	}
	if !e.ok {
		p.endReload(false)
		return
	}
	p.reload, p.since = reloadRunning, now
	for _, c := range p.children {
		switch {
		case c.pid != 0 && !c.killed:
			c.pending, c.behind = true, !c.ready
			p.do(sendReload{role: c.role})
		case c.pid == 0 && c.launched:
			c.pending, c.behind = true, true // it gets the new one when it is there
		}
	}
	p.ensure(e.roles)
}

// checkReload ends a reload when every child has taken part, or for too long.
func (p *policy) checkReload(now time.Time) {
	if p.reload != reloadRunning || p.stopping {
		return
	}
	late := due(p.since.Add(reloadLimit), now)
	for _, c := range p.children {
		if !c.pending {
			continue
		}
		if !late {
			return
		}
		p.info("%s child process(%d) has not finished the reload", title(c.role), c.pid)
		c.pending = false
	}
	p.endReload(true)
}

func (p *policy) endReload(ok bool) {
	p.reload = reloadNone
	p.do(reloadOver{ok: ok})
	p.nextReload()
}

// nextReload begins a reload that was asked for meanwhile.
func (p *policy) nextReload() {
	if p.queued && p.reload == reloadNone && !p.stopping {
		p.queued = false
		p.info("Processing queued reload")
		p.beginReload()
	}
}
