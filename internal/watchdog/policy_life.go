package watchdog

import (
	"time"

	"keepalived/internal/watchdog/link"
)

func (tick) apply(*policy, time.Time) {}

func (e begin) apply(p *policy, now time.Time) {
	p.begun = true
	p.ensure(e.roles)
	if len(p.children) == 0 {
		p.info("Warning - keepalived has no configuration to run")
	}
	p.checkStartup()
}

// ensure starts the children of roles that do not exist yet. Those that are not
// needed any more go on with an empty configuration, as C keepalived's do.
func (p *policy) ensure(roles []link.Role) {
	for _, r := range roles {
		if p.find(r) == nil {
			c := &child{role: r, pending: p.reload == reloadRunning}
			p.children = append(p.children, c)
			p.launch(c, false)
		}
	}
}

func (p *policy) launch(c *child, again bool) {
	c.launched = true
	p.do(startChild{role: c.role, again: again})
}

func (e childStarted) apply(p *policy, now time.Time) {
	c := p.find(e.role)
	if c == nil {
		return
	}
	c.pid, c.since, c.heard, c.forgiven = e.pid, now, now, 0
	c.launched, c.spoken, c.pinged, c.watched, c.killed, c.ready = false, false, false, false, false, false
	p.info("Starting %s child process, pid=%d", title(c.role), c.pid)
	if c.behind && !p.stopping {
		p.do(sendReload{role: c.role})
	}
	if p.stopping { // it was on its way when the stop came
		p.end(c)
	}
}

// apply treats a child that could not be started as one that died at once.
func (e childFailed) apply(p *policy, now time.Time) {
	c := p.find(e.role)
	if c == nil {
		return
	}
	p.alert("Unable to start %s child process: %v", title(c.role), e.err)
	c.since, c.launched, c.releasing = now, false, false
	p.settle(c)
	if p.stopping {
		return
	}
	if !p.respawn {
		p.beginStop(now)
		return
	}
	if c.delay == 0 { // what kept it from starting does not pass at once
		c.delay = time.Second
	}
	p.restart(c, now)
}

func (e childSaid) apply(p *policy, now time.Time) {
	c := p.current(e.role, e.pid)
	if c == nil {
		return
	}
	at := e.at
	if at.IsZero() {
		at = now
	}
	// What was said before a silence that is forgiven says nothing of it.
	if !c.spoken || !at.Before(c.heard) {
		c.heard, c.spoken, c.pinged, c.watched, c.forgiven = at, true, false, false, 0
	}
	switch e.msg {
	case link.Ready:
		c.ready, c.everReady, c.pending = true, true, c.pending && c.behind
		p.taken(c)
		p.checkStartup()
	case link.ReloadDone:
		if e.text != "" {
			p.info("%s child process: reload: %s", title(c.role), e.text)
		}
		c.pending, c.behind = false, false
	case link.ReloadRequest:
		hangup{}.apply(p, now)
	}
}

func (e childExited) apply(p *policy, now time.Time) {
	c := p.current(e.role, e.pid)
	if c == nil {
		return
	}
	released := c.releasing
	c.releasing = false
	c.holds = c.holds && e.result != exitResult{}
	if p.stopping || released {
		c.pid, c.pending, c.behind = 0, false, false
		p.release(c, now)
		return
	}
	if name, ok := permanentName(e.result); ok && !c.everReady {
		p.info("pid %d exited with permanent error %s. Terminating", c.pid, name)
		c.pid = 0
		p.status = e.result.status
		p.do(permanent{status: p.status})
		p.beginStop(now)
		return
	}
	p.info("pid %d exited %s", c.pid, e.result.describe(c.killed))
	p.gone(c, now)
}

// gone replaces a child that has ended, or ends the daemon with -R.
func (p *policy) gone(c *child, now time.Time) {
	pid := c.pid
	c.pid = 0
	p.settle(c)
	if !p.respawn {
		p.alert("%s child process(%d) died: Exiting", title(c.role), pid)
		p.release(c, now)
		p.beginStop(now)
		return
	}
	p.alert("%s child process(%d) died: Respawning", title(c.role), pid)
	if now.Sub(c.since) >= healthyLife {
		c.delay = 0
	}
	p.restart(c, now)
}

// settle lets nobody wait for a child that is gone: its successor starts with
// the new configuration.
func (p *policy) settle(c *child) {
	c.pending, c.behind, c.killed = false, false, false
	p.checkStartup()
}

// restart starts a successor after the delay of the series: 0, 1, 2, 4 ... 60 s.
func (p *policy) restart(c *child, now time.Time) {
	p.info("Restart of %s process delayed %d seconds to limit respawn rate", title(c.role), int(c.delay.Seconds()))
	c.restartAt = now.Add(c.delay)
	if c.delay > releaseAfter {
		p.release(c, now)
	}
	c.delay = min(max(2*c.delay, time.Second), maxDelay)
}

func (p *policy) checkStartup() {
	if !p.starting || !p.begun || p.stopping {
		return
	}
	for _, c := range p.children {
		if !c.ready {
			return
		}
	}
	p.starting = false
	p.do(startupDone{children: len(p.children)})
	p.nextReload()
}

func permanentName(r exitResult) (string, bool) {
	if r.signal != 0 {
		return "", false
	}
	switch r.status {
	case exitFatal:
		return "FATAL", true
	case exitConfig:
		return "CONFIG", true
	case exitPermission:
		return "missing permission", true
	}
	return "", false
}
