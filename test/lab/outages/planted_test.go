package outages

import (
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

var plantedOutages = []outage{
	{"planted pid files", "symbolic link, hard link, FIFO and file of another user at the name of the pid file", plantedPIDs},
	{"planted dump files", "the same at the name of a dump, SIGUSR1", plantedDumps},
}

const secret = "of somebody else\n"

// secretBeside is a file that the plants in a directory lead to.
func secretBeside(name string) string { return path.Join(path.Dir(name), "secret") }

// plants put something at a name; somebody else's file must stay as it is.
var plants = []struct {
	what    string
	command string // with the name as $1 and the file of somebody else as $2
}{
	{"symbolic link", "ln -s $2 $1"},
	{"hard link", "ln $2 $1"},
	{"FIFO", "mkfifo $1"},
	{"foreign file", "echo 1 >$1; chown 1234 $1"},
}

func (d *director) plant(command, name string) {
	d.site.Helper()
	d.WriteFile(secretBeside(name), secret, 0o600)
	d.Run("sh", "-c", "rm -f $1; "+command, "sh", name, secretBeside(name))
}

// intact says whether the file that links lead to is what it was.
func (d *director) intact(name string) bool {
	text, ok := d.ReadFile(secretBeside(name))
	return ok && text == secret
}

// plantedPIDs: a start either refuses what it finds, and says why, or does not
// care.
func plantedPIDs(s *site) {
	d := s.a
	for _, plant := range plants {
		for _, name := range []string{"/run/keepalived.pid", "/run/vrrp.pid", "/run/keepalived_vrrp.pid"} {
			d.plant(plant.command, name)
		}
		d.start()
		over := happens(6*time.Second, func() bool { return !d.daemon.Running() || d.HasAddr(vip) })
		switch {
		case !over:
			s.note(false, plant.what+": waited on", "refused or replaced")
		case !d.intact("/run/keepalived.pid"):
			s.note(false, plant.what+": its target is overwritten", "refused or replaced")
		case d.daemon.Running() && d.foreignPID():
			s.note(false, plant.what+": used", "refused or replaced")
		case d.daemon.Running():
			s.note(true, plant.what+": replaced", "")
		default:
			s.saw(logged(d.daemon, 0, ".pid"), plant.what+": refused with the reason", plant.what+": refused without a reason")
		}
		if d.daemon.Running() {
			d.daemon.Kill9()
		}
		d.Run("ip", "addr", "flush", "dev", "eth0", "to", vip)
		d.Run("sh", "-c", "rm -f /run/*.pid")
	}
}

// foreignPID says whether the daemon's pid is in a file that it does not own.
func (d *director) foreignPID() bool {
	out, err := d.Output("sh", "-c", "find /run/keepalived.pid -user 1234")
	return err == nil && strings.TrimSpace(out) != ""
}

func plantedDumps(s *site) {
	d := s.a
	d.master()
	for _, plant := range plants {
		d.plant(plant.command, "/tmp/keepalived.data")
		start := time.Now()
		d.daemon.Signal(lab.Parent, unix.SIGUSR1)
		d.intervals(8)
		d.dumped(plant.what)
		if gap := d.gap(start); gap > 2*s.interval+busy {
			s.note(false, fmt.Sprintf("%s: gap %.2f s", plant.what, gap.Seconds()), "none")
		}
	}
}

// dumped notes what became of something planted.
func (d *director) dumped(what string) {
	s := d.site
	s.Helper()
	out, _ := d.Output("stat", "-c", "%F %u %h %s", "/tmp/keepalived.data")
	kind := strings.TrimSpace(out)
	switch {
	case !d.intact("/tmp/keepalived.data"):
		s.note(false, what+": its target is overwritten", "refused or replaced")
	case strings.HasPrefix(kind, "regular file 0 1 ") && !strings.HasSuffix(kind, " 0"):
		s.note(true, what+": replaced", "")
	case strings.HasPrefix(kind, "regular file 1234 1 ") && !strings.HasSuffix(kind, " 2"):
		s.note(false, what+": written into", "refused or replaced")
	default:
		s.note(true, what+": left alone", "")
	}
}
