package lvs

import (
	"testing"
	"time"

	"keepalived/test/lab"
)

// pollEvery is how often a wait looks: seldom, because looking is what costs
// time on an emulated machine.
const pollEvery = 200 * time.Millisecond

// wait returns when reached holds, and ends the test, with what is said of the
// last look, when it does not within lab.Patience.
func wait(t *testing.T, what string, reached func() (bool, string)) {
	t.Helper()
	for end := time.Now().Add(lab.Patience); ; time.Sleep(pollEvery) {
		ok, last := reached()
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after %v still waiting: %s; last: %s", lab.Patience, what, last)
		}
	}
}
