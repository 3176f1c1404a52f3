package report

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
	"keepalived/internal/config/lang"
	"keepalived/internal/config/lint"
)

var update = flag.Bool("update", false, "rewrite the expectations of the golden files")

const (
	dir       = "../../../testdata"
	checkDir  = dir + "/check"
	shownName = "keepalived.conf"
	peerName  = "peer.conf"
)

// TestGolden renders every configuration of testdata: the inputs of
// testdata/config and testdata/check/*.conf, with the other node's in *.peer. The
// expected texts are testdata/check/*.txt. Rewrite with -update, and commit only
// what you understand.
func TestGolden(t *testing.T) {
	for name, text := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			rep := check(text, peerText(t, name))
			var b strings.Builder
			if err := rep.Text(&b); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "lint-") {
				b.WriteString("----------\n")
				if err := explain.Text(&b, rep.Instances); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, filepath.Join(checkDir, name+".txt"), b.String())
		})
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// inputs are the configurations by the name of their golden file.
func inputs(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{dir + "/config/*.txt", checkDir + "/*.conf"} {
		names, _ := filepath.Glob(pattern)
		if len(names) == 0 {
			t.Fatalf("no files match %s", pattern)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			base := filepath.Base(name)
			text, _, _ := strings.Cut(string(data), "----------\n")
			out[strings.TrimSuffix(base, filepath.Ext(base))] = text
		}
	}
	return out
}

func peerText(t *testing.T, name string) string {
	data, err := os.ReadFile(filepath.Join(checkDir, name+".peer"))
	if err != nil {
		return ""
	}
	return string(data)
}

// files is a lang.FS in memory.
type files map[string]string

func (f files) ReadFile(name string) (string, error) {
	if text, ok := f[name]; ok {
		return text, nil
	}
	return "", fs.ErrNotExist
}

func (f files) Stat(name string) (fs.FileMode, error) {
	if _, ok := f[name]; ok {
		return 0o644, nil
	}
	return 0, fs.ErrNotExist
}

func (f files) ReadDir(string) ([]string, error)     { return nil, fs.ErrNotExist }
func (f files) RealPath(name string) (string, error) { return name, nil }

func read(name, text string) config.Result {
	o := config.Options{Test: true, Static: true, Lang: lang.Options{ConfigID: "lb1"}}
	return config.Read(files{name: text}, name, o, config.StaticEnv{})
}

// check reads and lints a text.
func check(text, peer string) *Report {
	r := read(shownName, text)
	o := lint.Options{Sources: r.Snapshot}
	if peer != "" {
		o.Peer = read(peerName, peer).Config
	}
	rep := New(shownName, r, lint.Check(r.Config, o))
	rep.Instances = explain.Instances(r.Config, o.Peer)
	return rep
}
