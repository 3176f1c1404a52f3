package notify

import "fmt"

// Tracker counts the results of a vrrp_script (keepalived.conf(5), VRRP
// script): `fall` failures in a row make a good script bad, `rise` successes a
// bad one good, and the first result decides alone. It has no clock and no I/O.
type Tracker struct {
	name    string
	rise    int
	fall    int
	result  int  // 0..rise+fall-1; good from rise on
	pending bool // no result yet
	ran     bool // it has had a result, or had one before a reload
	status  int  // last exit status
}

// Verdict is what a result changes.
type Verdict int

// The verdicts.
const (
	Unchanged Verdict = iota
	Good
	Bad
)

// NewTracker returns a tracker without a result. With initFail the script counts
// as bad and needs `rise` successes. rise and fall are at least 1.
func NewTracker(name string, rise, fall int, initFail bool) *Tracker {
	t := &Tracker{name: name, rise: max(rise, 1), fall: max(fall, 1), pending: !initFail}
	if t.pending {
		t.result = t.rise - 1
	}
	return t
}

// Pending says whether no result has come yet.
func (t *Tracker) Pending() bool { return t.pending }

// Ran says whether it has had a result; a script that counts as bad until then
// (init_fail) is not pending and has not run.
func (t *Tracker) Ran() bool { return t.ran }

// Up says whether the script is good.
func (t *Tracker) Up() bool { return t.result >= t.rise }

// Result is the counter as the data dump shows it.
func (t *Tracker) Result() int { return t.result }

// Status is the last exit status.
func (t *Tracker) Status() int { return t.status }

// Apply counts one outcome. It returns what changed and what is to be logged. A
// script that could not be executed says nothing about what it tests: it leaves
// a known state alone, and as a first result it counts as good, like a script
// that the configuration check drops.
func (t *Tracker) Apply(o Outcome) (v Verdict, messages []string) {
	if o.Err != nil && !t.pending {
		return Unchanged, nil
	}
	if o.Err == nil && !o.TimedOut && o.Signal == 0 {
		if o.Status != t.status {
			messages = append(messages, fmt.Sprintf("Script `%s` now returning %d", t.name, o.Status))
		}
		t.status = o.Status
	}
	if o.OK() || o.Err != nil {
		v = t.success()
	} else {
		v = t.failure()
	}
	t.pending, t.ran = false, true
	if v != Unchanged {
		messages = append(messages, fmt.Sprintf("VRRP_Script(%s) %s", t.name, describe(o)))
	}
	return v, messages
}

func (t *Tracker) success() Verdict {
	best := t.rise + t.fall - 1
	wasGood := t.Up()
	if !wasGood && t.result < t.rise-1 {
		t.result++
		return Unchanged
	}
	t.result = best
	if wasGood {
		return Unchanged
	}
	return Good
}

func (t *Tracker) failure() Verdict {
	if t.result > t.rise {
		t.result--
		return Unchanged
	}
	v := Unchanged
	if t.result == t.rise || t.pending {
		v = Bad
	}
	t.result = 0
	return v
}

func describe(o Outcome) string {
	switch {
	case o.TimedOut:
		return "timed_out"
	case o.Signal != 0:
		return fmt.Sprintf("failed (due to signal %d)", o.Signal)
	case o.Status != 0:
		return fmt.Sprintf("failed (exited with status %d)", o.Status)
	default:
		return "succeeded"
	}
}

// Inherit takes over the state of the same script before a reload, perhaps with
// other rise and fall. message is empty if it had no result yet.
func (t *Tracker) Inherit(old *Tracker) (message string) {
	t.status = old.status
	if old.pending {
		t.pending, t.result = true, t.rise-1
		return ""
	}
	t.pending, t.ran = false, true
	if !old.Up() {
		if t.result = 0; old.result > 0 {
			t.result = max(t.rise-(old.rise-old.result), 0)
		}
		return fmt.Sprintf("VRRP_Script(%s) considered unsuccessful on reload", t.name)
	}
	best := t.rise + t.fall - 1
	t.result = min(t.rise+old.result-old.rise, best)
	if old.result == old.rise+old.fall-1 {
		t.result = best
	}
	return fmt.Sprintf("VRRP_Script(%s) considered successful on reload", t.name)
}
