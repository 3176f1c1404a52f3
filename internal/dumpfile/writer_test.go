package dumpfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keepalived/internal/logging"
)

// TestWriterWhileTheDiskHangs: requests are taken without waiting, in order,
// until too many wait; the others are refused aloud.
func TestWriterWhileTheDiskHangs(t *testing.T) {
	var console bytes.Buffer
	log := logging.New(logging.Options{Console: &console})
	w := NewWriter(log)
	dir := t.TempDir()
	hangs, began := make(chan struct{}), make(chan struct{})
	w.Write(Request{Path: filepath.Join(dir, "first"), Mode: 0o600, Render: func() []byte {
		close(began)
		<-hangs
		return nil
	}})
	<-began
	last := filepath.Join(dir, "last")
	written := make(chan error, queueMax)
	for range queueMax {
		w.Write(Request{Path: last, Mode: 0o600, Render: func() []byte { return []byte("x") }, Done: func(err error) { written <- err }})
	}
	refused := filepath.Join(dir, "refused")
	outcome := make(chan error, 1)
	w.Write(Request{Path: refused, Mode: 0o600, Render: func() []byte { return nil }, Done: func(err error) { outcome <- err }})
	if err := <-outcome; err == nil {
		t.Error("who asked for the refused file is not told")
	}
	close(hangs)
	for range queueMax {
		if err := <-written; err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(refused); err == nil {
		t.Error("more requests were queued than there is room for")
	}
	if err := log.Close(time.Second); err != nil {
		t.Fatal(err)
	}
	if want := "Not writing " + refused + ": writing " + filepath.Join(dir, "first") + " has not finished yet"; !strings.Contains(console.String(), want) {
		t.Errorf("log has no %q:\n%s", want, console.String())
	}
}
