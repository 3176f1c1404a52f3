package config

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keepalived/internal/config/lang"
)

// saidEnv is the machine on which C keepalived 2.4.3 was asked: eth0 to eth2, the
// usual users, some scripts, and a directory for tracked files.
type saidEnv struct{ fakeEnv }

func (e *saidEnv) CheckScript(argv []string, _, _ uint32) ScriptCheck {
	name := argv[0]
	known := map[string]string{"/usr/bin/true": "/usr/bin/true", "true": "/usr/bin/true", "/etc/keepalived/notify.sh": "/etc/keepalived/notify.sh"}
	switch path, ok := known[name]; {
	case strings.HasPrefix(name, "</"):
		return ScriptCheck{Found: true, Test: true}
	case !ok:
		return ScriptCheck{}
	default:
		return ScriptCheck{Found: true, Executable: true, Path: path}
	}
}

func (e *saidEnv) ReadFile(name string) ([]byte, error) {
	if name == "/etc/iproute2/group" {
		return []byte("0 default\n"), nil
	}
	return e.fakeEnv.ReadFile(name)
}

func (e *saidEnv) PathInfo(name string) PathInfo {
	info := e.fakeEnv.PathInfo(name)
	info.Dir = info.Exists
	switch name {
	case "/etc/keepalived/number", "/etc/passwd":
		return PathInfo{Exists: true, Mode: 0o644}
	case ".", "/dev":
		return PathInfo{Exists: true, Dir: true, Mode: 0o755}
	case "/proc", "/sys":
		return PathInfo{Exists: true, Dir: true, Unwatchable: true}
	}
	if !info.Exists {
		info.Problem = "2 (No such file or directory)"
	}
	return info
}

// complaints are what passes report with a class: the C daemon prints nothing else
// in a configuration test.
func complaints(passes []Pass) map[string]bool {
	out := map[string]bool{}
	for _, p := range passes {
		var counted []lang.Diagnostic
		for _, diag := range p.Diagnostics {
			if diag.Class != lang.ClassOK {
				counted = append(counted, diag)
			}
		}
		p.Diagnostics = counted
		for text := range saidBy([]Pass{p}) {
			out[text] = true
		}
	}
	return out
}

// TestSaidOfEveryKeyword reads configurations with one thing wrong each, for every
// keyword and for the words of addresses, routes and rules, and compares status and
// complaints with those of C keepalived 2.4.3. After what ends it, ours goes on.
func TestSaidOfEveryKeyword(t *testing.T) {
	data, err := os.ReadFile("testdata/said.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 3 {
			continue
		}
		rows++
		if diff := saidDiff(t, f); diff != "" {
			t.Errorf("%s: %s", f[1], diff)
		}
	}
	if rows < 500 {
		t.Errorf("%d rows", rows)
	}
}

// saidDiff is how a row (status, text, complaints) differs from what is said here.
func saidDiff(t *testing.T, row []string) string {
	text, err := strconv.Unquote(row[1])
	if err != nil {
		t.Fatalf("%s: %v", row[1], err)
	}
	env := &saidEnv{fakeEnv{ifaces: []string{"eth0", "eth1", "eth2"}, text: text}}
	files, opts := memFiles{corpusFile: text}, Options{Test: true, Lang: lang.Options{ConfigID: "corpus-host"}}
	passes := Passes(files, Read(files, corpusFile, opts, env).Snapshot, corpusFile, opts, env)
	if got := strconv.Itoa(ExitStatus(passes)); got != row[0] {
		return fmt.Sprintf("status %s, want %s", got, row[0])
	}
	said := complaints(passes)
	want := slices.DeleteFunc(strings.Split(row[2], " ## "), func(s string) bool { return s == "" })
	var got []string
	ended := row[0] == "2" || slices.Contains(want, "Non-existent interface specified in configuration")
	for text := range said {
		text = strings.TrimRight(text, " ")
		if !ended || slices.Contains(want, text) {
			got = append(got, text)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(got) == 0 && len(want) == 0 {
		return ""
	}
	return cmp.Diff(want, got)
}
