package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDataOnSignal: the file shows what the checks have found and what a reload
// has left.
func TestDataOnSignal(t *testing.T) {
	needNamespace(t)
	openServer(t, "127.0.0.1:7081")
	k := newTestKernel(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "state_check.txt")
	text := fmt.Sprintf(childConf, dir, "quorum 5")
	text = strings.Replace(text, "global_defs {", "global_defs {\n\tstate_dump_file "+dir+"/state.txt", 1)
	c := startChild(t, k, Flags{DumpConf: true}, text)
	c.waitLog("   RIP = 127.0.0.1, RPORT = 7081, WEIGHT = 5 EFF WEIGHT = 5")
	c.waitTable(vs1, rs1)
	ask := func() []string {
		t.Helper()
		os.Remove(file)
		if err := unix.Kill(os.Getpid(), unix.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		var data []byte
		eventually(t, "data file", func() bool {
			data, _ = os.ReadFile(file)
			return len(data) > 0
		})
		return strings.Split(string(data), "\n")
	}
	values := func(lines []string, key string) string {
		var out []string
		for _, line := range lines {
			if v, ok := strings.CutPrefix(strings.TrimSpace(line), key+" = "); ok {
				out = append(out, v)
			}
		}
		return strings.Join(out, " ")
	}
	check := func(lines []string, want map[string]string) {
		t.Helper()
		for key, w := range want {
			if got := values(lines, key); got != w {
				t.Errorf("%s = %s, want %s", key, got, w)
			}
		}
	}
	check(ask(), map[string]string{
		"alive": "1 0", "num failed checkers": "0 1", "RS set": "1 0", "quorum_state_up": "1", "Up": "yes no", "Has run": "yes yes",
		"reloaded": "0 0 0", "previous effective_weight": "0 0",
	})
	c.reload(strings.Replace(text, "weight 3", "weight 4", 1))
	check(ask(), map[string]string{
		"alive": "1 0", "RS set": "1 0", "reloaded": "1 1 1", "initial weight": "5 4", "previous effective_weight": "5 3",
	})
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	if n := c.logged("Printing checker data for process("); n != 2 {
		t.Errorf("%d lines about printing", n)
	}
}
