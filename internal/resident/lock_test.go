package resident

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const lockEnv = "RESIDENT_TEST_LOCK"

func TestMain(m *testing.M) {
	if what := os.Getenv(lockEnv); what != "" {
		if err := locked(what == "all"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestLocked uses processes of their own, with which the locks end.
func TestLocked(t *testing.T) {
	for _, what := range []string{"part", "all"} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), lockEnv+"="+what)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", what, err, out)
		}
	}
}

func locked(all bool) error {
	keep := Keep
	if all {
		keep = KeepAll
	}
	err := keep()
	refused := errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOMEM)
	if err != nil && !refused {
		return err
	}
	Release() // what is locked can still be given back
	big := make([]byte, 8<<20)
	for i := 0; i < len(big); i += 4096 {
		big[i] = 1
	}
	if n := status("VmLck:"); (n == 0) != refused {
		return fmt.Errorf("%d kB are locked; the kernel's answer was: %v", n, err)
	}
	if n := status("VmRSS:"); n > 48<<10 {
		return fmt.Errorf("%d kB are resident: what was only reserved has been filled", n)
	}
	return nil
}

// status is a field of proc_pid_status(5) in kB.
func status(name string) int {
	b, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(b), name)
	n := 0
	fmt.Sscan(rest, &n)
	return n
}
