package notify

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"keepalived/internal/script"
)

// slowStarter takes its time until a script executes, and the script its own.
type slowStarter struct{ delay, script time.Duration }

func (s slowStarter) start(script.Command, <-chan struct{}) (Process, error) {
	time.Sleep(s.delay)
	p := &timedProcess{over: make(chan Outcome, 1)}
	time.AfterFunc(s.script, func() { p.tell(Outcome{}) })
	return p, nil
}

func (slowStarter) close() {}

type timedProcess struct{ over chan Outcome }

func (p *timedProcess) Pid() int               { return 1 }
func (p *timedProcess) End(sig syscall.Signal) { p.tell(Outcome{Signal: int(sig)}) }
func (p *timedProcess) Wait() Outcome          { return <-p.over }

func (p *timedProcess) tell(o Outcome) {
	select {
	case p.over <- o:
	default:
	}
}

// A machine that is too busy to start a script soon does not make it time out.
func TestLimitCountsFromTheStart(t *testing.T) {
	for _, c := range []struct {
		name          string
		start, script time.Duration
		want          string
	}{
		{"late start", 1900 * time.Millisecond, 1900 * time.Millisecond, "ok"},
		{"slow script", 0, 2100 * time.Millisecond, "timed out"},
		{"late start of a slow script", 1900 * time.Millisecond, 2100 * time.Millisecond, "timed out"},
		{"too late a start", 2100 * time.Millisecond, 0, "not started"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &Runner{log: &record{}, starter: slowStarter{c.start, c.script}, runs: map[*Run]struct{}{}, idle: make(chan struct{})}
				out := make(chan Outcome, 1)
				r.Run(Job{Command: script.Command{Argv: []string{"/bin/true"}}, Limit: 2 * time.Second, Done: func(o Outcome) { out <- o }})
				got := "ok"
				switch o := <-out; {
				case o.TimedOut:
					got = "timed out"
				case o.Err == errNotStarted:
					got = "not started"
				case !o.OK():
					got = "failed"
				}
				if got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
				r.Close(time.Second)
			})
		})
	}
}
