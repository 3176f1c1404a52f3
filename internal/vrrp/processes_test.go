package vrrp

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"keepalived/internal/config"
)

// A process that is not there is a fault. The child runs in a network namespace,
// where the kernel does not report process events.
func TestTrackedProcess(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kavrrptest")
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	in := testInstance()
	in.TrackProcesses = []config.Track{{Name: "p"}}
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	conf.VRRP.Processes = []config.TrackProcess{
		{Name: "p", Path: path, FullCommand: true, Params: []string{"1000"}, ParamMatch: config.ParamMatchExact, Quorum: 1, QuorumMax: -1},
		{Name: "unused", Path: "x", Quorum: 1, QuorumMax: -1},
	}
	r := startConfigured(t, conf)
	r.waitLog("(VI_1) entering FAULT state (tracked process p quorum not achieved)")
	cmd := exec.Command(path, "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	r.waitLog("Quorum gained for tracked process p")
	r.waitLog("(VI_1) Entering MASTER STATE")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	r.waitLog("Quorum lost for tracked process p")
	r.waitLog("(VI_1) Entering FAULT STATE")
}
