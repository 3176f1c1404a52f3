package surface

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// answers are command lines after which no daemon runs.
var answers = [][]string{
	{"--bogus"}, {"-Z"}, {"--bogus", "-Z", "-Y"}, {"-p"}, {"-S"}, {"-nZ"}, {"--use-file="}, {"--d"}, {"--dont-for", "--bogus"}, {"--debug"}, {"--perf"},
	{"--log-facility=9", "--bogus"}, {"-S", "nonsense", "--bogus"}, {"--log-fac=local7", "--bogus"},
	{"--signum=STOP"}, {"--signum=RELOAD"}, {"--signum=DATA"}, {"--signum=STATS"}, {"--signum=STATS_CLEAR"}, {"--signum=JSON"},
	{"--signum=TDUMP"}, {"--signum=nonsense"}, {"--signum", "STOP", "--bogus"}, {"--bogus", "--signum=STOP"},
	{"-n", "-f", "/nowhere"}, {"-n", "-f", "/run/lab/*.none"},
}

// TestSameAnswers: what does not run a daemon says the same on each output and
// ends with the same status.
func TestSameAnswers(t *testing.T) {
	l := lab.New(t)
	n := l.Node("host")
	n.WriteFile("/run/lab/empty.conf", "vrrp_instance V {\n}\n", 0o644)
	for _, args := range answers {
		if ours, c := answer(t, n, lab.Ours(t), args), answer(t, n, lab.CKeepalived(t), args); ours != c {
			t.Errorf("%q\nours: %s\nC:    %s", args, ours, c)
		}
	}
}

func answer(t *testing.T, n *lab.Node, p lab.Program, args []string) string {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(p.Path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", &out, &errs
	if err := n.Start(cmd); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the status tells
	return fmt.Sprintf("status %d, says %q, complains %q", cmd.ProcessState.ExitCode(), out.String(), errs.String())
}
