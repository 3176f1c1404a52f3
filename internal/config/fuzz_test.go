package config

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

// fuzzGenerated is how many lines inputs of the fuzzer may generate: it wants to try
// many of them, and ends one that takes ten seconds on its own. [TestBounds] has
// the bounds of everybody else.
const fuzzGenerated = 5_000

// FuzzRead reads any text, which may include itself and another one: no panic,
// and a result that survives the way to a child.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob(filepath.Join(goldenDir, "*.txt"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		input, _, _ := strings.Cut(string(data), goldenMarker)
		f.Add(input, "")
	}
	f.Add("include other\n"+strings.Repeat("vrrp_instance a {\n", 3000), "vrrp_instance b {\n include keepalived.conf\n}\n")
	f.Add("~SEQ(A,1,1000000000) vrrp_instance ${A} { include other }\n", "interface eth0\n virtual_router_id $A\n")
	f.Add(strings.Repeat("x", 1<<20)+"\n\x00\n\xff\xfe\n", "global_defs {\n router_id \x00\n}\n")
	f.Fuzz(func(t *testing.T, text, other string) {
		files := memFiles{corpusFile: text, path.Dir(corpusFile) + "/other": other}
		env := &fakeEnv{ifaces: []string{"eth0", "eth1"}, text: text + other}
		r := Read(files, corpusFile, Options{Test: true, Lang: lang.Options{ConfigID: "lb1", MaxGenerated: fuzzGenerated}}, env)
		if s := r.Diagnostics.ExitStatus(); s < 0 || s > 6 {
			t.Errorf("exit status %d", s)
		}
		checkHandover(t, r.Config)
	})
}
