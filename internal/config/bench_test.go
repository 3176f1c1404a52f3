package config

import (
	"fmt"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

// BenchmarkInstances reads a thousand instances.
func BenchmarkInstances(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "vrrp_instance VI_%d {\n interface eth%d\n virtual_router_id %d\n priority 100\n virtual_ipaddress {\n  192.0.%d.%d\n }\n}\n",
			i, i/200, i%200+1, i/200, i%200+1)
	}
	files := memFiles{corpusFile: text.String()}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		c, diags := Load(files, corpusFile, Options{Test: true, Lang: lang.Options{ConfigID: "lb1"}}, StaticEnv{})
		if len(c.VRRP.Instances) != 1000 || diags.ExitStatus() != 0 {
			b.Fatalf("%d instances, status %d: %v", len(c.VRRP.Instances), diags.ExitStatus(), render(diags)[:1])
		}
	}
}
