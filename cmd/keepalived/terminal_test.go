package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal -t shows each problem once, with its line; the same output into a
// file has the C daemon's text.
func TestTerminal(t *testing.T) {
	wrong := write(t, wrongText)
	var errs strings.Builder
	s, status := parse([]string{"keepalived", "-t", "-f", wrong}, nil, &errs)
	if status != goOn {
		t.Fatal(status, errs.String())
	}
	master, slave := terminal(t)
	if status := testConfig(s, create(t, t.TempDir(), "out"), slave); status != 5 {
		t.Errorf("status %d", status)
	}
	slave.Close()
	shown := make([]byte, 1<<16)
	n, _ := master.Read(shown)
	want := wrong + ":1:1: error: Unknown keyword 'nonsense'\r\nnonsense\r\n^\r\n"
	if !strings.HasPrefix(string(shown[:n]), want) {
		t.Errorf("shown %q, want %q", shown[:n], want)
	}
}

// terminal opens both ends of a pseudo terminal.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// A script that is refused is one problem, which names the component of the path,
// its owner and mode, and the command that mends it, and what follows from it.
func TestRefusedScript(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "check")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o757); err != nil {
		t.Fatal(err)
	}
	config := write(t, "global_defs {\n enable_script_security\n script_user root\n}\nvrrp_script s {\n script "+path+"\n}\n"+
		strings.Replace(lintedText, "priority 255", "track_script {\n        s\n    }", 1))
	status, _, shown := checked(t, "--check=full", "-f", config)
	if status != 5 && status != 4 { // the interface does not exist
		t.Errorf("status %d", status)
	}
	mode := fmt.Sprintf("help: %s (owner %d, group %d, mode 0757)", dir, os.Getuid(), os.Getgid())
	for _, want := range []string{
		config + ":6:9: error: Unsafe permissions found for script '" + path + "'.\n",
		mode, "chmod o-w " + dir, "note: therefore Disabling track script s due to insecure",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	if n := strings.Count(shown, path); n != 2 { // the problem and its line
		t.Errorf("the script is named %d times:\n%s", n, shown)
	}
}
