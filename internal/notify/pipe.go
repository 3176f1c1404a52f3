package notify

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
)

// pipe is an open FIFO. It is open for reading, too, so that writing neither
// waits for a reader nor fails without one.
type pipe struct {
	fd      int
	stat    unix.Stat_t
	created bool
}

// openPipe creates the FIFO if it does not exist. The text of an error is the
// message for the operator; there may be a usable pipe nevertheless. The mode is
// 0644 without what the umask forbids.
func openPipe(o FIFOOptions) (*pipe, error) {
	p := &pipe{fd: -1}
	switch err := unix.Mkfifo(o.Path, 0o644); {
	case err == nil:
		p.created = true
	case err != unix.EEXIST:
		return nil, fmt.Errorf("Unable to create %snotify fifo %s - %s", o.Kind, o.Path, script.Strerror(err))
	}
	if err := p.open(o); err != nil {
		p.remove(o.Path)
		return nil, err
	}
	return p, p.give(o)
}

// open opens the FIFO and makes sure that nobody has planted it. Its type is
// looked at before as well, because opening a device may do something.
func (p *pipe) open(o FIFOOptions) error {
	refused := fmt.Errorf("%snotify fifo %s is not a fifo we own - not using", o.Kind, o.Path)
	err := unix.Lstat(o.Path, &p.stat)
	if err == nil && p.stat.Mode&unix.S_IFMT != unix.S_IFIFO {
		return refused
	}
	if err == nil {
		p.fd, err = unix.Open(o.Path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return fmt.Errorf("Unable to open %snotify fifo %s - errno %d", o.Kind, o.Path, errnoOf(err))
	}
	err = unix.Fstat(p.fd, &p.stat)
	if err != nil || p.stat.Mode&unix.S_IFMT != unix.S_IFIFO || int(p.stat.Uid) != os.Geteuid() && p.stat.Uid != o.UID {
		return refused
	}
	return nil
}

// give hands a new FIFO to its owner.
func (p *pipe) give(o FIFOOptions) error {
	if !p.created || p.stat.Uid == o.UID && p.stat.Gid == o.GID {
		return nil
	}
	if err := unix.Fchown(p.fd, int(o.UID), int(o.GID)); err != nil {
		return fmt.Errorf("Failed to set uid:gid for fifo %s", o.Path)
	}
	return nil
}

// remove closes the FIFO, and deletes it if it was created here and is still the
// same.
func (p *pipe) remove(path string) {
	var now unix.Stat_t
	if p.created && unix.Lstat(path, &now) == nil && now.Ino == p.stat.Ino && now.Dev == p.stat.Dev {
		_ = unix.Unlink(path) // if it fails, an operator finds an unused FIFO
	}
	if p.fd >= 0 {
		_ = unix.Close(p.fd)
	}
	p.fd = -1
}

// pipeBuf is the longest line that a pipe takes as a whole (PIPE_BUF).
const pipeBuf = 4096

// pipeWriter writes lines, each as a whole or not at all.
type pipeWriter struct {
	fifo   *FIFO
	fd     int
	streak int // lines lost since the last one that was written
	said   time.Time
}

func (w *pipeWriter) write(line string) {
	err := error(unix.EAGAIN)
	if len(line) <= pipeBuf {
		_, err = unix.Write(w.fd, []byte(line))
	}
	if err == nil {
		w.fifo.written.Add(1)
		w.streak = 0
		return
	}
	w.fifo.lost.Add(1)
	w.streak++
	if !errors.Is(err, unix.EAGAIN) {
		w.fifo.log.Infof("%snotify fifo write error: %s", w.fifo.options.Kind, script.Strerror(err))
	}
	w.complain()
}

// complain says that lines are lost, once for each time the pipe is full and at
// most once a minute.
func (w *pipeWriter) complain() {
	if w.streak > 1 || time.Since(w.said) < time.Minute {
		return
	}
	w.said = time.Now()
	w.fifo.log.Infof("%snotify fifo %s is full, nobody reads it - notifications are lost", w.fifo.options.Kind, w.fifo.options.Path)
}
