package dumpfile

import (
	"testing"

	"keepalived/internal/config"
)

func TestPaths(t *testing.T) {
	for name, c := range map[string]struct {
		tmpdir string
		global config.Global
		data   string
		parent string
		stats  string
		json   string
	}{
		"default": {
			data: "/tmp/keepalived.data", parent: "/tmp/keepalived_parent.data", stats: "/tmp/keepalived.stats", json: "/tmp/keepalived.json",
		},
		"TMPDIR": {
			tmpdir: "/var/x/", data: "/var/x/keepalived.data", parent: "/var/x/keepalived_parent.data",
			stats: "/var/x/keepalived.stats", json: "/var/x/keepalived.json",
		},
		"relative TMPDIR": {
			tmpdir: "x", data: "/tmp/keepalived.data", parent: "/tmp/keepalived_parent.data", stats: "/tmp/keepalived.stats", json: "/tmp/keepalived.json",
		},
		"data_use_instance": {
			global: config.Global{NetNamespace: "ns", Instance: "in", Files: config.Files{DataUseInstance: true}},
			data:   "/tmp/keepalived.ns_in.data", parent: "/tmp/keepalived_parent.ns_in.data", stats: "/tmp/keepalived.stats", json: "/tmp/keepalived.json",
		},
		"data_use_instance without one": {
			global: config.Global{Files: config.Files{DataUseInstance: true}},
			data:   "/tmp/keepalived.data", parent: "/tmp/keepalived_parent.data", stats: "/tmp/keepalived.stats", json: "/tmp/keepalived.json",
		},
		"configured": {
			tmpdir: "/var/x",
			global: config.Global{Files: config.Files{StateDump: "/a/state.txt", StatsDump: "/b/stats", JSONDump: "/c/k.json"}},
			data:   "/a/state.txt", parent: "/a/state_parent.txt", stats: "/b/stats", json: "/c/k.json",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", c.tmpdir)
			g := &c.global
			for _, x := range [][2]string{
				{DataPath("keepalived", g), c.data}, {DataPath("keepalived_parent", g), c.parent}, {StatsPath(g), c.stats}, {JSONPath(g), c.json},
			} {
				if x[0] != x[1] {
					t.Errorf("got %s, want %s", x[0], x[1])
				}
			}
		})
	}
}

func TestMode(t *testing.T) {
	if got := Mode(&config.Global{}); got != 0o600 {
		t.Errorf("default mode is %o", got)
	}
	g := config.Global{Files: config.Files{Umask: config.Some(uint32(0o022))}}
	if got := Mode(&g); got != 0o644 {
		t.Errorf("mode with umask 022 is %o", got)
	}
}
