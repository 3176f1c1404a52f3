package watchdog

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	reloadFileMax  = 64 // bytes that are read of a reload_time_file
	reloadTimeText = "2006-01-02 15:04:05"
	watchedEvents  = unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE
)

// reloadWatch is the reload_time_file of the running configuration.
type reloadWatch struct {
	name string
	f    *os.File // inotify on its directory
	want reloadTime
}

// reloadFileRead says what is in the file now; "" is nothing, or no file.
type reloadFileRead struct {
	watch *reloadWatch
	text  string
}

func (reloadFileRead) apply(*policy, time.Time) {}

// watchReloadFile begins to watch the file that the configuration names.
func (p *parent) watchReloadFile() {
	name := p.global.Reload.TimeFile
	if p.timed != nil && p.timed.name == name {
		return
	}
	p.dropReloadWatch()
	if name == "" {
		return
	}
	w := &reloadWatch{name: name}
	if err := w.open(); err != nil {
		p.log.Infof("Unable to watch reload_time_file: %v", err)
		return
	}
	p.timed = w
	go func() {
		p.events <- reloadFileRead{w, w.read()}
		for w.changed() {
			p.events <- reloadFileRead{w, w.read()}
		}
	}()
}

func (p *parent) dropReloadWatch() {
	if p.timed != nil {
		p.timed.f.Close()
		p.timed = nil
		p.setReloadAlarm(time.Time{})
	}
}

func (w *reloadWatch) open() error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return fmt.Errorf("watching %s: %w", w.name, err)
	}
	if _, err := unix.InotifyAddWatch(fd, filepath.Dir(w.name), watchedEvents|unix.IN_ONLYDIR); err != nil {
		unix.Close(fd)
		return fmt.Errorf("watching %s: %w", filepath.Dir(w.name), err)
	}
	w.f = os.NewFile(uintptr(fd), "inotify")
	return nil
}

// changed waits until something has happened in the directory; false is the end
// of the watch.
func (w *reloadWatch) changed() bool {
	var buf [4096]byte
	_, err := w.f.Read(buf[:])
	return err == nil
}

// read returns the beginning of the file. A FIFO is not waited for.
func (w *reloadWatch) read() string {
	f, err := os.OpenFile(w.name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	text, err := io.ReadAll(io.LimitReader(f, reloadFileMax))
	if err != nil {
		return ""
	}
	return string(text)
}

// scheduleReload takes over what the file says.
func (p *parent) scheduleReload(r reloadFileRead) {
	if r.watch != p.timed {
		return
	}
	var want reloadTime
	if r.text != "" {
		var ok bool
		if want, ok = parseReloadTime(r.text, time.Now()); !ok {
			p.log.Infof("Reload time %s format is incorrect - ignoring", strings.TrimSpace(r.text))
		}
	}
	old := p.timed.want
	p.timed.want = want
	switch {
	case want.at.Equal(old.at):
		return
	case want.at.IsZero():
		p.log.Infof("Cancelling reload scheduled for %s", old.at.Format(reloadTimeText))
	case old.at.IsZero():
		p.log.Infof("Scheduling reload for %s", want.at.Format(reloadTimeText))
	default:
		p.log.Infof("Reload time updated from %s to %s", old.at.Format(reloadTimeText), want.at.Format(reloadTimeText))
	}
	p.setReloadAlarm(want.at)
}

func (p *parent) setReloadAlarm(at time.Time) {
	if err := p.clock.set(at); err != nil {
		p.log.Errf("Setting the time of a reload: %v", err)
	}
}

// reloadDue says whether a scheduled reload is due now: the clock may have rung
// for a time that has just been changed. The file is deleted unless it asks for
// the same time every day and reload_repeat is set.
func (p *parent) reloadDue() bool {
	w := p.timed
	if w == nil || w.want.at.IsZero() {
		return false
	}
	if time.Now().Before(w.want.at) {
		p.setReloadAlarm(w.want.at)
		return false
	}
	dated := w.want.dated
	w.want = reloadTime{}
	if dated || !p.global.Reload.Repeat {
		os.Remove(w.name)
		return true
	}
	p.scheduleReload(reloadFileRead{w, w.read()})
	return true
}

// markReload makes the file of reload_file, which is there while the
// configuration is read; the function that it returns removes it.
func (p *parent) markReload() (done func()) {
	r := &p.global.Reload
	if !r.File.Set {
		return func() {}
	}
	name := r.File.V
	if name == "" {
		name = p.paths.reload
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o644)
	if err != nil {
		p.log.Infof("Failed to create reload file: %v", err)
		return func() {}
	}
	f.Close()
	return func() { os.Remove(name) }
}
