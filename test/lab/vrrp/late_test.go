package vrrp

import (
	"strings"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestLateEndOfScript: while the parent, which sees the ends of scripts, gets no
// processor, a script that has ended in time does not time out.
func TestLateEndOfScript(t *testing.T) {
	t.Parallel()
	const started, timeout = "/run/lab/started", 4 * time.Second
	r := newRouter(t, lab.Ours(t))
	r.WriteFile("/run/lab/check", "#!/bin/sh\necho >>"+started+"\nsleep 0.5\n", 0o755)
	r.start(strings.Replace(global, "}\n", "    script_user root\n}\n", 1) +
		"vrrp_script S {\n    script /run/lab/check\n    interval 1\n    timeout 4\n}\n" +
		instance("VI_1", 51, 100, "    track_script {\n        S\n    }\n"+defVIPs))
	r.daemon.WaitState("VI_1", "MASTER")
	runs := func() int {
		text, _ := r.ReadFile(started)
		return strings.Count(text, "\n")
	}
	another := func() {
		t.Helper()
		before := runs()
		lab.Wait(t, lab.Patience, "another run of the script", func() bool { return runs() > before })
	}
	for range 2 {
		another()
		r.daemon.Pause(lab.Parent)
		time.Sleep(timeout + timeout/2)
		r.daemon.Resume(lab.Parent)
		another()
		another()
	}
	if n := r.daemon.Log.Count(0, "VRRP_Script(S) timed_out"); n > 0 {
		t.Errorf("the script timed out %d times", n)
	}
	if zeros := r.frames.Select(lab.From(r.Node), lab.Priority(0)); len(zeros) > 0 {
		t.Errorf("%s has resigned", r.Name)
	}
}
