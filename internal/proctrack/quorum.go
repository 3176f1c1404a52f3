package proctrack

import "time"

// Quorum is how many processes are right, and how long a change has to last.
type Quorum struct {
	Min            int
	Max            int           // negative: no limit
	ForkDelay      time.Duration // of a change that more processes bring about
	TerminateDelay time.Duration // of a change that fewer processes bring about
}

func (q Quorum) met(count int) bool {
	least := q.Min
	if q.Max >= 0 {
		least = min(least, q.Max) // quorum_max 0: none may run
	}
	return count >= least && (q.Max < 0 || count <= q.Max)
}

// counter turns counts into a result.
type counter struct {
	q     Quorum
	known bool
	count int
	up    bool      // the result
	due   time.Time // when the other result counts; zero: it does not wait
}

// set takes the present count and reports whether the result has changed. The
// first count decides at once.
func (c *counter) set(count int, now time.Time) (changed bool) {
	more := count > c.count
	c.count = count
	met := c.q.met(count)
	if !c.known {
		c.known, c.up = true, met
		return true
	}
	if met == c.up {
		c.due = time.Time{} // it came back in time
		return false
	}
	if !c.due.IsZero() {
		return c.advance(now)
	}
	delay := c.q.TerminateDelay
	if more {
		delay = c.q.ForkDelay
	}
	c.due = now.Add(delay)
	return c.advance(now)
}

// advance reports whether a change that waited now counts.
func (c *counter) advance(now time.Time) (changed bool) {
	if c.due.IsZero() || now.Before(c.due) {
		return false
	}
	c.due, c.up = time.Time{}, !c.up
	return true
}
