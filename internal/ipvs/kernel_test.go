package ipvs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// The tests named TestKernel need a kernel with IPVS and root; test/guest runs
// them on a kernel of their own. Each works in a network namespace of its own.

// insideGuest says that the test may do to the machine what it likes, and must
// not be skipped.
var insideGuest = os.Getenv("KEEPALIVED_GUEST") != ""

// The first thread of a process cannot end with a goroutine, so it is kept away
// from the tests: it would hold on to their namespaces.
func init() { runtime.LockOSThread() }

// kernel returns a client for an empty table.
func kernel(t *testing.T) *Client {
	t.Helper()
	need.Namespace(t)
	c, err := Open(Options{NoLoad: !insideGuest})
	if errors.Is(err, ErrUnavailable) && !insideGuest {
		t.Skipf("it needs a kernel with IPVS; TestIPVS of test/guest runs it in one: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	// Before the loopback interface was up, every IPv4 destination is invalid.
	run(t, "ip", "link", "set", "lo", "up")
	return c
}

// run runs a program in the namespace of the test.
func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// eventually waits until a state is reached.
func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !reached(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// saved is what `ipvsadm -Sn` says, each service followed by its destinations,
// in a stable order.
func saved(t *testing.T) []string {
	t.Helper()
	lines := strings.FieldsFunc(run(t, "ipvsadm", "-Sn"), func(r rune) bool { return r == '\n' })
	slices.Sort(lines)
	return lines
}

// apply applies steps of which none may fail.
func apply(t *testing.T, c *Client, steps []Step) {
	t.Helper()
	failures, err := c.Apply(steps)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range failures[:min(len(failures), 10)] {
		t.Errorf("%v: %v", steps[f.Step], f.Err)
	}
}

// reach brings the kernel's table to wanted and checks that it is there.
func reach(t *testing.T, c *Client, wanted []Entry) {
	t.Helper()
	present, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	apply(t, c, Diff(present, wanted))
	checkReached(t, c, wanted)
}

func checkReached(t *testing.T, c *Client, wanted []Entry) {
	t.Helper()
	present, err := c.Table()
	if err != nil {
		t.Fatal(err)
	}
	steps := Diff(present, wanted)
	for _, s := range steps[:min(len(steps), 10)] {
		t.Errorf("still to do, of %d: %v", len(steps), s)
	}
}

func TestKernelWithoutModule(t *testing.T) {
	if !insideGuest {
		t.Skip("it unloads the module: TestIPVS of test/guest runs it in a guest")
	}
	need.Namespace(t)
	unloadIPVS(t)
	restore := hide(t, "/lib/modules")
	_, err := Open(Options{NoLoad: true})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want that IPVS is unavailable", err)
	}
	_, err = Open(Options{})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(fmt.Sprint(err), `root with "modprobe ip_vs"`) {
		t.Errorf("got %v, want that modprobe failed and what to do", err)
	}
	t.Log(err)
	restore()

	// Without the table of aliases the kernel cannot load it when it is asked
	// for the family, as old kernels never do.
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		t.Fatal(err)
	}
	defer hide(t, "/lib/modules/"+unix.ByteSliceToString(name.Release[:])+"/modules.alias")()
	t.Setenv("PATH", "/nowhere")
	c, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	info, err := c.Info()
	if out := run(t, "/usr/sbin/ipvsadm", "-Ln"); err != nil || !strings.HasPrefix(out, info.String()) {
		t.Errorf("got %v, %v; ipvsadm says %s", info, err, out)
	}
}

// hide renames a file until the function that it returns is called.
func hide(t *testing.T, name string) (restore func()) {
	t.Helper()
	if err := os.Rename(name, name+".hidden"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Rename(name+".hidden", name); err != nil {
			t.Fatal(err)
		}
	}
}

func unloadIPVS(t *testing.T) {
	t.Helper()
	modules, err := os.ReadFile("/proc/modules")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(modules)) { // users come before what they use
		name, _, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(name, "ip_vs") {
			continue
		}
		// The namespaces of other tests are still being cleaned up.
		eventually(t, "unloading "+name, func() bool { return exec.Command("rmmod", name).Run() == nil })
	}
}
