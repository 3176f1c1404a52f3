package config

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

// manyServers is n virtual servers with two real servers each.
func manyServers(n int) string {
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

// manyReals is one virtual server with n real servers.
func manyReals(n int) string {
	var b strings.Builder
	b.WriteString("virtual_server 10.0.0.1 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n")
	for i := range n {
		fmt.Fprintf(&b, "    real_server 10.1.%d.%d 80 {\n        TCP_CHECK {\n        }\n    }\n", i>>8, i&255)
	}
	b.WriteString("}\n")
	return b.String()
}

func benchLVS(b *testing.B, text string, servers int) {
	files := memFiles{corpusFile: text}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c, diags := Load(files, corpusFile, Options{Test: true, Lang: lang.Options{ConfigID: "lb1"}}, StaticEnv{})
		if len(c.LVS.VirtualServers) != servers || diags.ExitStatus() != 0 {
			b.Fatalf("%d virtual servers, status %d: %q", len(c.LVS.VirtualServers), diags.ExitStatus(), said(diags))
		}
	}
}

func BenchmarkVirtualServers10k(b *testing.B) { benchLVS(b, manyServers(10_000), 10_000) }

func BenchmarkVirtualServers50k(b *testing.B) { benchLVS(b, manyServers(50_000), 50_000) }

func BenchmarkRealServers10k(b *testing.B) { benchLVS(b, manyReals(10_000), 1) }

// Every duplicate is found, however many real servers there are.
func TestManyDuplicates(t *testing.T) {
	const n = 5000
	text := strings.TrimSuffix(manyReals(n), "}\n")
	again := strings.SplitN(text, "\n", 5)[4]
	r := readLVS(lvsGlobals + text + again + "}\n")
	if got := len(r.Config.LVS.VirtualServers[0].RealServers); got != n {
		t.Errorf("%d real servers, want %d", got, n)
	}
	if got := len(said(r.Diagnostics)); got != n {
		t.Errorf("%d complaints, want %d", got, n)
	}
}

// What is kept of 50,000 virtual servers stays below what the C daemon needs for
// the same file.
func TestMemory(t *testing.T) {
	const n = 5000
	text := manyServers(n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c, _ := Load(memFiles{corpusFile: text}, corpusFile, Options{}, StaticEnv{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if perServer := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n; perServer > 800 {
		t.Errorf("%d bytes for a virtual server with two real servers", perServer)
	}
	runtime.KeepAlive(c)
}
