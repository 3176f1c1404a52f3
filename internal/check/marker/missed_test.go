package marker

import (
	"os/exec"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

// TestMissed: tables that somebody else has removed are made again.
func TestMissed(t *testing.T) {
	need.Namespace(t)
	m := New(Options{Table: "keepalived_ipvs", Priority: -1})
	four, six := element("10.0.0.1", "10.0.0.1", 80, unix.IPPROTO_TCP, 1000), element("fd00::1", "fd00::1", 80, unix.IPPROTO_TCP, 1000)
	missed := func(want bool) {
		t.Helper()
		if got, err := m.Missed(); got != want || err != nil {
			t.Errorf("missed %v, %v; want %v", got, err, want)
		}
	}
	missed(false)
	expect(t, set(t, m, four, six), "table ip keepalived_ipvs", "10.0.0.1 . 80", "fd00::1 . 80")
	missed(false)
	for _, what := range []string{"flush ruleset", "delete table ip6 keepalived_ipvs"} {
		if out, err := exec.Command("nft", what).CombinedOutput(); err != nil {
			t.Fatalf("nft %s: %v: %s", what, err, out)
		}
		missed(true)
		missed(false)
		expect(t, set(t, m, four, six), "table ip keepalived_ipvs", "10.0.0.1 . 80", "fd00::1 . 80")
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if got := ruleset(t); got != "" {
		t.Errorf("left: %s", got)
	}
}
