package guest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// run runs a guest, or skips the test saying what this machine lacks.
func run(t *testing.T, c Config) (int, string, error) {
	t.Helper()
	var out bytes.Buffer
	c.Output = &out
	status, err := Run(t.Context(), c)
	if errors.Is(err, ErrUnavailable) {
		Must(t, err)
	}
	return status, out.String(), err
}

func script(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// What the command says and how it ends comes through unchanged; arguments,
// environment and files reach it; programs find their libraries and the kernel
// its modules.
func TestRun(t *testing.T) {
	extra := filepath.Join(t.TempDir(), "extra")
	if err := os.WriteFile(extra, []byte("from the host"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, err := run(t, Config{
		Command: []string{script(t, `echo "$1|$WORD|$KEEPALIVED_GUEST|$(cat /extra)"
printf 'no\ttranslation\n\n'
ipvsadm -A -t 192.0.2.1:80 -s mh && ipvsadm -Sn
echo >&2 error
exit 7
`), "it's an argument"},
		Env:   []string{"WORD=two words"},
		Files: []string{extra + ":/extra"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "it's an argument|two words|1|from the host\nno\ttranslation\n\n-A -t 192.0.2.1:80 -s mh\nerror\n"
	if status != 7 || out != want {
		t.Errorf("status %d, output %q; want 7, %q", status, out, want)
	}
}

func TestHungGuestIsKilled(t *testing.T) {
	_, _, err := run(t, Config{Command: []string{script(t, "sleep 1000\n")}, Timeout: 2 * time.Second})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got error %v, want that the deadline passed", err)
	}
}

// The tests of internal/ipvs that need the kernel's IPVS.
func TestIPVS(t *testing.T) {
	test := filepath.Join(t.TempDir(), "ipvs.test")
	build := exec.Command("go", "test", "-c", "-o", test, "keepalived/internal/ipvs")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the test: %v\n%s", err, out)
	}
	status, out, err := run(t, Config{Command: []string{test, "-test.v", "-test.run", "^TestKernel"}, Dir: "../../internal/ipvs"})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	if status != 0 {
		t.Errorf("the test ended with status %d", status)
	}
}
