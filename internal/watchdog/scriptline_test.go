package watchdog

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// TestScriptsOfTheChild: they are started by the parent, with what the child has
// and nothing of the parent's own.
func TestScriptsOfTheChild(t *testing.T) {
	need.Root(t, "to make a network namespace")
	out := filepath.Join(t.TempDir(), "out")
	line := `{ echo parent $PPID; grep SigIgn: /proc/$$/status; readlink /proc/$$/ns/net; env; } >` + out + `; exit 3`
	d := newDaemon(t, "namespace blue\nvrrp runs "+line+"\n").start(func(s *parentSettings) { s.Namespace = "blue" }, "KEPT=yes")
	started := d.wait("Starting VRRP child process")
	if got := d.wait("script: "); !strings.Contains(got, "Status:3 ") {
		t.Errorf("outcome: %s", got)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	_, pid, _ := strings.Cut(started, "pid=")
	child, err := os.Readlink("/proc/" + pid + "/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("parent %d\n", d.cmd.Process.Pid), child + "\n", "KEPT=yes\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "KEEPALIVED_CHILD") {
		t.Errorf("the script sees what is for children:\n%s", text)
	}
	_, mask, _ := strings.Cut(string(text), "SigIgn:")
	ignored, err := strconv.ParseUint(strings.Fields(mask)[0], 16, 64)
	if pipe := uint64(1) << (unix.SIGPIPE - 1); err != nil || ignored&pipe != 0 {
		t.Errorf("SIGPIPE is ignored: %x, %v", ignored, err)
	}
}

// TestScriptsEndWithTheChild: those of a killed child do not go on.
func TestScriptsEndWithTheChild(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	d := newDaemon(t, "vrrp runs echo $$ >"+out+".new; mv "+out+".new "+out+"; exec sleep 100\n").start(nil)
	var pid int
	eventually(t, "the script runs", func() bool {
		text, err := os.ReadFile(out)
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	})
	_ = os.Remove(out)
	d.configure("vrrp A\n")
	_ = unix.Kill(d.pid("vrrp.pid"), unix.SIGKILL)
	eventually(t, "the script has ended and is reaped", func() bool { return unix.Kill(pid, 0) == unix.ESRCH })
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(soon); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// A process may be reaped before whoever started it knows its number, and what
// is left of a group that was to end is killed.
func TestReapingProcesses(t *testing.T) {
	if os.Getenv(reaperEnv) == "" { // reaps all children, also those of other tests
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestReapingProcesses$")
		cmd.Env = append(os.Environ(), reaperEnv+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	p := newProcesses()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				p.reap()
			}
		}
	}()
	for i := range 200 {
		s, err := p.script("/bin/sh", []string{"sh", "-c", fmt.Sprintf("exit %d", i%7)}, &syscall.ProcAttr{})
		if err != nil {
			t.Fatal(err)
		}
		if o := s.Wait(); o.Status != i%7 || o.Err != nil {
			t.Fatalf("outcome %+v, want status %d", o, i%7)
		}
	}
	attr := &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Setpgid: true}}
	s, err := p.script("/bin/sh", []string{"sh", "-c", `trap 'exit 0' TERM; (trap "" TERM; exec sleep 100) & sleep 100 & wait`}, attr)
	if err != nil {
		t.Fatal(err)
	}
	s.End(unix.SIGTERM)
	s.Wait()
	eventually(t, "the group is gone", func() bool { return unix.Kill(-s.Pid(), 0) == unix.ESRCH })
	close(stop)
	<-stopped
	if len(p.known) != 0 || len(p.early) != 0 || p.starting != 0 {
		t.Errorf("left: %+v", p)
	}
}

const reaperEnv = "WATCHDOG_TEST_REAPER"
