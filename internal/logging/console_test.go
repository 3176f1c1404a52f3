package logging

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// writes keeps what each write brought; after so many it fails.
type writes struct {
	list  []string
	limit int
}

func (w *writes) Write(b []byte) (int, error) {
	if len(w.list) == w.limit {
		return 0, errors.New("nobody reads")
	}
	w.list = append(w.list, string(b))
	return len(b), nil
}

// Many lines go together, but as whole lines and not more than a pipe takes in
// one piece; those of another second have its time.
func TestConsoleWritesManyLinesAtOnce(t *testing.T) {
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	var batch []entry
	var want bytes.Buffer
	for i := range 500 {
		e := entry{at: at.Add(time.Duration(i) * 10 * time.Millisecond), text: fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%200))}
		if i == 250 {
			e.text = strings.Repeat("y", maxText)
		}
		batch = append(batch, e)
		fmt.Fprintf(&want, "%s: %s\n", e.at.Format(time.ANSIC), e.text)
	}
	w := &writes{limit: -1}
	if lost := newConsole(w).write(batch); lost != 0 {
		t.Errorf("%d lines lost", lost)
	}
	if got := strings.Join(w.list, ""); got != want.String() {
		t.Errorf("it wrote\n%s\nand not\n%s", got, want.String())
	}
	for _, b := range w.list {
		if len(b) > consoleBytes || !strings.HasSuffix(b, "\n") {
			t.Errorf("a write of %d octets that ends in %q", len(b), b[len(b)-5:])
		}
	}
	if n := want.Len()/consoleBytes + 3; len(w.list) > n {
		t.Errorf("%d writes, not %d", len(w.list), n)
	}
}

// Lines of writes that failed are counted, all of them.
func TestConsoleCountsWhatIsLost(t *testing.T) {
	var batch []entry
	for range 100 {
		batch = append(batch, entry{at: time.Now(), text: strings.Repeat("z", 100)})
	}
	w := &writes{limit: 1}
	lost := newConsole(w).write(batch)
	if kept := strings.Count(strings.Join(w.list, ""), "\n"); kept == 0 || kept+lost != len(batch) {
		t.Errorf("%d lines written, %d lost", kept, lost)
	}
}
