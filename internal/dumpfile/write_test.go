package dumpfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWriteReplacesWhatWasPlanted(t *testing.T) {
	for name, plant := range map[string]func(t *testing.T, path, foreign string) error{
		"nothing":   func(*testing.T, string, string) error { return nil },
		"old file":  func(_ *testing.T, path, _ string) error { return os.WriteFile(path, []byte("old"), 0o644) },
		"symlink":   func(_ *testing.T, path, foreign string) error { return os.Symlink(foreign, path) },
		"hard link": func(_ *testing.T, path, foreign string) error { return os.Link(foreign, path) },
		"FIFO":      func(_ *testing.T, path, _ string) error { return unix.Mkfifo(path, 0o666) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, foreign := filepath.Join(dir, "keepalived.data"), filepath.Join(dir, "foreign")
			if err := os.WriteFile(foreign, []byte("foreign"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := plant(t, path, foreign); err != nil {
				t.Fatal(err)
			}
			if err := Write(path, 0o640, []byte("content")); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != "content" {
				t.Errorf("content is %q, %v", got, err)
			}
			if info, err := os.Lstat(path); err != nil || info.Mode() != 0o640 {
				t.Errorf("mode is %v, %v", info.Mode(), err)
			}
			if got, _ := os.ReadFile(foreign); string(got) != "foreign" {
				t.Errorf("the foreign file has become %q", got)
			}
			onlyFiles(t, dir, 2)
		})
	}
}

func TestWriteFailsCleanly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keepalived.data")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(dir, "none", "keepalived.data"), "keepalived.data"} {
		err := Write(p, 0o600, []byte("content"))
		if err == nil || !strings.Contains(err.Error(), "writing "+p) {
			t.Errorf("%s: error is %v", p, err)
		}
	}
	onlyFiles(t, dir, 1)
}

func onlyFiles(t *testing.T, dir string, n int) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != n {
		t.Errorf("the directory has %v, %v", entries, err)
	}
}

// TestWriteIsClosedUnderItsName is what readers rely on that wait for the
// writer with inotify(7).
func TestWriteIsClosedUnderItsName(t *testing.T) {
	dir := t.TempDir()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_MOVED_TO|unix.IN_CLOSE_WRITE); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "keepalived.json"), 0o600, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := unix.Read(fd, buf)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for b := buf[:n]; len(b) >= unix.SizeofInotifyEvent; {
		length := int(b[12]) | int(b[13])<<8
		name := strings.TrimRight(string(b[16:16+length]), "\x00")
		kind := "moved"
		if b[4]&unix.IN_CLOSE_WRITE != 0 {
			kind = "closed"
		}
		seen = append(seen, kind+" "+name)
		b = b[16+length:]
	}
	if got := strings.Join(seen, ", "); got != "moved keepalived.json, closed keepalived.json" {
		t.Errorf("events are %s", got)
	}
}
