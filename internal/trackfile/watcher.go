package trackfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// events is what can change the value of a file in a watched directory. Writing
// counts when the file is closed, so that nobody reads half a number.
const events = unix.IN_CLOSE_WRITE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_DELETE | unix.IN_MOVE_SELF

// searchEvery is how often a directory that is missing is looked for.
const searchEvery = time.Second

// Watcher reports changed values.
type Watcher struct {
	inotify *os.File
	control syscall.RawConn             // of the same
	paths   map[int32]map[string]string // watch -> name in the directory -> path
	lost    []string                    // paths whose directory is missing
	last    map[string]int              // by path
	report  func(path string, value int)
	refuse  func(error)
	done    chan struct{}
}

// Watch begins to watch the paths. report is called with the first value of each
// before Watch returns, then from the watcher's goroutine whenever a value has
// changed. refuse is told of numbers that are too large, which change nothing, and
// of directories that are missing or go away, such as those that a service has
// while it runs; they are looked for every second.
func Watch(paths []string, report func(path string, value int), refuse func(error)) (*Watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watching files: %w", err)
	}
	w := &Watcher{
		inotify: os.NewFile(uintptr(fd), "inotify"), paths: map[int32]map[string]string{},
		last: map[string]int{}, report: report, refuse: refuse, done: make(chan struct{}),
	}
	if w.control, err = w.inotify.SyscallConn(); err != nil {
		w.inotify.Close()
		return nil, fmt.Errorf("watching files: %w", err)
	}
	for _, path := range paths {
		if err := w.add(path); err != nil {
			w.lost = append(w.lost, path)
			refuse(err)
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

func (w *Watcher) add(path string) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	var wd int
	var err error
	if cerr := w.control.Control(func(fd uintptr) { wd, err = unix.InotifyAddWatch(int(fd), dir, events) }); cerr != nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("watching directory %s of tracked file: %w; tried again every second", dir, err)
	}
	if w.paths[int32(wd)] == nil {
		w.paths[int32(wd)] = map[string]string{}
	}
	w.paths[int32(wd)][name] = path
	return nil
}

// search looks for directories that are missing.
func (w *Watcher) search() {
	lost := w.lost
	w.lost = nil
	for _, path := range lost {
		if w.add(path) != nil {
			w.lost = append(w.lost, path)
			continue
		}
		w.read(path)
	}
}

// lose is told that a directory is watched no more.
func (w *Watcher) lose(wd int32) {
	for _, path := range w.paths[wd] {
		w.lost = append(w.lost, path)
		w.refuse(fmt.Errorf("the directory of tracked file %s is gone: it is looked for every second", path))
		w.read(path)
	}
	delete(w.paths, wd)
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
		var until time.Time
		if len(w.lost) > 0 {
			until = time.Now().Add(searchEvery)
		}
		if err := w.inotify.SetReadDeadline(until); err != nil {
			return
		}
		n, err := w.inotify.Read(buf)
		switch {
		case err == nil:
			w.handle(buf[:n])
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return
		}
		w.search()
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
		if mask&unix.IN_MOVE_SELF != 0 {
			_ = w.control.Control(func(fd uintptr) { _, _ = unix.InotifyRmWatch(int(fd), uint32(wd)) }) // IN_IGNORED follows
		}
		if mask&unix.IN_IGNORED != 0 {
			w.lose(wd)
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
