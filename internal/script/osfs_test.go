package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

func TestOSAsOtherUser(t *testing.T) {
	need.Root(t, "to take another user's rights")
	base := t.TempDir()
	open(t, base)
	name := filepath.Join(base, "private", "check")
	if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	v := Resolve(OS{}, Request{Argv: []string{name}, UID: 4711, GID: 4711})
	if v.Class != NotFound || !strings.Contains(strings.Join(v.Messages, "\n"), "Permission denied") {
		t.Errorf("as a stranger: class %d, %q", v.Class, v.Messages)
	}
	if v := Resolve(OS{}, Request{Argv: []string{name}}); !v.OK() {
		t.Errorf("as root: class %d, %q", v.Class, v.Messages)
	}
	if err := os.Chown(filepath.Dir(name), 4711, 4711); err != nil {
		t.Fatal(err)
	}
	if v := Resolve(OS{}, Request{Argv: []string{name}, UID: 4711, GID: 4711}); !v.OK() {
		t.Errorf("as its owner: class %d, %q", v.Class, v.Messages)
	}
	if v := Resolve(OS{}, Request{Argv: []string{name}}); !v.Insecure || len(v.Findings) != 1 || v.Findings[0].Path != filepath.Dir(name) {
		t.Errorf("as root in a foreign directory: %+v", v)
	}
	checkOwnRights(t)
}

// open lets every user reach the directories of the test.
func open(t *testing.T, dir string) {
	t.Helper()
	for dir != os.TempDir() && dir != "/" {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		dir = filepath.Dir(dir)
	}
}

// checkOwnRights makes sure that no thread kept the other user's rights.
func checkOwnRights(t *testing.T) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(tasks) == 0 {
		t.Fatal("no threads found", err)
	}
	for _, name := range tasks {
		text, err := os.ReadFile(name)
		if err == nil && strings.Contains(string(text), "\t4711") {
			t.Errorf("%s still has another user's rights:\n%s", name, text)
		}
	}
}

func TestOSHeadOfFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	head, err := (OS{}).Head(name)
	if err == nil && len(head) > 0 {
		t.Errorf("read %q from a FIFO", head)
	}
}

func TestOSMergedUsr(t *testing.T) {
	info, err := os.Lstat("/bin")
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Skip("/bin is no symbolic link here")
	}
	v := Resolve(OS{}, Request{Argv: []string{"/bin/true"}, Security: true})
	if !v.OK() || v.Command.Path != "/usr/bin/true" || v.Command.Shell {
		t.Errorf("/bin/true: %+v", v)
	}
}
