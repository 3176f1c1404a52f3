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

// Test runs tests of the test program that calls it in a guest, and returns what
// they print: those of the pattern. c.Command is further arguments of the
// program. It skips t in a short run, and where no guest can run unless
// EnvRequired is set; it fails t if the tests fail, or if none of them passes.
func Test(t testing.TB, pattern string, c Config) string {
	t.Helper()
	if testing.Short() {
		t.Skip("boots a kernel of its own")
	}
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
	if errors.Is(err, ErrUnavailable) && os.Getenv(EnvRequired) == "" {
		t.Skip(err)
	}
	switch {
	case err != nil || status != 0:
		t.Fatalf("the guest ended with status %d, %v\n%s", status, err, out.String())
	case !strings.Contains(out.String(), "--- PASS"):
		t.Fatalf("no test %s ran in the guest\n%s", pattern, out.String())
	}
	return out.String()
}
