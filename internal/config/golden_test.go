package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/internal/config/lang"
)

var update = flag.Bool("update", false, "rewrite the expectations of the golden files")

const (
	goldenDir    = "../../testdata/config"
	goldenMarker = "----------\n"
)

// TestGolden reads each file of testdata/config up to the marker and compares
// what is said of it with what follows the marker. Rewrite with -update, and
// commit only what you understand.
func TestGolden(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join(goldenDir, "*.txt"))
	if len(names) == 0 {
		t.Fatal("no golden files")
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			input, want, ok := strings.Cut(string(data), goldenMarker)
			if !ok {
				t.Fatalf("%s has no marker line", name)
			}
			r := readText(input)
			got := transcript(r.Diagnostics)
			checkHandover(t, r.Config)
			if *update {
				if err := os.WriteFile(name, []byte(input+goldenMarker+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// readText checks a text on a machine with eth0 and eth1.
func readText(text string) Result {
	env := &fakeEnv{ifaces: []string{"eth0", "eth1"}, text: text}
	return Read(memFiles{corpusFile: text}, corpusFile, Options{Test: true, Lang: lang.Options{ConfigID: "lb1"}}, env)
}

// transcript is what a person sees, then what only follows from it, then the
// exit status.
func transcript(diags *lang.Diagnostics) string {
	var b, follow strings.Builder
	for _, diag := range diags.All() {
		if IsConsequence(diag) {
			fmt.Fprintf(&follow, "  %d: %s\n", diag.Pos.Line, diag.Text)
			continue
		}
		fmt.Fprintf(&b, "%d:%d: %s: %s\n", diag.Pos.Line, diag.Pos.Column, diag.Severity, diag.Text)
		if diag.Help != "" {
			fmt.Fprintf(&b, "    help: %s\n", diag.Help)
		}
	}
	if follow.Len() > 0 {
		fmt.Fprintf(&b, "consequences:\n%s", follow.String())
	}
	fmt.Fprintf(&b, "exit status %d\n", diags.ExitStatus())
	return b.String()
}
