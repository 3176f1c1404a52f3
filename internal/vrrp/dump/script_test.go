package dump

import (
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/vrrp/fsm"
)

// TestScriptState: what is said of a script before and after its first result.
func TestScriptState(t *testing.T) {
	script := config.TrackScript{Name: "S", Interval: 1500 * time.Millisecond, Timeout: 2 * time.Second, TimeoutSet: true, Rise: 2, Fall: 2}
	failed := script
	failed.InitFail, failed.TimeoutSet = true, false
	for _, tt := range []struct {
		conf config.TrackScript
		now  Tracker
		want []string
	}{
		{script, Tracker{Result: 1}, []string{"Interval = 1.500 sec", "Timeout = 2 sec", "Init state = INIT", "Status = BAD", "State = idle"}},
		{script, Tracker{Result: 1, Added: true, Activity: "running"}, []string{"Init state = INIT/RELOAD", "State = running"}},
		{failed, Tracker{}, []string{"Timeout = 0 sec", "Init state = INIT/FAILED", "Status = BAD"}},
		{failed, Tracker{Result: 3, Ran: true}, []string{"Result = 3", "Init state = unknown", "Status = GOOD"}},
		{script, Tracker{Ran: true, Activity: "forcing termination"}, []string{"Status = BAD", "State = forcing termination"}},
	} {
		tt.now.Kind, tt.now.Name = fsm.TrackScript, "S"
		s := &Snapshot{Conf: &config.Config{VRRP: config.VRRP{Scripts: []config.TrackScript{tt.conf}}}, Trackers: []Tracker{tt.now}}
		var text dump.Text
		s.scripts(&text)
		lines := strings.Split(string(text.Bytes()), "\n")
		for _, want := range tt.want {
			if !slices.Contains(lines, "   "+want) {
				t.Errorf("%+v: no %q in\n%s", tt.now, want, text.Bytes())
			}
		}
	}
}
