package guest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// Inside tells whether this program runs in a guest.
func Inside() bool { return os.Getenv(EnvInside) != "" }

// Only skips t outside a guest: runner is the test that runs it in one, where the
// kernel has what it needs.
func Only(t testing.TB, runner string) {
	t.Helper()
	if !Inside() {
		t.Skipf("it needs the kernel of a guest: %s runs it in one", runner)
	}
}

// Boots skips t in a short run and inside a guest: it boots one.
func Boots(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: it boots a kernel of its own")
	}
	if Inside() {
		t.Skip("it boots a guest, and this is one: its tests are run by name")
	}
}

// Must ends t when err is not nil: as skipped where no guest can run and nobody
// promised with EnvRequired that one can, else as failed.
func Must(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrUnavailable) && os.Getenv(EnvRequired) == "":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// Test runs tests of the test program that calls it in a guest, and returns what
// they print: those of the pattern. c.Command is further arguments of the
// program. It skips t as Boots and Must do; it fails t if the tests fail, or if
// none of them passes.
func Test(t testing.TB, pattern string, c Config) string {
	t.Helper()
	Boots(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c.Output = &out
	if testing.Verbose() {
		c.Output = io.MultiWriter(&out, os.Stderr)
	}
	c.Command = append([]string{self, "-test.v", "-test.run", pattern}, c.Command...)
	status, err := Run(t.Context(), c)
	if err != nil {
		t.Log(out.String())
		Must(t, err)
	}
	switch {
	case status != 0:
		t.Fatalf("the guest ended with status %d\n%s", status, out.String())
	case !strings.Contains(out.String(), "--- PASS"):
		t.Fatalf("no test %s ran in the guest\n%s", pattern, out.String())
	}
	return out.String()
}
