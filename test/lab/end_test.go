package lab_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// victimEnv makes TestVictim play its part.
const victimEnv = "LAB_TEST_VICTIM"

// TestVictim is the program that TestNothingOutlivesTheProgram kills: it
// prints the processes of its lab and waits.
func TestVictim(t *testing.T) {
	if os.Getenv(victimEnv) == "" {
		t.Skip("it is the process that TestNothingOutlivesTheProgram starts and kills")
	}
	n := lab.New(t).Node("victim")
	if err := n.Start(exec.Command("sleep", "1000")); err != nil {
		t.Fatal(err)
	}
	for _, p := range n.Processes() {
		fmt.Printf("victim %d\n", p.PID)
	}
	time.Sleep(time.Hour)
}

func TestNothingOutlivesTheProgram(t *testing.T) {
	lab.New(t) // skips where there are no labs
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victimEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	var pid string
	for in := bufio.NewScanner(out); pid == "" && in.Scan(); {
		if text, ok := strings.CutPrefix(in.Text(), "victim "); ok {
			pid = text
		}
	}
	if _, err := os.Stat("/proc/" + pid); pid == "" || err != nil {
		t.Fatalf("the program has no process %q: %v", pid, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	lab.Wait(t, lab.Patience, "process "+pid+" has ended", func() bool {
		_, err := os.Stat("/proc/" + pid)
		return os.IsNotExist(err)
	})
}
