package lang

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestOS(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	name := filepath.Join(sub, "k.conf")
	if err := errors.Join(os.Mkdir(sub, 0o755), os.WriteFile(name, []byte("a b\n"), 0o644),
		os.Symlink(sub, filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	if text, err := (OS{}).ReadFile(name); text != "a b\n" || err != nil {
		t.Errorf("ReadFile = %q, %v", text, err)
	}
	if mode, err := (OS{}).Stat(filepath.Join(dir, "link")); !mode.IsDir() || err != nil {
		t.Errorf("Stat = %v, %v", mode, err)
	}
	if names, err := (OS{}).ReadDir(dir); err != nil || !slices.Contains(names, "link") || len(names) != 2 {
		t.Errorf("ReadDir = %q, %v", names, err)
	}
	real, _ := filepath.EvalSymlinks(sub)
	if got, err := (OS{}).RealPath(filepath.Join(dir, "link")); got != real || err != nil {
		t.Errorf("RealPath = %q, %v, want %q", got, err, real)
	}
	if _, err := (OS{}).ReadFile(name + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

// A FIFO is refused and not waited for.
func TestReadFileOfFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (OS{}).ReadFile(name); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v", err)
	}
}

// While a file is rewritten in place again and again, each reading is one whole version.
func TestReadFileWhileItIsRewritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "k")
	versions := []string{strings.Repeat("old line\n", 5_000), strings.Repeat("new line, longer\n", 4_000)}
	rewrite(t, name, versions[0])
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
				rewrite(t, name, versions[i%2])
			}
		}
	}()
	for range 15 {
		text, err := (OS{}).ReadFile(name)
		if errors.Is(err, errWriting) {
			continue // the writer had it for the whole time
		}
		if err != nil || !slices.Contains(versions, text) {
			t.Errorf("read %d bytes of neither version, error %v", len(text), err)
			break
		}
	}
	close(stop)
	<-stopped
}

// rewrite writes text over the file in small pieces.
func rewrite(t *testing.T, name, text string) {
	f, err := os.Create(name)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	for len(text) > 0 {
		n := min(len(text), 5_000)
		if _, err := f.WriteString(text[:n]); err != nil {
			t.Error(err)
			return
		}
		text = text[n:]
	}
}
