package check

import (
	"time"

	"keepalived/internal/config"
)

// outcome takes in the result of a check that began at started and returns when
// the next one begins.
func (t *topology) outcome(c *checker, res result, started, now time.Time) time.Time {
	for _, note := range res.notes {
		t.sayf("%s", note)
	}
	for _, detail := range res.details {
		t.detailf("%s", detail)
	}
	if res.postponed {
		t.sayf("%s", res.reason)
		return verdict{pause: c.timing.DelayLoop, steady: true}.next(started, now)
	}
	if c.conf.Kind == config.CheckMisc {
		c.exited = res.status
		if res.ok {
			t.dynamicWeight(c, res.status)
		}
	}
	v := c.apply(c.rules(), res.ok)
	for _, line := range c.lines(v, res, t.options.logAll) {
		t.sayf("%s", line)
	}
	if v.settled {
		t.decide(c, v.up, res)
	}
	return v.next(started, now)
}

// decide settles a checker and has the mail sent.
func (t *topology) decide(c *checker, up bool, res result) {
	wasUp, wasAlive := c.up, c.r.alive
	t.settle(c, up)
	if !up && c.conf.Kind == config.CheckMisc {
		c.lastStatus = -1
		t.dropExtra(c)
	}
	if wasUp != up && (wasAlive != c.r.alive || !t.options.serverMails) {
		t.mail(c.r, c.mailBody(res))
	}
}

// dynamicWeight is misc_dynamic: an exit status from 2 on is a weight.
func (t *topology) dynamicWeight(c *checker, status int) {
	if !c.conf.Detail.Misc.Dynamic || status == c.lastStatus {
		return
	}
	c.lastStatus = status
	weight := int64(0)
	if status >= 2 {
		weight = int64(status) - 2 - int64(c.r.conf.Weight)
	}
	t.setExtra(c, weight)
}
