package watchdog

import (
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that was given SCHED_FIFO has SCHED_RR on all its threads, with the
// same priority.
func TestTakeTurns(t *testing.T) {
	const env = "WATCHDOG_TEST_TURNS"
	if os.Getenv(env) == "" {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestTakeTurns$", "-test.v")
		cmd.Env = append(os.Environ(), env+"=1")
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 3}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range threads {
		if err := unix.SchedSetAttr(atoi(t, name.Name()), &attr, 0); err != nil {
			t.Skipf("it needs the right to schedule in real time (CAP_SYS_NICE): %v", err)
		}
	}
	takeTurns()
	for _, name := range threads {
		got, err := unix.SchedGetAttr(atoi(t, name.Name()), 0)
		if err != nil || got.Policy != unix.SCHED_RR || got.Priority != 3 {
			t.Errorf("thread %s: %+v, %v", name.Name(), got, err)
		}
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
