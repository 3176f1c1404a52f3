package notify

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/script"
	"keepalived/test/need"
)

// ambientEnv tells the test that it is the daemon without root, and where scripts
// write to.
const ambientEnv = "NOTIFY_TEST_AMBIENT"

// TestCapabilities runs scripts of a daemon that is not root and has capabilities:
// those are for scripts that run as the daemon's own user, not for others.
func TestCapabilities(t *testing.T) {
	if dir := os.Getenv(ambientEnv); dir != "" {
		runWithCapabilities(t, dir)
		return
	}
	need.Root(t, "to become another user with capabilities")
	dir, err := os.MkdirTemp("/tmp", "capabilities") // TMPDIR may be barred to others
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestCapabilities$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), ambientEnv+"="+dir, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential:  &syscall.Credential{Uid: 4711, Gid: 4711},
		AmbientCaps: []uintptr{unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_KILL, unix.CAP_NET_RAW},
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func runWithCapabilities(t *testing.T, dir string) {
	r, _ := newRunner(t, Options{})
	for i, uid := range []uint32{4711, 4712, 4711, 4712} {
		out := filepath.Join(dir, string(rune('a'+i)))
		c := script.Command{Argv: []string{"/bin/sh", "-c", `exec grep -E "^Cap(Inh|Eff|Prm|Amb)" /proc/self/status >"$0"`, out}, UID: uid, GID: uid}
		if got := run(t, r, Job{Command: c}); !got.OK() {
			t.Fatalf("user %d: %+v", uid, got)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		has := strings.Trim(strings.NewReplacer("CapInh:", "", "CapEff:", "", "CapPrm:", "", "CapAmb:", "").Replace(string(text)), "0\t\n") != ""
		if own := uid == 4711; has != own {
			t.Errorf("a script of user %d has\n%s", uid, text)
		}
	}
}
