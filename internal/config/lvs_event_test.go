package config

import (
	"fmt"
	"strings"
	"testing"
)

// manyEvents is n real servers, each with a FILE_CHECK of its own file and a
// BFD_CHECK of its own session.
func manyEvents(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "track_file f%d {\n file /tmp/f%d\n}\nbfd_instance b%d {\n neighbor_ip 10.2.%d.%d\n}\n", i, i, i, i>>8, i&255)
	}
	b.WriteString("virtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n")
	for i := range n {
		fmt.Fprintf(&b, " real_server 10.1.%d.%d 80 {\n  FILE_CHECK {\n   track_file f%d\n  }\n  BFD_CHECK {\n   name b%d\n  }\n }\n", i>>8, i&255, i, i)
	}
	b.WriteString("}\n")
	return b.String()
}

func TestManyEvents(t *testing.T) {
	const n = 1000
	r := readText(manyEvents(n))
	if got := transcript(r.Diagnostics); got != "exit status 0\n" {
		t.Fatal(got)
	}
	for i, rs := range r.Config.LVS.VirtualServers[0].RealServers {
		if len(rs.Checkers) != 2 || rs.Checkers[0].Detail.File.Name != fmt.Sprintf("f%d", i) || rs.Checkers[1].Detail.BFD.Name != fmt.Sprintf("b%d", i) {
			t.Fatalf("real server %d: %+v", i, rs)
		}
	}
}

// A session counts as monitored by a real server only while its check is there.
func TestMonitoredTwice(t *testing.T) {
	const head = "bfd_instance b {\n neighbor_ip 10.2.0.1\n}\nvirtual_server 10.0.0.1 80 {\n lb_algo rr\n lb_kind DR\n protocol TCP\n real_server 10.1.0.1 80 {\n"
	for _, c := range []struct {
		checks string
		left   int
		said   string
	}{
		{"  BFD_CHECK {\n   name b\n  }\n  BFD_CHECK {\n   name b\n  }\n", 1, "BFD_CHECK - RS already monitoring b"},
		{"  BFD_CHECK {\n   name b\n   name b\n  }\n  BFD_CHECK {\n   name b\n  }\n", 1, "BFD_CHECK - BFD b already specified as b"},
		{"  BFD_CHECK {\n   name b\n  }\n }\n real_server 10.1.0.2 80 {\n  BFD_CHECK {\n   name b\n  }\n", 1, ""},
	} {
		r := readText(head + c.checks + " }\n}\n")
		said := transcript(r.Diagnostics)
		if strings.Count(said, "error: ") != min(len(c.said), 1) || !strings.Contains(said, c.said) {
			t.Errorf("%s\n%s", c.checks, said)
		}
		for _, rs := range r.Config.LVS.VirtualServers[0].RealServers {
			if len(rs.Checkers) != c.left {
				t.Errorf("%s\n%d checkers", c.checks, len(rs.Checkers))
			}
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	for _, n := range []int{1250, 2500, 5000, 10000} {
		text := manyEvents(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				readText(text)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/server")
		})
	}
}
