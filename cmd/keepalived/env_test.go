package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadRegexIsReported by the checks on this machine and without a look at it.
func TestBadRegexIsReported(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	text := "virtual_server 10.0.0.1 80 {\n\tlvs_sched rr\n\tlvs_method NAT\n\tprotocol TCP\n\treal_server 10.1.0.1 80 {\n" +
		"\t\tHTTP_GET {\n\t\t\turl {\n\t\t\t\tpath /\n\t\t\t\tregex \"%s\"\n\t\t\t}\n\t\t}\n\t}\n}\n"
	for _, args := range [][]string{{"-t"}, {"--check=full"}} {
		for pattern, bad := range map[string]bool{"foo(bar": true, "foo(?:bar|baz)": false} {
			if err := os.WriteFile(file, []byte(strings.Replace(text, "%s", pattern, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			s, _ := parse(append([]string{"keepalived", "-f", file}, args...), &bytes.Buffer{}, &bytes.Buffer{})
			r := s.load()
			if r.Config == nil {
				t.Fatalf("%v %s: refused", args, pattern)
			}
			said := false
			for _, d := range r.Diagnostics.All() {
				said = said || strings.Contains(d.Text, "Invalid regex: '"+pattern+"'")
			}
			if n := len(r.Config.LVS.VirtualServers[0].RealServers[0].Checkers); said != bad || (n == 0) != bad {
				t.Errorf("%v: regex %s: reported %v, %d checkers", args, pattern, said, n)
			}
		}
	}
}
