// Package bfd is the BFD child: it watches the paths to neighbors with BFD
// sessions and reports to the parent which of them are up.
//
// Start reading at Run, then loop.go; what a session does is decided in fsm.
package bfd

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/bfd/fsm"
	"keepalived/internal/config"
	"keepalived/internal/dumpfile"
	"keepalived/internal/logging"
	"keepalived/internal/poller"
	"keepalived/internal/signals"
	"keepalived/internal/watchdog/link"
)

// Exit statuses of the child, keepalived(8).
const (
	exitOK    = 0
	exitFatal = 1
)

// Run is the child's main function. It returns the exit status when the parent
// has ended it or has gone.
func Run(c *link.Child, log *logging.Logger) int {
	conf, err := link.DecodePart[config.Config](c.Config())
	if err != nil {
		log.Errf("Reading the configuration handed over by the parent: %v", err)
		return exitFatal
	}
	runtime.LockOSThread()
	l, err := newLoop(c, log)
	if err != nil {
		log.Errf("Starting BFD: %v", err)
		return exitFatal
	}
	l.start(&conf, c.Held(), c.HeldAge())
	if err := c.Ready(); err != nil {
		log.Errf("Telling the parent that BFD runs: %v", err)
	}
	go debug.FreeOSMemory() // what reading the configuration took
	if err := l.run(); err != nil {
		log.Errf("BFD event loop: %v", err)
		return exitFatal
	}
	log.Stopped(false)
	return exitOK
}

func newLoop(c *link.Child, log *logging.Logger) (*loop, error) {
	poll, err := poller.New()
	if err != nil {
		return nil, err
	}
	if err := poll.Add(c.FD()); err != nil {
		return nil, err
	}
	l := &loop{
		log: log, poll: poll, parent: c, inbox: make(chan func(), 64), reporter: newReporter(log, c), writer: dumpfile.NewWriter(log),
		machine: fsm.New(random), receivers: map[endpoint]*receiver{}, senders: map[string]*sender{},
	}
	return l, nil
}

// start begins all sessions, those of a predecessor where they were.
func (l *loop) start(conf *config.Config, held []byte, heldAge time.Duration) {
	p := prepare(conf)
	l.adopt(p)
	go l.reporter.run()
	l.forwardSignals()
	l.now = time.Now()
	l.carryOut(l.machine.Resume(l.now, l.now.Add(-heldAge), p.sessions, resumed(held, l.log)))
}

// forwardSignals turns signals into messages.
func (l *loop) forwardSignals() {
	ch := signals.Catch(unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2, unix.SIGPIPE)
	go func() {
		for s := range ch {
			l.post(func() { l.signalled(s) })
		}
	}()
}

func (l *loop) signalled(s os.Signal) {
	switch s {
	case unix.SIGTERM, unix.SIGINT:
		l.stop()
	case unix.SIGHUP:
		_ = l.parent.ReloadRequest()
	case unix.SIGUSR1:
		l.dump()
	}
}
