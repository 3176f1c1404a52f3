package watchdog

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/notify"
)

// scriptGrace is the time between SIGTERM and SIGKILL.
const scriptGrace = time.Second

// scriptDone says that the startup or shutdown script has ended, one way or
// another. name is empty when there was none.
type scriptDone struct {
	kind, name string
	notify.Outcome
}

func (scriptDone) apply(*policy, time.Time) {}

// runScript starts a script, in the surroundings that all scripts have, and
// reports its end as an event.
func (p *parent) runScript(kind string, s config.Script, limit time.Duration) {
	if !s.IsSet() {
		go func() { p.events <- scriptDone{kind: kind} }()
		return
	}
	cmd := notify.Command(s)
	done := func(o notify.Outcome) { p.events <- scriptDone{kind, cmd.String(), o} }
	p.log.Infof("Running %s script %s", kind, cmd)
	// It lasts as long as this process: scripts end with whoever starts them.
	runner, err := notify.NewRunner(p.log, notify.Options{Fork: p.procs.script})
	if err != nil {
		go done(notify.Outcome{Err: err})
		return
	}
	runner.Run(notify.Job{Command: cmd, Limit: limit, Grace: scriptGrace, Done: done})
}

// scriptEnded logs what went wrong.
func (p *parent) scriptEnded(d scriptDone) {
	switch {
	case d.name == "":
	case d.Err != nil:
		p.log.Infof("Call of %s script %s failed: %v", d.kind, d.name, d.Err)
	case d.TimedOut:
		p.log.Infof("Call of %s script %s failed: it took too long", d.kind, d.name)
	case d.Signal != 0:
		r := exitResult{signal: d.Signal, name: signalName(syscall.Signal(d.Signal))}
		p.log.Infof("Call of %s script %s failed: exited %s", d.kind, d.name, r.describe(false))
	case d.Status != 0:
		p.log.Infof("Call of %s script %s failed: exited with status %d", d.kind, d.name, d.Status)
	}
}

// shutdownScript runs the script that ends the daemon's life and waits for it; the
// startup script may still be running.
func (p *parent) shutdownScript(signals <-chan os.Signal) {
	const kind = "shutdown"
	g := &p.global.Scripts
	p.runScript(kind, g.Shutdown, g.ShutdownTimeout)
	for {
		select {
		case sig := <-signals:
			if sig == unix.SIGCHLD {
				p.procs.reap()
			}
		case ev := <-p.events:
			if d, ok := ev.(scriptDone); ok {
				p.scriptEnded(d)
				if d.kind == kind {
					return
				}
			}
		}
	}
}
