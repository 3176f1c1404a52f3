package trackfile

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// events is what can change the value of a file in a watched directory. Writing
// counts when the file is closed, so that nobody reads half a number.
const events = unix.IN_CLOSE_WRITE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_DELETE

// Watcher reports changed values.
type Watcher struct {
	inotify *os.File
	paths   map[int32]map[string]string // watch -> name in the directory -> path
	last    map[string]int              // by path
	report  func(path string, value int)
	refuse  func(error)
	done    chan struct{}
}

// Watch begins to watch the paths, whose directories must exist. report is
// called with the first value of each before Watch returns, then from the
// watcher's goroutine whenever a value has changed. refuse is told of numbers
// that are too large, which change nothing.
func Watch(paths []string, report func(path string, value int), refuse func(error)) (*Watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	w := &Watcher{
		inotify: os.NewFile(uintptr(fd), "inotify"), paths: map[int32]map[string]string{},
		last: map[string]int{}, report: report, refuse: refuse, done: make(chan struct{}),
	}
	for _, path := range paths {
		if err := w.add(fd, path); err != nil {
			w.inotify.Close()
			return nil, err
		}
	}
	for _, path := range paths {
		if w.last[path], err = Read(path); err != nil {
			refuse(err)
		}
		report(path, w.last[path])
	}
	go w.run()
	return w, nil
}

func (w *Watcher) add(fd int, path string) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	wd, err := unix.InotifyAddWatch(fd, dir, events)
	if err != nil {
		return fmt.Errorf("watching directory %s of tracked file: %w", dir, err)
	}
	if w.paths[int32(wd)] == nil {
		w.paths[int32(wd)] = map[string]string{}
	}
	w.paths[int32(wd)][name] = path
	return nil
}

// Close ends the watching; nothing is reported after it.
func (w *Watcher) Close() {
	w.inotify.Close()
	<-w.done
}

func (w *Watcher) run() {
	defer close(w.done)
	buf := make([]byte, 64*(unix.SizeofInotifyEvent+unix.NAME_MAX+1))
	for {
		n, err := w.inotify.Read(buf)
		if err != nil {
			return
		}
		w.handle(buf[:n])
	}
}

func (w *Watcher) handle(b []byte) {
	for len(b) >= unix.SizeofInotifyEvent {
		wd := int32(binary.NativeEndian.Uint32(b))
		mask := binary.NativeEndian.Uint32(b[4:])
		size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[12:]))
		if size > len(b) {
			return
		}
		name := strings.TrimRight(string(b[unix.SizeofInotifyEvent:size]), "\x00")
		b = b[size:]
		if mask&unix.IN_Q_OVERFLOW != 0 {
			w.readAll()
			continue
		}
		if path, ok := w.paths[wd][name]; ok {
			w.read(path)
		}
	}
}

// readAll catches up after events were lost.
func (w *Watcher) readAll() {
	for _, names := range w.paths {
		for _, path := range names {
			w.read(path)
		}
	}
}

func (w *Watcher) read(path string) {
	v, err := Read(path)
	if err != nil {
		w.refuse(err)
		return
	}
	if v == w.last[path] {
		return
	}
	w.last[path] = v
	w.report(path, v)
}
