package watchdog

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// vigilEnv makes the test binary the process whose threads are looked at.
const vigilEnv = "WATCHDOG_TEST_VIGIL"

// TestVigil: when the deadline has passed all threads are above the children;
// what is started meanwhile is not; in the end all is as before.
func TestVigil(t *testing.T) {
	if os.Getenv(vigilEnv) == "" {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestVigil$", "-test.v")
		cmd.Env = append(os.Environ(), vigilEnv+"=1")
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "--- SKIP") {
			t.Skip("it needs the right to schedule in real time (CAP_SYS_NICE)")
		}
		return
	}
	v, err := newVigil()
	if err != nil {
		t.Fatal(err)
	}
	v.above(&config.Global{})
	const want = 3 // VRRP has 1, BFD 2
	wait(t, "the watching thread runs", func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.thread != 0
	})
	if a, err := unix.SchedGetAttr(v.thread, 0); err != nil || a.Policy != unix.SCHED_RR {
		t.Skip("it needs the right to schedule in real time (CAP_SYS_NICE)")
	}
	if got := threads(t, v); got != "0" {
		t.Fatalf("threads begin with priorities %s", got)
	}
	if err := v.set(time.Now().Add(10*time.Millisecond), false); err != nil {
		t.Fatal(err)
	}
	<-v.rings
	if err := v.set(time.Time{}, false); err != nil { // the loop does not know of it yet
		t.Fatal(err)
	}
	if got := threads(t, v); got != fmt.Sprint(want) {
		t.Errorf("priorities %s after the deadline, want %d", got, want)
	}
	v.rang()
	if err := v.set(time.Time{}, true); err != nil {
		t.Fatal(err)
	}
	for own, wantChild := range map[int]string{0: "0", 1: "1"} {
		if got := childPriority(t, v, own); got != wantChild {
			t.Errorf("a child that should have priority %d has %s", own, got)
		}
	}
	if err := v.set(time.Time{}, true); err != nil {
		t.Fatal(err)
	}
	if got := threads(t, v); got != fmt.Sprint(want) {
		t.Errorf("priorities %s while it is urgent, want %d", got, want)
	}
	if err := v.set(time.Time{}, false); err != nil {
		t.Fatal(err)
	}
	if got := threads(t, v); got != "0" {
		t.Errorf("priorities %s in the end", got)
	}
	v.above(&config.Global{Processes: config.Processes{MaxAutoPriority: -1}})
	v.raise()
	if got := threads(t, v); got != "0" {
		t.Errorf("priorities %s although none is wanted", got)
	}
}

// threads are the different real-time priorities of all threads but the watch.
func threads(t *testing.T, v *vigil) string {
	t.Helper()
	seen := map[uint32]bool{}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.each(func(tid int) {
		if a, err := unix.SchedGetAttr(tid, 0); err == nil {
			seen[a.Priority] = true
		}
	})
	var out []string
	for p := range uint32(100) {
		if seen[p] {
			out = append(out, fmt.Sprint(p))
		}
	}
	return strings.Join(out, " ")
}

// childPriority is that of a process that is started with attributes.
func childPriority(t *testing.T, v *vigil, own int) string {
	t.Helper()
	procs := newProcesses()
	procs.vigil = v
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	// Field 40 of /proc/PID/stat, proc_pid_stat(5).
	_, _, err = procs.start(command{
		path: "/bin/sh", argv: []string{"sh", "-c", "cut -d ' ' -f 40 /proc/self/stat"},
		files: []*os.File{null, w, null}, attr: attributes{realtime: own},
	})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 16)
	n, _ := r.Read(buf)
	runtime.KeepAlive(null)
	return strings.TrimSpace(string(buf[:n]))
}

// wait polls a condition.
func wait(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}
