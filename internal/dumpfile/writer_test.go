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
	for range queueMax {
		w.Write(Request{Path: last, Mode: 0o600, Render: func() []byte { return []byte("x") }})
	}
	refused := filepath.Join(dir, "refused")
	w.Write(Request{Path: refused, Mode: 0o600, Render: func() []byte { return nil }})
	close(hangs)
	for _, err := os.Stat(last); err != nil; _, err = os.Stat(last) {
		time.Sleep(time.Millisecond)
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
