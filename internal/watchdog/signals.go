package watchdog

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"keepalived/internal/signals"
	"keepalived/internal/watchdog/link"
)

// The signals of keepalived(8) that have no name of their own. glibc keeps the
// first two realtime signals for itself.
const (
	SigStatsClear = syscall.Signal(63) // SIGRTMAX-1
	SigJSON       = syscall.Signal(36) // SIGRTMIN+2
)

// signalsOf starts the delivery of signals to the parent. What it does not want
// it catches all the same: scripts would inherit what is ignored.
func (o *Options) signalsOf() <-chan os.Signal {
	wanted := []os.Signal{unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, unix.SIGTERM, unix.SIGCHLD, SigStatsClear, SigJSON}
	unwanted := make(chan os.Signal, 1)
	signal.Notify(unwanted, unix.SIGPIPE)
	if o.IgnoreInt {
		signal.Notify(unwanted, unix.SIGINT)
	} else {
		wanted = append(wanted, unix.SIGINT)
	}
	return signals.Catch(wanted...)
}

// signal does what a signal asks for.
func (p *parent) signal(sig os.Signal) (status int, over bool) {
	switch sig {
	case unix.SIGCHLD:
		p.procs.reap()
	case unix.SIGHUP:
		return p.handle(hangup{})
	case unix.SIGTERM, unix.SIGINT:
		return p.handle(stop{})
	case unix.SIGUSR1:
		p.dump()
		p.forward(unix.SIGUSR1, link.RoleChecker, link.RoleVRRP, link.RoleBFD)
	case unix.SIGUSR2, SigStatsClear, SigJSON:
		p.forward(sig.(syscall.Signal), link.RoleVRRP)
	}
	return 0, false
}

// forward passes a signal on to children that are ready for it; an earlier one
// would end them.
func (p *parent) forward(sig syscall.Signal, roles ...link.Role) {
	for _, r := range roles {
		if k := p.kids[r]; k != nil && k.pid != 0 && k.ready {
			p.procs.kill(k.pid, sig)
		}
	}
}

func (p *parent) dump() {
	p.log.Infof("Printing parent data for process(%d) on signal", os.Getpid())
	if p.o.Dump == nil {
		p.log.Infof("The parent's data file is not part of this build")
		return
	}
	if err := p.o.Dump(&p.global); err != nil {
		p.log.Infof("%v", err)
	}
}
