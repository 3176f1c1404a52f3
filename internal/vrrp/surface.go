package vrrp

import (
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
	g := &l.conf.Global
	switch sig {
	case unix.SIGUSR1:
		l.log.Infof("Printing VRRP data for process(%d) on signal", os.Getpid())
		l.print(dumpfile.DataPath("keepalived", g), func(s *dump.Snapshot) []byte { return s.Data().Bytes() })
	case unix.SIGUSR2:
		l.log.Infof("Printing VRRP stats for process(%d) on signal", os.Getpid())
		l.print(dumpfile.StatsPath(g), (*dump.Snapshot).Stats)
	case sigStatsClear:
		l.log.Infof("Printing and clearing VRRP stats for process(%d) on signal", os.Getpid())
		l.print(dumpfile.StatsPath(g), (*dump.Snapshot).Stats)
		l.machine.ResetCounters()
	case sigJSON:
		if len(l.conf.VRRP.Instances) > 0 {
			l.print(dumpfile.JSONPath(g), (*dump.Snapshot).JSON)
		}
	}
}

// print orders a file that shows this moment.
func (l *loop) print(path string, render func(*dump.Snapshot) []byte) {
	picture := l.picture()
	l.surface.writer.Write(dumpfile.Request{
		Path: path, Mode: dumpfile.Mode(&l.conf.Global),
		Render: func() []byte { return render(picture.snapshot()) },
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
