package lang

import (
	"fmt"
	"strings"
	"testing"
)

// virtualServers makes a configuration of n virtual servers with two real servers each.
func virtualServers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "virtual_server 10.%d.%d.%d 80 {\n    delay_loop 6\n    lb_algo rr\n    lb_kind DR\n    protocol TCP\n",
			i>>16, i>>8&255, i&255)
		for r := range 2 {
			fmt.Fprintf(&b, "    real_server 192.168.%d.%d 80 {\n        weight 1\n        TCP_CHECK {\n"+
				"            connect_timeout 3\n        }\n    }\n", i>>8&255, r+1)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func BenchmarkLexer(b *testing.B) {
	files := memFS{"k": virtualServers(50_000)}
	b.SetBytes(int64(len(files["k"])))
	b.ReportAllocs()
	for b.Loop() {
		var d Diagnostics
		lines := 0
		x := Open(files, "k", Options{}, &d)
		for _, ok := x.Next(); ok; _, ok = x.Next() {
			lines++
		}
		if lines < 50_000*17 || len(d.All()) != 0 {
			b.Fatal(lines, d.All())
		}
	}
}

// Lexing ordinary text allocates nothing per line.
func TestAllocations(t *testing.T) {
	files := memFS{"k": virtualServers(1000)}
	allocs := testing.AllocsPerRun(3, func() {
		x := Open(files, "k", Options{}, &Diagnostics{})
		for _, ok := x.Next(); ok; _, ok = x.Next() {
		}
	})
	if allocs > 200 {
		t.Errorf("%v allocations for 1000 virtual servers", allocs)
	}
}
