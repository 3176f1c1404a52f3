package check

import (
	"os"

	"keepalived/internal/check/dump"
	"keepalived/internal/config"
	"keepalived/internal/dumpfile"
)

// print answers SIGUSR1: a file that shows this moment, written beside the loop.
func (l *loop) print() {
	l.log.Infof("Printing checker data for process(%d) on signal", os.Getpid())
	l.save(dumpfile.DataPath("keepalived_check", &l.conf.Global))
}

// save writes the data of this moment, unless path is "".
func (l *loop) save(path string) {
	if path == "" {
		return
	}
	snapshot := l.picture()
	l.writer.Write(dumpfile.Request{
		Path: path, Mode: dumpfile.Mode(&l.conf.Global),
		Render: func() []byte { return snapshot.Data().Bytes() },
	})
}

// logData writes the data to the log (--dump-conf).
func (l *loop) logData() {
	snapshot := l.picture()
	go func() {
		for line := range snapshot.Data().Lines() {
			l.log.Infof("%s", line)
		}
	}()
}

// groupStates is what is known of groups after a reload: which of their entries
// there were before.
func groupStates(old, now *config.LVS) map[string]dump.Group {
	out := make(map[string]dump.Group, len(now.Groups))
	before := groupsByName(old)
	for i := range now.Groups {
		g := dump.Group{Reloaded: map[config.GroupEntry]bool{}}
		if b := before[now.Groups[i].Name]; b != nil {
			for _, e := range b.Entries {
				g.Reloaded[e] = true
			}
		}
		out[now.Groups[i].Name] = g
	}
	return out
}
