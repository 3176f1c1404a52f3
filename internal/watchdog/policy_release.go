package watchdog

import (
	"time"

	"keepalived/internal/watchdog/link"
)

// releaseAfter is how long the addresses of a VRRP child that has died may stay
// where they are while nobody sends adverts for them.
const releaseAfter = time.Second

// release starts a successor for a child that has died with what it held and is
// not replaced now: it takes that over, and is ended as soon as it is ready, so
// that it resigns and gives all of it up. There is one attempt.
func (p *policy) release(c *child, now time.Time) {
	if !c.holds || c.pid != 0 || c.launched {
		return
	}
	c.holds, c.releasing = false, true
	p.launch(c, true)
	if p.stopping {
		p.stopAt, p.endAt = now.Add(p.stopWait), time.Time{}
	}
}

// end stops a child. One that has not taken over yet what its predecessor held
// would die with it: it is stopped when it is ready.
func (p *policy) end(c *child) {
	if c.releasing && !c.ready {
		return
	}
	if c.holds && !c.ready {
		c.releasing = true
		return
	}
	p.do(killChild{pid: c.pid})
}

// taken notes that a child is ready.
func (p *policy) taken(c *child) {
	if c.releasing {
		p.do(killChild{pid: c.pid})
		return
	}
	c.holds = c.role == link.RoleVRRP
}
