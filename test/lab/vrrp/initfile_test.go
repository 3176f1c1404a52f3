package vrrp

import (
	"fmt"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// TestInitFile: the value that a tracked file is given at the start is in the
// priority.
func TestInitFile(t *testing.T) {
	t.Parallel()
	const path = "/run/lab/value"
	for _, c := range []struct {
		name, block, line string
		newer             bool
		before            string // empty: no file
		want              int
	}{
		{name: "init_file", block: "vrrp_track_file", line: "init_file 7", want: 7},
		{name: "init_file bare", block: "vrrp_track_file", line: "init_file", want: 0},
		{name: "init_file with a file", block: "vrrp_track_file", line: "init_file 7", before: "20", want: 20},
		{name: "init_file overwrite", block: "vrrp_track_file", line: "init_file 7 overwrite", before: "20", want: 7},
		{name: "track_file init_file", newer: true, block: "track_file", line: "init_file 7", want: 7},
		{name: "track_file init_file overwrite", newer: true, block: "track_file", line: "init_file -7 overwrite", before: "20", want: -7},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, c.newer, func(t *testing.T, r *router) {
				if c.before != "" {
					r.WriteFile(path, c.before+"\n", 0o644)
				}
				r.start(global + fmt.Sprintf("%s F {\n    file %s\n    weight 1\n    %s\n}\n", c.block, path, c.line) +
					instance("VI_1", 51, 100, "    track_file {\n        F\n    }\n"+defVIPs))
				f := r.frames.Wait(lab.Patience, "an advert", lab.From(r.Node), lab.Alive)
				text, _ := r.ReadFile(path)
				if int(f.Advert.Priority) != 100+c.want || strings.TrimSpace(text) != fmt.Sprint(c.want) {
					t.Errorf("%s advertises %d, and the file is %q; want %d and %d", r.Name, f.Advert.Priority, text, 100+c.want, c.want)
				}
			})
		})
	}
}
