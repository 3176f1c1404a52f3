package check

import (
	"time"

	"keepalived/internal/notify"
	"keepalived/internal/script"
)

// scriptGrace is how long a script that is no longer wanted has to end.
const scriptGrace = 2 * time.Second

// misc is a MISC_CHECK: a script whose exit status counts.
type misc struct{ going *notify.Run }

func (m *misc) begin(l *lab, c *checker) {
	s := c.conf.Detail.Misc.Script
	m.going = l.runner.Run(notify.Job{
		Command: script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID, Shell: s.Shell, Test: s.Test},
		Limit:   c.conf.Detail.Misc.Timeout,
		Done: func(o notify.Outcome) {
			l.deliver([]delivery{{c: c, result: miscResult(o, c.conf.Detail.Misc.Dynamic)}})
		},
	})
}

func (m *misc) cancel() {
	if m.going != nil {
		m.going.Terminate(scriptGrace)
	}
}

// miscResult judges a run. With misc_dynamic a status from 2 on is a weight.
func miscResult(o notify.Outcome, dynamic bool) result {
	if o.Err != nil {
		return result{postponed: true, reason: "Misc check: " + o.Err.Error()}
	}
	r := result{status: o.Status, signal: o.Signal, timedOut: o.TimedOut}
	r.ok = !o.TimedOut && o.Signal == 0 && (o.Status == 0 || dynamic && o.Status >= 2)
	return r
}

func (m *misc) release() {}
