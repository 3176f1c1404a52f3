package dumpfile

import (
	"fmt"
	"os"
	"sync/atomic"

	"keepalived/internal/logging"
)

// Request is a file to be written.
type Request struct {
	Path string
	Mode os.FileMode
	// Render makes the content. It runs beside the caller and reads nothing
	// that changes.
	Render func() []byte
	// Done, if any, hears what has become of the file. It must not wait.
	Done func(error)
}

func (r *Request) done(err error) {
	if r.Done != nil {
		r.Done(err)
	}
}

// queueMax is how many requests wait for the disk, more than there are kinds of
// files: a reader that asks for all of them gets all of them.
const queueMax = 8

// Writer writes files one after another, in order, beside its caller.
type Writer struct {
	log     *logging.Logger
	queue   chan Request
	writing atomic.Pointer[string]
}

// NewWriter starts a writer; it lasts as long as the process.
func NewWriter(log *logging.Logger) *Writer {
	w := &Writer{log: log, queue: make(chan Request, queueMax)}
	go w.run()
	return w
}

// Write orders a file. It never waits: while the disk hangs, further requests
// are queued and then refused with a log line.
func (w *Writer) Write(r Request) {
	select {
	case w.queue <- r:
	default:
		busy := r.Path
		if p := w.writing.Load(); p != nil {
			busy = *p
		}
		w.log.Infof("Not writing %s: writing %s has not finished yet", r.Path, busy)
		r.done(fmt.Errorf("writing %s has not finished yet", busy))
	}
}

func (w *Writer) run() {
	for r := range w.queue {
		w.writing.Store(&r.Path)
		err := Write(r.Path, r.Mode, r.Render())
		if err != nil {
			w.log.Infof("%v", err)
		}
		r.done(err)
		w.writing.Store(nil)
	}
}
