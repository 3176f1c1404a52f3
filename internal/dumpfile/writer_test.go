package dumpfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keepalived/internal/logging"
)

// hang has a writer begin a file whose content does not come until the returned
// function is called.
func hang(w *Writer, path string) (resume func()) {
	hangs, began := make(chan struct{}), make(chan struct{})
	w.Write(Request{Path: path, Mode: 0o600, Render: func() []byte {
		close(began)
		<-hangs
		return nil
	}})
	<-began
	return func() { close(hangs) }
}

// write orders a file; what becomes of it comes by the channel.
func write(w *Writer, path, content string) <-chan error {
	outcome := make(chan error, 1)
	w.Write(Request{Path: path, Mode: 0o600, Render: func() []byte { return []byte(content) }, Done: func(err error) { outcome <- err }})
	return outcome
}

// TestWriterWhileTheDiskHangs: requests are taken without waiting, in order,
// until too many wait; the others are refused aloud.
func TestWriterWhileTheDiskHangs(t *testing.T) {
	var console bytes.Buffer
	log := logging.New(logging.Options{Console: &console})
	w := NewWriter(log)
	dir := t.TempDir()
	resume := hang(w, filepath.Join(dir, "first"))
	var taken []<-chan error
	for i := range queueMax {
		taken = append(taken, write(w, filepath.Join(dir, fmt.Sprint(i)), "x"))
	}
	refused := filepath.Join(dir, "refused")
	if err := <-write(w, refused, ""); err == nil {
		t.Error("who asked for the refused file is not told")
	}
	resume()
	for _, x := range taken {
		if err := <-x; err != nil {
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

// TestLastRequestIsServed: of however many requests for a file that come while
// it is being written, the last one's content is what it has in the end, and
// everybody who asked hears of it.
func TestLastRequestIsServed(t *testing.T) {
	log := logging.New(logging.Options{})
	defer log.Close(time.Second)
	w := NewWriter(log)
	path := filepath.Join(t.TempDir(), "data")
	resume := hang(w, path)
	var asked []<-chan error
	for i := range 3 * queueMax {
		asked = append(asked, write(w, path, fmt.Sprint(i)))
	}
	other := filepath.Join(filepath.Dir(path), "other")
	asked = append(asked, write(w, other, "there is room for other files"))
	resume()
	for _, x := range asked {
		if err := <-x; err != nil {
			t.Error(err)
		}
	}
	for name, want := range map[string]string{path: fmt.Sprint(3*queueMax - 1), other: "there is room for other files"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %q (%v), want %q", name, got, err, want)
		}
	}
}
