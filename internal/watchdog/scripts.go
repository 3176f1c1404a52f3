package watchdog

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/script"
)

// scriptGrace is the time between SIGTERM and SIGKILL.
const scriptGrace = time.Second

// scriptDone says that the startup or shutdown script has ended, one way or
// another. name is empty when there was none.
type scriptDone struct {
	kind, name string
	err        error
	result     exitResult
	late       bool
}

func (scriptDone) apply(*policy, time.Time) {}

// runScript runs a script on a goroutine and reports its end as an event.
func (p *parent) runScript(kind string, s config.Script, limit time.Duration) {
	if !s.IsSet() {
		go func() { p.events <- scriptDone{} }()
		return
	}
	cmd := script.Command{Argv: s.Argv, Path: s.Path, UID: s.UID, GID: s.GID, Shell: s.Shell, Test: s.Test}
	p.log.Infof("Running %s script %s", kind, cmd)
	go func() { p.events <- p.waitScript(scriptDone{kind: kind, name: cmd.String()}, cmd, limit) }()
}

func (p *parent) waitScript(d scriptDone, cmd script.Command, limit time.Duration) scriptDone {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		d.err = err
		return d
	}
	defer null.Close()
	path, argv := cmd.Exec()
	pid, exited, err := p.procs.start(command{
		path: path, argv: argv, env: os.Environ(), dir: "/", files: []*os.File{null, null, null},
		cred: &syscall.Credential{Uid: cmd.UID, Gid: cmd.GID},
		sys:  func(a *syscall.SysProcAttr) { a.Setpgid = true },
	})
	if err != nil {
		d.err = err
		return d
	}
	for _, wait := range []struct {
		limit time.Duration
		sig   syscall.Signal
	}{{limit, unix.SIGTERM}, {scriptGrace, unix.SIGKILL}} {
		select {
		case d.result = <-exited:
			return d
		case <-time.After(wait.limit):
			d.late = true
			p.procs.killGroup(pid, wait.sig)
		}
	}
	d.result = <-exited
	return d
}

// scriptEnded logs what went wrong.
func (p *parent) scriptEnded(d scriptDone) {
	switch {
	case d.name == "":
	case d.err != nil:
		p.log.Infof("Call of %s script %s failed: %v", d.kind, d.name, d.err)
	case d.late:
		p.log.Infof("Call of %s script %s failed: it took too long", d.kind, d.name)
	case d.result != exitResult{}:
		p.log.Infof("Call of %s script %s failed: exited %s", d.kind, d.name, d.result.describe(false))
	}
}

// shutdownScript runs the script that ends the daemon's life and waits for it.
func (p *parent) shutdownScript(signals <-chan os.Signal) {
	g := &p.global.Scripts
	p.runScript("shutdown", g.Shutdown, g.ShutdownTimeout)
	for {
		select {
		case sig := <-signals:
			if sig == unix.SIGCHLD {
				p.procs.reap()
			}
		case ev := <-p.events:
			if d, ok := ev.(scriptDone); ok {
				p.scriptEnded(d)
				return
			}
		}
	}
}
