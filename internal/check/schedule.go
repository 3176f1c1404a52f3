package check

import (
	"time"

	"keepalived/internal/config"
)

// rules is how a checker uses its retries.
type rules struct {
	kind        config.CheckKind
	loop        time.Duration
	beforeRetry time.Duration
	retry       uint32
	pages       int  // URLs of a pass
	fast        bool // fast_recovery
}

// progress is where a checker stands.
type progress struct {
	up     bool
	hasRun bool
	eager  bool   // has not run since the start: one failure is enough
	tries  uint32 // failed attempts since the last success or verdict
	page   int    // next URL
	failed int    // URL that took the server down, -1: none
}

// newProgress is a checker at the start: its first failure is final. The
// SMTP_CHECK has its retries even then, because it counts them anew each round.
func newProgress(r rules, down bool) progress {
	p := progress{up: !down, eager: true, failed: -1}
	if r.kind != config.CheckSMTP {
		p.tries = r.retry
	}
	return p
}

// report is what is worth a log line.
type report uint8

const (
	reportNothing report = iota
	reportAttempt        // failed, but that is not final
	reportFailed
	reportSuccess
	reportPage // one URL works again
)

// verdict is what one result means.
type verdict struct {
	report    report
	ranBefore bool   // a final failure is not the first result
	retries   uint32 // made before the final failure, as messages count them
	attempt   uint32 // which retry failed: 0 is the first try
	looked    bool   // each failure is worth a line where that is wanted: the checker was not down
	was       bool   // what the checker was before
	settled   bool   // the result decides about the checker
	up        bool   // what it is then
	// The next check starts after pause, counted from the start of this one if
	// steady, else from its end.
	pause  time.Duration
	steady bool
}

// apply counts one result.
func (p *progress) apply(r rules, ok bool) verdict {
	was, looked := p.up, p.up || !p.hasRun
	v := p.count(r, ok)
	switch r.kind {
	case config.CheckTCP, config.CheckUDP, config.CheckPing:
		looked = was
	}
	v.was, v.looked = was, looked
	return v
}

func (p *progress) count(r rules, ok bool) verdict {
	switch r.kind {
	case config.CheckHTTP, config.CheckSSL:
		return p.applyPage(r, ok)
	}
	if ok {
		p.tries = 0
		v := verdict{settled: true, up: true, pause: r.loop, steady: true}
		if !p.up || !p.hasRun {
			v.report = reportSuccess
		}
		return v
	}
	retrying := p.up || !p.hasRun || r.kind == config.CheckSMTP
	if retrying && p.tries < r.retry {
		p.tries++
		p.eager = false
		return verdict{report: reportAttempt, attempt: p.tries - 1, pause: r.beforeRetry}
	}
	v := verdict{settled: true, pause: r.loop, steady: true}
	if p.up || !p.hasRun {
		v.report = reportFailed
		v.ranBefore = !p.eager || p.hasRun
		if v.ranBefore || r.kind == config.CheckMisc {
			v.retries = r.retry
		}
	}
	p.tries, p.eager = 0, false
	return v
}

// applyPage counts the result of one URL: the server is up after all of them
// were right one after the other. After a failure only the failed one is asked,
// until it is right; then the whole list again.
func (p *progress) applyPage(r rules, ok bool) verdict {
	if !ok {
		return p.pageFailed(r)
	}
	p.tries = 0
	v := verdict{pause: r.loop, steady: true}
	if !p.up {
		v.report = reportPage
	}
	if p.failed >= 0 {
		p.failed, p.page = -1, 0
	} else {
		p.page++
	}
	if p.page < r.pages {
		if !p.hasRun {
			p.tries = r.retry // the whole first pass has no retries
		}
		if r.fast && (!p.hasRun || !p.up) {
			v.pause, v.steady = 0, false
		}
		return v
	}
	p.page = 0
	v.report = reportNothing
	if !p.up || !p.hasRun {
		v.report = reportSuccess
	}
	v.settled, v.up = true, true
	return v
}

func (p *progress) pageFailed(r rules) verdict {
	if p.up && p.tries < r.retry {
		p.tries++
		return verdict{report: reportAttempt, attempt: p.tries - 1, pause: r.beforeRetry}
	}
	if !p.up && p.hasRun && p.failed < 0 {
		// On the way back through the list: this URL again, then those after it.
		return verdict{report: reportAttempt, settled: true, pause: r.beforeRetry}
	}
	v := verdict{report: reportAttempt, settled: true, pause: max(r.loop, r.beforeRetry), steady: true}
	if p.up || !p.hasRun {
		v.report, v.retries = reportFailed, r.retry
	}
	p.tries, p.failed = 0, p.page
	// A page that fails has been looked at: unlike with the other types its
	// first failure is no news to scripts.
	p.hasRun = true
	return v
}

// next is the start of the following check: deadlines are kept, so that the
// time that a check takes does not add up, but missed ones are not made up for.
func (v verdict) next(started, now time.Time) time.Time {
	if v.steady {
		if at := started.Add(v.pause); at.After(now) {
			return at
		}
		return now
	}
	return now.Add(v.pause)
}
