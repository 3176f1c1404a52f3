package notify

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTracker(t *testing.T) {
	good, bad := Outcome{}, Outcome{Status: 1}
	cannot := Outcome{Err: errors.New("exec")}
	tests := []struct {
		name       string
		rise, fall int
		initFail   bool
		outcomes   []Outcome
		want       string // one letter each: g(ood) b(ad) .(unchanged)
		result     int
	}{
		{"first success decides", 3, 3, false, []Outcome{good}, "g", 5},
		{"first failure decides", 3, 3, false, []Outcome{bad}, "b", 0},
		{"rise", 3, 2, false, []Outcome{bad, good, good, good}, "b..g", 4},
		{"rise starts again", 3, 2, false, []Outcome{bad, good, good, bad, good, good, good}, "b.....g", 4},
		{"fall", 2, 3, false, []Outcome{good, bad, bad, bad}, "g..b", 0},
		{"fall starts again", 2, 3, false, []Outcome{good, bad, bad, good, bad, bad, bad}, "g.....b", 0},
		{"one and one", 1, 1, false, []Outcome{good, bad, good, good, bad, bad}, "gbg.b.", 0},
		{"init_fail needs rise", 2, 1, true, []Outcome{good, good}, ".g", 2},
		{"init_fail and failure is no news", 2, 1, true, []Outcome{bad, good, good}, "..g", 2},
		{"init_fail, rise 1", 1, 1, true, []Outcome{good}, "g", 1},
		{"cannot execute: as before", 1, 1, false, []Outcome{bad, cannot, good, cannot, cannot}, "b.g..", 1},
		{"cannot execute at first: good", 2, 2, false, []Outcome{cannot, bad, bad}, "g.b", 0},
		{"timeout and signal are failures", 1, 2, false, []Outcome{good, {TimedOut: true}, {Signal: 9}}, "g.b", 0},
		{"nonsense counts as 1", 0, -1, false, []Outcome{good, bad}, "gb", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := NewTracker("chk", tt.rise, tt.fall, tt.initFail)
			if tr.Pending() == tt.initFail || tr.Up() {
				t.Errorf("at first: pending %v, up %v", tr.Pending(), tr.Up())
			}
			var got strings.Builder
			for _, o := range tt.outcomes {
				v, _ := tr.Apply(o)
				got.WriteByte(".gb"[v])
			}
			if got.String() != tt.want || tr.Result() != tt.result || tr.Pending() {
				t.Errorf("changes %s, result %d, want %s, %d", got.String(), tr.Result(), tt.want, tt.result)
			}
		})
	}
}

func TestTrackerMessages(t *testing.T) {
	tr := NewTracker("chk", 1, 1, false)
	steps := []struct {
		out  Outcome
		want string
	}{
		{Outcome{}, "VRRP_Script(chk) succeeded"},
		{Outcome{}, ""},
		{Outcome{Status: 3}, "Script `chk` now returning 3|VRRP_Script(chk) failed (exited with status 3)"},
		{Outcome{Status: 4}, "Script `chk` now returning 4"},
		{Outcome{}, "Script `chk` now returning 0|VRRP_Script(chk) succeeded"},
		{Outcome{Signal: 9}, "VRRP_Script(chk) failed (due to signal 9)"},
		{Outcome{}, "VRRP_Script(chk) succeeded"},
		{Outcome{TimedOut: true}, "VRRP_Script(chk) timed_out"},
	}
	for i, s := range steps {
		if _, got := tr.Apply(s.out); strings.Join(got, "|") != s.want {
			t.Errorf("step %d: %q, want %q", i, got, s.want)
		}
	}
	if tr.Status() != 0 {
		t.Errorf("status %d", tr.Status())
	}
}

func TestTrackerInherit(t *testing.T) {
	const unsuccessful, successful = "VRRP_Script(chk) considered unsuccessful on reload", "VRRP_Script(chk) considered successful on reload"
	tests := []struct {
		name       string
		old        Tracker
		rise, fall int
		result     int
		message    string
	}{
		{"pending", Tracker{rise: 2, fall: 2, result: 1, pending: true}, 4, 1, 3, ""},
		{"bad", Tracker{rise: 2, fall: 2}, 4, 1, 0, unsuccessful},
		{"on its way up", Tracker{rise: 3, fall: 1, result: 2}, 5, 1, 4, unsuccessful},
		{"on its way up, shorter", Tracker{rise: 5, fall: 1, result: 1}, 2, 1, 0, unsuccessful},
		{"best", Tracker{rise: 2, fall: 2, result: 3}, 1, 5, 5, successful},
		{"on its way down", Tracker{rise: 2, fall: 4, result: 3}, 1, 4, 2, successful},
		{"on its way down, shorter", Tracker{rise: 1, fall: 9, result: 7}, 1, 2, 2, successful},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := NewTracker("chk", tt.rise, tt.fall, false)
			tt.old.status = 5
			message := tr.Inherit(&tt.old)
			if message != tt.message || tr.Result() != tt.result || tr.Pending() != tt.old.pending || tr.Up() != tt.old.Up() || tr.Status() != 5 {
				t.Errorf("%q, result %d, pending %v, up %v", message, tr.Result(), tr.Pending(), tr.Up())
			}
		})
	}
}

func TestFollowing(t *testing.T) {
	start := time.Unix(1000, 0)
	const s = time.Second
	tests := []struct{ late, want time.Duration }{
		{0, 10 * s}, {9 * s, 10 * s}, {10*s - 1, 10 * s}, {10 * s, 20 * s}, {11 * s, 20 * s}, {65 * s, 70 * s}, {-5 * s, 10 * s},
	}
	for _, tt := range tests {
		if got := following(start, start.Add(tt.late), 10*s).Sub(start); got != tt.want {
			t.Errorf("%s late: next start after %s, want %s", tt.late, got, tt.want)
		}
	}
}
