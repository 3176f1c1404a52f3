package lab

import (
	"errors"
	"fmt"
	"time"

	"keepalived/test/need"
)

// TB is what the lab needs of a test; testing.TB has all of it.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Skipf(format string, args ...any)
	Cleanup(func())
	Failed() bool
}

// Missing is the error for a machine that lacks what the lab needs.
type Missing struct {
	What string // what is missing, and how to get it
	Err  error  // what the machine said, may be nil
}

// Error says what is missing.
func (m *Missing) Error() string {
	if m.Err == nil {
		return "the lab cannot run here: " + m.What
	}
	return fmt.Sprintf("the lab cannot run here: %s: %v", m.What, m.Err)
}

// Unwrap returns what the machine said.
func (m *Missing) Unwrap() error { return m.Err }

// Must ends the test when err is not nil: as skipped when the machine lacks
// something and nobody promised that it would not, else as failed.
func Must(t TB, err error) {
	t.Helper()
	var missing *Missing
	switch {
	case err == nil:
	case errors.As(err, &missing) && !need.Required():
		t.Skipf("%v", err)
	default:
		t.Fatalf("%v", err)
	}
}

// pollEvery is how often a wait looks for its state.
const pollEvery = 5 * time.Millisecond

// Patience is how long waits last at most that have no bound of their own. It
// is generous, because a busy machine must not fail a test.
const Patience = 30 * time.Second

// Wait returns when cond holds, and ends the test when it does not within the
// given time; what names the awaited state.
func Wait(t TB, within time.Duration, what string, cond func() bool) {
	t.Helper()
	if !poll(within, cond) {
		t.Fatalf("after %v still waiting: %s", within, what)
	}
}

func poll(within time.Duration, cond func() bool) bool {
	for end := time.Now().Add(within); ; time.Sleep(pollEvery) {
		if cond() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}
