package config

import (
	"os"
	"strings"
	"testing"
)

// FuzzLVS puts any lines into each place of the load balancing part: no panic,
// sane values, and a result that survives the way to a child.
func FuzzLVS(f *testing.F) {
	data, err := os.ReadFile("testdata/lvs_messages.tsv")
	if err != nil {
		f.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		if fields := strings.Split(line, "\t"); len(fields) == 4 && n%7 == 0 {
			f.Add(fields[0], strings.ReplaceAll(fields[1], "|", "\n"))
		}
		n++
	}
	f.Fuzz(func(t *testing.T, kind, lines string) {
		if len(lines) > 1<<14 {
			return
		}
		r := readLVS(lvsConfig(kind, lines))
		for i := range r.Config.LVS.VirtualServers {
			checkServer(t, &r.Config.LVS, &r.Config.LVS.VirtualServers[i])
		}
		checkHandover(t, r.Config)
	})
}

// checkServer checks what the health-check child relies on.
func checkServer(t *testing.T, l *LVS, v *VirtualServer) {
	t.Helper()
	switch {
	case len(v.RealServers) == 0, v.Scheduler == "", v.Forwarding.Method == ForwardUnset, v.Hysteresis > v.Quorum,
		v.Group == "" && !v.IsFwmark && !v.Addr.IsValid(), v.IsFwmark && v.Fwmark == 0:
		t.Fatalf("virtual server %+v", v)
	}
	l.Timing(v.Timing)
	for i := range v.RealServers {
		rs := &v.RealServers[i]
		if !rs.Addr.IsValid() || rs.Forwarding.Method == ForwardUnset || rs.Weight < 0 {
			t.Fatalf("real server %+v", rs)
		}
		for _, c := range rs.Checkers {
			timing := l.Timing(c.Timing)
			if !timing.Retry.Set || !timing.DelayBeforeRetry.Set || !timing.Warmup.Set || timing.DelayLoop <= 0 || timing.ConnectTimeout <= 0 {
				t.Fatalf("timing %+v of %+v", timing, c)
			}
			if needsDetail := c.Kind != CheckTCP && c.Kind != CheckPing; needsDetail != (c.Detail != nil) {
				t.Fatalf("checker %+v", c)
			}
		}
	}
}
