package watchdog

import (
	"fmt"
	"time"

	"keepalived/internal/watchdog/link"
)

func (stop) apply(p *policy, now time.Time) {
	if !p.stopping {
		p.beginStop(now)
	}
}

// beginStop asks all children to stop, at once: none waits for another.
func (p *policy) beginStop(now time.Time) {
	p.stopping = true
	p.stopAt = now.Add(p.stopWait)
	p.do(stopBegun{})
	for _, c := range p.children {
		if c.pid != 0 {
			p.end(c)
		} else {
			p.release(c, now)
		}
	}
}

// checkStop ends when all children have, kills those that do not, and leaves
// behind what even the kernel cannot end.
func (p *policy) checkStop(now time.Time) {
	if !p.stopping || p.ended {
		return
	}
	left := 0
	for _, c := range p.children {
		if c.pid != 0 || c.launched {
			left++
		}
	}
	switch {
	case left == 0 || !p.endAt.IsZero() && due(p.endAt, now):
		p.ended = true
		p.stopAt, p.endAt = time.Time{}, time.Time{}
		p.do(finish{status: p.status})
	case p.endAt.IsZero() && due(p.stopAt, now):
		p.forceAll(now)
	}
}

func (p *policy) forceAll(now time.Time) {
	p.stopAt, p.endAt = time.Time{}, now.Add(reapAfter)
	for _, c := range p.children {
		if c.pid != 0 {
			p.info("%s process failed to die - forcing termination", stopName(c.role))
			p.do(killChild{pid: c.pid, force: true})
		}
	}
}

func stopName(r link.Role) string {
	if r == link.RoleChecker {
		return "checker"
	}
	return string(r)
}

// describe is the end of "pid N exited ...". A process that we killed
// ourselves was not killed by a limit.
func (r exitResult) describe(byUs bool) string {
	switch {
	case r.signal == 0:
		return fmt.Sprintf("with status %d", r.status)
	case r.signal == sigSEGV:
		return "due to segmentation fault (SIGSEGV)."
	case r.signal == sigKILL && !byUs:
		return fmt.Sprintf("due to signal %d (%s) - has rlimit_rttime been exceeded?", r.signal, r.name)
	}
	return fmt.Sprintf("due to signal %d (%s)", r.signal, r.name)
}

// numbers of Linux, the same on every architecture that Go supports.
const (
	sigKILL = 9
	sigSEGV = 11
)
