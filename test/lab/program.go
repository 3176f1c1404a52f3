package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Program is a daemon that nodes can run.
type Program struct {
	Name string // for messages and the names of tests
	Path string
	// IsC is true for C keepalived.
	IsC bool
}

// oursPathEnv names a binary to use instead of building one.
const oursPathEnv = "LAB_KEEPALIVED"

// Ours returns our daemon, built from the module once for all tests of a
// package; LAB_KEEPALIVED in the environment names another binary.
func Ours(t TB) Program {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return Program{Name: "ours", Path: path}
}

var build = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(oursPathEnv); path != "" {
		return filepath.Abs(path)
	}
	if err := os.MkdirAll(cacheDir(), 0o755); err != nil {
		return "", err
	}
	// Test packages run side by side, so each builds under a name of its own.
	tmp := filepath.Join(cacheDir(), fmt.Sprintf("keepalived.%d", os.Getpid()))
	defer os.Remove(tmp)
	cmd := exec.Command("go", "build", "-trimpath", "-o", tmp, "./cmd/keepalived")
	cmd.Dir = moduleRoot()
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building our daemon: %w\n%s", err, out)
	}
	path := filepath.Join(cacheDir(), "keepalived")
	return path, os.Rename(tmp, path)
})
