package vrrp

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/dumpfile"
	"keepalived/internal/logging"
	"keepalived/internal/vrrp/dump"
)

// Realtime signals of keepalived(8); glibc keeps the first two for itself.
const (
	sigStatsClear = syscall.Signal(63) // SIGRTMAX-1
	sigJSON       = syscall.Signal(36) // SIGRTMIN+2
)

// surface answers an operator who asks by signal. Its files are rendered and
// written beside the loop.
type surface struct {
	log    *logging.Logger
	writer *dumpfile.Writer
	host   string
	saves  dumpfile.Saves
}

func newSurface(log *logging.Logger) *surface {
	host, err := os.Hostname()
	if err != nil {
		host = "" // it is left out
	}
	return &surface{log: log, writer: dumpfile.NewWriter(log), host: host}
}

// asked answers a signal.
func (l *loop) asked(sig os.Signal) {
	who := fmt.Sprintf("for process(%d) on signal", os.Getpid())
	switch sig {
	case unix.SIGUSR1:
		l.printData(who, nil)
	case unix.SIGUSR2:
		l.printStats(who, nil)
	case sigStatsClear:
		l.printStatsClear(who, nil)
	case sigJSON:
		if len(l.conf.VRRP.Instances) > 0 {
			l.print(dumpfile.JSONPath(&l.conf.Global), (*dump.Snapshot).JSON, nil)
		}
	}
}

// printData, printStats and printStatsClear write a file that shows this moment;
// who says in the log who asked, done hears of the outcome and may be nil.
func (l *loop) printData(who string, done func(error)) {
	l.log.Infof("Printing VRRP data %s", who)
	l.print(dumpfile.DataPath("keepalived", &l.conf.Global), data, done)
}

func data(s *dump.Snapshot) []byte { return s.Data().Bytes() }

// save keeps the data of this moment, unless path is "" (config_save_dir).
func (l *loop) save(path string) {
	if path != "" {
		l.print(path, data, nil)
	}
}

func (l *loop) printStats(who string, done func(error)) {
	l.log.Infof("Printing VRRP stats %s", who)
	l.print(dumpfile.StatsPath(&l.conf.Global), (*dump.Snapshot).Stats, done)
}

func (l *loop) printStatsClear(who string, done func(error)) {
	l.log.Infof("Printing and clearing VRRP stats %s", who)
	l.print(dumpfile.StatsPath(&l.conf.Global), (*dump.Snapshot).Stats, done)
	l.machine.ResetCounters()
	l.subagent.cleared = time.Now()
}

func (l *loop) print(path string, render func(*dump.Snapshot) []byte, done func(error)) {
	picture := l.picture()
	l.surface.writer.Write(dumpfile.Request{
		Path: path, Mode: dumpfile.Mode(&l.conf.Global),
		Render: func() []byte { return render(picture.snapshot()) },
		Done:   done,
	})
}

// logData writes the data to the log (--dump-conf).
func (l *loop) logData() {
	picture := l.picture()
	go func() {
		for line := range picture.snapshot().Data().Lines() {
			l.log.Infof("%s", line)
		}
	}()
}

// delaysOf is how long changes of an interface are put off.
func delaysOf(c *config.VRRP, name string) (up, down time.Duration) {
	for _, d := range c.InterfaceDelays {
		if d.Interface == name {
			return d.Up, d.Down
		}
	}
	return 0, 0
}

// pacesOf is the distance between announcements on an interface.
func pacesOf(c *config.Config, name string) (garp, gna time.Duration) {
	garp, gna = c.Global.VRRPDefaults.GarpInterval, c.Global.VRRPDefaults.GnaInterval
	for _, g := range c.VRRP.GarpGroups {
		for _, f := range g.Interfaces {
			if f == name {
				return g.GarpInterval, g.GnaInterval
			}
		}
	}
	return garp, gna
}
