package dumpfile

import (
	"fmt"
	"os"
	"sync"

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

// queueMax is how many files wait for the disk, more than there are kinds of
// files: a reader that asks for all of them gets all of them.
const queueMax = 16

// Writer writes files one after another, in order, beside its caller.
type Writer struct {
	log  *logging.Logger
	wake chan struct{} // has an element when something was added

	mu      sync.Mutex
	queue   []Request // at most two of the same path, see add
	writing string    // the file that is being written
}

// NewWriter starts a writer; it lasts as long as the process.
func NewWriter(log *logging.Logger) *Writer {
	w := &Writer{log: log, wake: make(chan struct{}, 1)}
	go w.run()
	return w
}

// Write orders a file. It never waits: while the disk hangs, requests are
// queued, then joined with later ones for the same file, so that the last one
// is always served. Only of too many different files some are refused, with a
// log line.
func (w *Writer) Write(r Request) {
	if busy, ok := w.add(r); !ok {
		w.log.Infof("Not writing %s: writing %s has not finished yet", r.Path, busy)
		r.done(fmt.Errorf("writing %s has not finished yet", busy))
		return
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// add queues a request. If two for its file wait already, it takes the place of
// the second one, whose content nobody would have seen for long. It is false if
// there is no room; busy is what the others wait for.
func (w *Writer) add(r Request) (busy string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	same := 0
	for i := range w.queue {
		if w.queue[i].Path != r.Path {
			continue
		}
		if same++; same == 2 {
			w.queue[i] = r.after(w.queue[i])
			return "", true
		}
	}
	if len(w.queue) >= queueMax {
		return w.writing, false
	}
	w.queue = append(w.queue, r)
	return "", true
}

// after is r in the place of an earlier request, which hears of it as well.
func (r Request) after(earlier Request) Request {
	if earlier.Done == nil {
		return r
	}
	both := r
	both.Done = func(err error) {
		earlier.done(err)
		r.done(err)
	}
	return both
}

// take is the next request, if there is one.
func (w *Writer) take() (r Request, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return r, false
	}
	r = w.queue[0]
	w.queue = append(w.queue[:0:0], w.queue[1:]...)
	w.writing = r.Path
	return r, true
}

func (w *Writer) run() {
	for range w.wake {
		for r, ok := w.take(); ok; r, ok = w.take() {
			err := Write(r.Path, r.Mode, r.Render())
			if err != nil {
				w.log.Infof("%v", err)
			}
			r.done(err)
		}
	}
}
