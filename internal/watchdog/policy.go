package watchdog

import (
	"time"

	"keepalived/internal/watchdog/link"
)

// The times of the supervision.
const (
	// pingAfter is a second, in which a child says Hello by itself, and what its
	// timers and ours may be late.
	pingAfter = 1100 * time.Millisecond
	// watchAfter is the silence of a child that others cannot keep from the
	// processor after which nobody may keep the parent from it either.
	watchAfter = 1700 * time.Millisecond
	killAfter  = 2500 * time.Millisecond
	// initAfter is how long a child may take until its loop runs for the first time.
	initAfter = 10 * time.Second
	// reapAfter is how long the kernel may take to end a killed process. One that
	// is caught in a frozen disk must not keep its successor from starting.
	reapAfter = time.Second
	// paused is how late the parent itself must be to blame nobody for silence.
	paused = 500 * time.Millisecond
	// forgivenAtMost is how often that counts for one silence.
	forgivenAtMost = 2
	// healthyLife is the life after which a death is not part of a series.
	healthyLife = time.Minute
	maxDelay    = time.Minute
	// reloadLimit is how long a reload may keep the next one waiting.
	reloadLimit = 30 * time.Second
)

// exit statuses of children that a restart does not cure.
const (
	exitOK         = 0
	exitFatal      = 1
	exitConfig     = 2
	exitPermission = 4
)

// policy decides. It belongs to the goroutine that calls step.
type policy struct {
	respawn  bool          // false: -R
	stopWait time.Duration // child_wait_time
	children []*child      // in the order of their start

	starting bool // Startup complete has not been said
	begun    bool
	reload   reloadState
	queued   bool // a reload waits for the one that runs
	since    time.Time
	stopping bool
	stopAt   time.Time // children that still run are killed
	endAt    time.Time // nobody is waited for any longer
	ended    bool
	status   int

	armed  time.Time // what next returned last
	strict time.Time // what watch returned last
	out    []effect
}

type reloadState uint8

const (
	reloadNone    reloadState = iota
	reloadReading             // the files are being read
	reloadRunning             // children take the new configuration over
)

// child is one child process as the parent sees it.
type child struct {
	role  link.Role
	pid   int // 0: not running
	since time.Time
	heard time.Time // the last message, or the start

	launched  bool // startChild is not answered
	spoken    bool // its loop has run
	pinged    bool // and the answer is due
	watched   bool // the parent does not wait for a processor either
	forgiven  int  // how often its silence was, since it last spoke
	killed    bool // by us, for its silence
	killedAt  time.Time
	ready     bool
	everReady bool // it, or a predecessor, was ready
	pending   bool // reload not finished
	behind    bool // it begins with the configuration before the one of that reload
	restartAt time.Time
	delay     time.Duration // of the next restart
	holds     bool          // it, or its predecessor, has addresses that stay when it dies
	releasing bool          // it is there to give them up
}

// newPolicy returns the machine of a daemon without children.
func newPolicy(respawn bool, stopWait time.Duration) *policy {
	return &policy{respawn: respawn, stopWait: stopWait, starting: true}
}

// step takes one event and returns what is to be done, in order. The slice is
// valid until the next call.
func (p *policy) step(now time.Time, ev event) []effect {
	p.out = p.out[:0]
	if p.ended {
		return nil
	}
	p.forgive(now)
	ev.apply(p, now)
	p.check(now)
	p.armed, p.strict = p.deadlines()
	return p.out
}

// next is when step wants to be called with a tick at the latest; the zero time
// is never.
func (p *policy) next() time.Time { return p.armed }

// watch is the same where lateness is an outage: while a child of real-time
// priority is silent.
func (p *policy) watch() time.Time { return p.strict }

// urgent says that until the next event such a child is silent or on its way,
// and the network without adverts.
func (p *policy) urgent() bool {
	if p.stopping {
		return false
	}
	for _, c := range p.children {
		if c.strict() && (c.launched || c.pid != 0 && (c.watched || c.killed || !c.spoken)) {
			return true
		}
	}
	return false
}

// strict says whether the child has real-time priority, unless that is not
// permitted or not wanted.
func (c *child) strict() bool { return defaultRealtime[c.role] > 0 }

// forgive takes silence back that is the parent's own: it was stopped, starved
// or suspended, and did not read what children said. On a machine that is busy
// for long it is late all the time, so that a silence is forgiven twice only.
func (p *policy) forgive(now time.Time) {
	for _, c := range p.children {
		armed := p.armed
		if c.strict() && c.spoken {
			armed = p.strict
		}
		late := !armed.IsZero() && now.Sub(armed) >= paused
		if !late || c.pid == 0 || c.killed || c.forgiven == forgivenAtMost {
			continue
		}
		c.forgiven++
		c.heard, c.pinged, c.watched = now.Add(-pingAfter), false, false
		if !c.spoken {
			c.heard = now
		}
	}
}

// check does what is due at now.
func (p *policy) check(now time.Time) {
	for _, c := range p.children {
		switch {
		case c.pid == 0:
			p.checkRestart(c, now)
		case c.killed:
			if due(c.killedAt.Add(reapAfter), now) && !p.stopping {
				p.alert("%s child process(%d) cannot be ended by the kernel: leaving it behind", title(c.role), c.pid)
				p.gone(c, now)
			}
		default:
			p.checkSilence(c, now)
		}
	}
	p.checkReload(now)
	p.checkStop(now)
}

func (p *policy) checkRestart(c *child, now time.Time) {
	if !c.restartAt.IsZero() && due(c.restartAt, now) && !p.stopping && !c.launched {
		c.restartAt = time.Time{}
		p.launch(c, true)
	}
}

// checkSilence asks a silent child, then kills it. While stopping, only the
// limit of the stop counts.
func (p *policy) checkSilence(c *child, now time.Time) {
	if p.stopping {
		return
	}
	if c.spoken && !c.pinged && due(c.heard.Add(pingAfter), now) {
		c.pinged = true
		p.do(pingChild{role: c.role})
	}
	if c.spoken && c.strict() && due(c.heard.Add(watchAfter), now) {
		c.watched = true
	}
	if due(c.patience(), now) {
		p.alert("%s child process(%d) has not answered for %.1f seconds: killing it",
			title(c.role), c.pid, now.Sub(c.heard).Seconds())
		c.killed, c.killedAt = true, now
		p.do(killChild{pid: c.pid, force: true})
	}
}

// patience is when silence becomes fatal.
func (c *child) patience() time.Time {
	if !c.spoken {
		return c.heard.Add(initAfter)
	}
	return c.heard.Add(killAfter)
}

// deadlines are the earliest times at which check has something to do: usually,
// and where lateness is an outage.
func (p *policy) deadlines() (t, strict time.Time) {
	for _, c := range p.children {
		switch {
		case p.stopping:
		case c.pid == 0:
			t = earliest(t, c.restartAt)
		case c.killed:
			t = earliest(t, c.killedAt.Add(reapAfter))
		default:
			if c.spoken && !c.pinged {
				t = earliest(t, c.heard.Add(pingAfter))
			}
			switch {
			case !c.spoken || !c.strict():
				t = earliest(t, c.patience())
			case c.watched:
				strict = earliest(strict, c.patience())
			default:
				strict = earliest(strict, c.heard.Add(watchAfter))
			}
		}
	}
	if p.reload == reloadRunning && !p.stopping {
		t = earliest(t, p.since.Add(reloadLimit))
	}
	return earliest(earliest(t, p.stopAt), p.endAt), strict
}

// healthy says whether the supervision does its work: every child answers, or
// its next start has been put off. That one child crashes again and again is no
// reason to end the others.
func (p *policy) healthy(now time.Time) bool {
	for _, c := range p.children {
		putOff := c.pid == 0 && now.Before(c.restartAt)
		if !putOff && (c.pid == 0 || c.killed || due(c.patience(), now)) {
			return false
		}
	}
	return true
}

func (p *policy) find(role link.Role) *child {
	for _, c := range p.children {
		if c.role == role {
			return c
		}
	}
	return nil
}

// current finds the child with that pid; events of earlier ones are ignored.
func (p *policy) current(role link.Role, pid int) *child {
	if c := p.find(role); c != nil && c.pid == pid {
		return c
	}
	return nil
}

func due(t, now time.Time) bool { return !now.Before(t) }

// earliest ignores zero times.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
