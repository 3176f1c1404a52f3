package notify

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"keepalived/internal/script"
)

// slowStarter takes its time until a script executes, and the script its own.
type slowStarter struct {
	delay, script time.Duration
	ended         bool // it gets no signal any more, only its end is seen late
}

func (s slowStarter) start(script.Command, <-chan struct{}) (Process, error) {
	time.Sleep(s.delay)
	p := &timedProcess{over: make(chan Outcome, 1), ended: s.ended}
	time.AfterFunc(s.script, func() { p.tell(Outcome{}) })
	return p, nil
}

func (slowStarter) close() {}

type timedProcess struct {
	over  chan Outcome
	ended bool
}

func (p *timedProcess) Pid() int      { return 1 }
func (p *timedProcess) Wait() Outcome { return <-p.over }

func (p *timedProcess) End(sig syscall.Signal) {
	if !p.ended {
		p.tell(Outcome{Signal: int(sig)})
	}
}

func (p *timedProcess) tell(o Outcome) {
	select {
	case p.over <- o:
	default:
	}
}

// A machine that is too busy to start a script soon, or to see its end, does not
// make it time out.
func TestLimitCountsFromTheStart(t *testing.T) {
	for _, c := range []struct {
		name          string
		start, script time.Duration
		want          string
		ended         bool
	}{
		{"late start", 1900 * time.Millisecond, 1900 * time.Millisecond, "ok", false},
		{"end that is seen late", 0, 2100 * time.Millisecond, "ok", true},
		{"slow script", 0, 2100 * time.Millisecond, "timed out", false},
		{"late start of a slow script", 1900 * time.Millisecond, 2100 * time.Millisecond, "timed out", false},
		{"too late a start", 2100 * time.Millisecond, 0, "not started", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &Runner{log: &record{}, starter: slowStarter{c.start, c.script, c.ended}, runs: map[*Run]struct{}{}, idle: make(chan struct{})}
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
