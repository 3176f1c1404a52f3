package vrrp

import (
	"os"

	"keepalived/internal/config"
	"keepalived/internal/trackfile"
	"keepalived/internal/vrrp/fsm"
)

// readFiles gives the trackers of files their present values. It reads the
// disk, so it belongs to the preparation of a configuration.
func (p *prepared) readFiles() {
	paths := trackedPaths(p.conf)
	for i := range p.machine.Trackers {
		t := &p.machine.Trackers[i]
		if t.Kind == fsm.TrackFile {
			v, _ := trackfile.Read(paths[t.Name]) // the watcher tells of errors
			t.TrackerStatus = fsm.TrackerStatus{Known: true, Value: v}
		}
	}
}

// initialFiles gives files that the start creates the values that they will have
// (init_file).
func (p *prepared) initialFiles() {
	for _, f := range p.conf.TrackFiles {
		if _, err := os.Stat(f.Path); !f.Init.Set || err == nil && !f.Overwrite {
			continue
		}
		for i := range p.machine.Trackers {
			if t := &p.machine.Trackers[i]; t.Kind == fsm.TrackFile && t.Name == f.Name {
				t.TrackerStatus = fsm.TrackerStatus{Known: true, Value: f.Init.V}
			}
		}
	}
}

func trackedPaths(c *config.Config) map[string]string {
	paths := map[string]string{}
	for _, f := range c.TrackFiles {
		paths[f.Name] = f.Path
	}
	return paths
}

// fileWatch is the watching of tracked files, begun and ended beside the loop:
// both may have to wait for a disk.
type fileWatch struct{ stop chan struct{} }

func (w *fileWatch) end() {
	if w != nil {
		close(w.stop)
	}
}

// watchFiles watches the files that the configuration tracks. At the first
// start they are created as init_file says.
func (l *loop) watchFiles(p *prepared, first bool) {
	l.files.end()
	l.files = nil
	names := map[string][]string{}
	var create []config.TrackFile
	var paths []string
	for _, f := range p.conf.TrackFiles {
		if _, ok := l.trackerID(fsm.TrackFile, f.Name); !ok {
			continue
		}
		if names[f.Path] == nil {
			paths = append(paths, f.Path)
		}
		names[f.Path] = append(names[f.Path], f.Name)
		if first && f.Init.Set {
			create = append(create, f)
		}
	}
	if len(paths) == 0 {
		return
	}
	l.files = &fileWatch{stop: make(chan struct{})}
	go l.serveFiles(l.files.stop, create, paths, names)
}

func (l *loop) serveFiles(stop chan struct{}, create []config.TrackFile, paths []string, names map[string][]string) {
	for _, f := range create {
		if err := trackfile.Init(f.Path, f.Init.V, f.Overwrite); err != nil {
			l.log.Infof("Unable to initialise tracked file %s: %v", f.Name, err)
		}
	}
	w, err := trackfile.Watch(paths, func(path string, value int) {
		for _, name := range names[path] {
			l.inbox.post(trackerResult{fsm.TrackFile, name, fsm.TrackerStatus{Known: true, Value: value}})
		}
	}, func(err error) { l.log.Infof("%v", err) })
	if err != nil {
		l.log.Infof("%v: tracked files are not followed", err)
		return
	}
	<-stop
	w.Close()
}
