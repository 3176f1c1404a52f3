package check

import (
	"maps"
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/logging"
	"keepalived/internal/trackfile"
	"keepalived/internal/watchdog/link"
)

// fileWatch is the watching of tracked files, begun and ended beside the loop:
// both may have to wait for a disk.
type fileWatch struct{ stop chan struct{} }

func (w *fileWatch) end() {
	if w != nil {
		close(w.stop)
	}
}

// initFiles creates tracked files as init_file says.
func initFiles(log *logging.Logger, c *config.Config) {
	_, files := trackedFiles(c)
	for _, f := range files {
		if !f.Init.Set {
			continue
		}
		if err := trackfile.Init(f.Path, f.Init.V, f.Overwrite); err != nil {
			log.Infof("Unable to initialise tracked file %s: %v", f.Name, err)
		}
	}
}

// watchFiles follows the files of the present configuration.
func (l *loop) watchFiles() {
	l.files.end()
	l.files = nil
	names, files := trackedFiles(l.conf)
	if len(files) == 0 {
		return
	}
	l.files = &fileWatch{stop: make(chan struct{})}
	paths := make([]string, 0, len(names))
	for p := range names {
		paths = append(paths, p)
	}
	go l.serveFiles(l.files.stop, paths, names)
}

func (l *loop) serveFiles(stop chan struct{}, paths []string, names map[string][]string) {
	w, err := trackfile.Watch(paths, func(path string, value int) {
		select {
		case l.inbox <- func() { l.fileChanged(names[path], value) }:
		case <-stop:
		}
	}, func(err error) { l.log.Infof("%v", err) })
	if err != nil {
		l.log.Infof("%v: tracked files are not followed", err)
		return
	}
	<-stop
	w.Close()
}

func (l *loop) fileChanged(names []string, value int) {
	for _, v := range l.topology.virtuals {
		for _, r := range v.reals {
			for _, c := range r.checks {
				if c.conf.Kind == config.CheckFile && slices.Contains(names, c.conf.Detail.File.Name) && !l.stopping {
					l.topology.fileValue(c, value)
				}
			}
		}
	}
	l.carryOut(l.topology.take(), false)
}

// sessionState reads what the BFD child says of a session.
func (l *loop) sessionState(m link.Message) {
	s, err := link.ParseSessionState(m)
	if err != nil {
		l.log.Errf("Message from the parent: %v", err)
		return
	}
	l.log.Detailf("Received BFD event: instance %s is in state %s (delivered in %d usec)", s.Name, s, s.Age().Microseconds())
	l.sessionChanged(s.Name, s.Up)
}

// sessionChanged takes in the state of a BFD session.
func (l *loop) sessionChanged(name string, up bool) {
	if !l.stopping {
		l.sessions[name] = up
		l.topology.sessionState(name, up)
		l.carryOut(l.topology.take(), false)
	}
}

// forgetSessions forgets the states of sessions that are not configured any more.
func (l *loop) forgetSessions(c *config.Config) {
	maps.DeleteFunc(l.sessions, func(name string, _ bool) bool {
		return !slices.ContainsFunc(c.BFD.Instances, func(b config.BFDInstance) bool { return b.Name == name })
	})
}
