package packaging

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// launch starts keepalived as a service manager does. The function that it
// returns stops it, as the process with that id, and wants it to end well.
func launch(t *testing.T, n *lab.Node, cmd *exec.Cmd) (stop func(pid int)) {
	t.Helper()
	var log strings.Builder
	cmd.Stdout, cmd.Stderr, cmd.Dir = &log, &log, "/"
	if err := n.Start(cmd); err != nil {
		t.Fatalf("starting %s: %v", cmd, err)
	}
	ended := make(chan struct{})
	var result error
	go func() {
		result = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("log:\n%s", log.String())
		}
	})
	return func(pid int) {
		t.Helper()
		if err := unix.Kill(pid, unix.SIGTERM); err != nil {
			t.Fatalf("telling process %d to stop: %v", pid, err)
		}
		select {
		case <-ended:
		case <-time.After(lab.Patience):
			t.Fatal("keepalived does not stop")
		}
		if result != nil {
			t.Errorf("keepalived ended with %v", result)
		}
	}
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(lab.Patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, lab.Patience)
		}
	}
}
