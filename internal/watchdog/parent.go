package watchdog

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/resident"
	"keepalived/internal/watchdog/link"
)

// parent is the running daemon. One goroutine owns it.
type parent struct {
	o      Options
	log    *logging.Logger
	sd     *systemd
	procs  *processes
	policy *policy
	paths  pidPaths
	pid    *pidFile

	// The running configuration.
	global  config.Global
	roles   []link.Role // children that it needs
	known   complaints
	parts   map[link.Role]*os.File
	copies  int    // how many config_save_dir has got
	refused string // why the last reload was refused

	timed *reloadWatch // nil: none
	wake  *alarm       // of the policy
	vigil *vigil       // of the policy, for what must not be late
	clock *alarm       // of a scheduled reload

	kids  map[link.Role]*kid
	relay *relay
	// The ends of the express line, by child; nil until one that needs it starts.
	express map[link.Role]*os.File
	events  chan event
	starts  chan func()
}

// kid is what belongs to one child process.
type kid struct {
	pid   int
	peer  *link.Peer
	read  chan struct{} // closed when its last message was read
	ready bool
	// The rest stays for its successor.
	lock  *pidFile
	held  *os.File
	heard time.Time
}

func newParent(o Options, sd *systemd) *parent {
	return &parent{o: o, log: o.Log, sd: sd, procs: newProcesses(), kids: map[link.Role]*kid{}, relay: newRelay(),
		events: make(chan event, 64), starts: make(chan func(), 16)}
}

// openAlarms makes the timers.
func (p *parent) openAlarms() (err error) {
	if p.wake, err = newAlarm(unix.CLOCK_MONOTONIC); err != nil {
		return err
	}
	if p.clock, err = newAlarm(unix.CLOCK_REALTIME); err != nil {
		return err
	}
	p.vigil, err = newVigil()
	p.procs.vigil = p.vigil
	return err
}

// loop runs until the policy says that all is over, and returns the status.
func (p *parent) loop(signals <-chan os.Signal) int {
	go p.starter()
	var beat <-chan time.Time
	if p.sd.watchdog > 0 {
		t := time.NewTicker(p.sd.watchdog)
		defer t.Stop()
		beat = t.C
	}
	for {
		err := p.wake.set(p.policy.next())
		if err := errors.Join(err, p.vigil.set(p.policy.watch(), p.policy.urgent())); err != nil {
			p.log.Errf("Setting a timer: %v", err)
		}
		var status int
		var over bool
		select {
		case ev := <-p.events:
			status, over = p.handle(ev)
		case sig := <-signals:
			status, over = p.signal(sig)
		case <-p.wake.rings:
			p.wake.rang()
			status, over = p.handle(tick{})
		case <-p.vigil.rings:
			p.vigil.rang()
			status, over = p.handle(tick{})
		case <-p.clock.rings:
			p.clock.rang()
			if p.reloadDue() {
				status, over = p.handle(hangup{})
			}
		case now := <-beat:
			if p.policy.healthy(now) {
				p.sd.alive()
			}
		}
		if over {
			return status
		}
	}
}

// handle passes an event to the policy and does what it wants.
func (p *parent) handle(ev event) (status int, over bool) {
	ev = p.before(ev)
	if ev == nil {
		return 0, false
	}
	for _, e := range p.policy.step(time.Now(), ev) {
		if f, ok := e.(finish); ok {
			return f.status, true
		}
		p.carryOut(e)
	}
	return 0, false
}

// carryOut does what the policy wants.
func (p *parent) carryOut(e effect) {
	switch e := e.(type) {
	case say:
		p.say(e)
	case startChild:
		p.launch(e.role)
	case pingChild:
		p.tell(e.role, link.Message{Type: link.Ping})
	case sendReload:
		p.tell(e.role, link.Message{Type: link.Reload, Part: p.parts[e.role]})
	case killChild:
		p.kill(e)
	case loadConfig:
		p.beginReload()
	case startupDone:
		p.started(e.children)
	case reloadOver:
		p.reloaded(e.ok)
	case permanent:
		p.sd.failed(e.status)
	case stopBegun:
		p.log.Infof("Stopping")
		p.sd.stopping()
	}
}

func (p *parent) say(s say) {
	if s.level == logging.LevelAlert {
		p.log.Alertf("%s", s.text)
		return
	}
	p.log.Infof("%s", s.text)
}

func (p *parent) kill(k killChild) {
	sig := syscall.SIGTERM
	if k.force {
		sig = syscall.SIGKILL
	}
	p.procs.kill(k.pid, sig)
}

func (p *parent) started(children int) {
	if children > 0 {
		p.log.Infof("Startup complete")
	}
	p.sd.ready("Running")
	p.watchReloadFile()
	resident.ReleaseAside() // the reading of a large configuration leaves much
}
