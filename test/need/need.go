// Package need says what a test needs of its machine. A test that lacks it is
// skipped, with the name of what is missing; where EnvRequired is set it fails, so
// that nothing is left out unseen.
package need

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// EnvRequired promises, when it is not empty, that the machine has what tests need
// and permits what they do. CI sets it.
const EnvRequired = "LAB_REQUIRED"

// Required tells whether that has been promised.
func Required() bool { return os.Getenv(EnvRequired) != "" }

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if Required() {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Program is for tests that run a program, which a package of Debian has.
func Program(t testing.TB, name, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(t, "it needs %s (package %s): %v", name, pkg, err)
	}
}

// Root is for tests that do what only root may.
func Root(t testing.TB, why string) {
	t.Helper()
	if os.Geteuid() != 0 {
		missing(t, "it needs root %s", why)
	}
}

// Namespace gives the test a network namespace of its own. Its thread ends with
// the test.
func Namespace(t testing.TB) {
	t.Helper()
	Root(t, "to make a network namespace")
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("making a network namespace: %v", err)
	}
}
