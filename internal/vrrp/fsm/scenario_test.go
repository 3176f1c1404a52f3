package fsm_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"keepalived/internal/vrrp/fsm/sim"
)

var update = flag.Bool("update", false, "rewrite the reactions in testdata/vrrp; read the difference before committing it")

const scenarios = "../../../testdata/vrrp"

// TestScenarios runs the files in testdata/vrrp. Lines that begin with > are
// commands, explained in the README there; lines that begin with # are comments;
// all others are the expected reactions.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(scenarios, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in %s: %v", scenarios, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := replay(string(want))
			if err != nil {
				t.Fatal(err)
			}
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Error(firstDifference(string(want), got))
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for k := 0; ; k++ {
		if k >= len(w) || k >= len(g) || w[k] != g[k] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", k+1, at(w, k), at(g, k))
		}
	}
}

func at(lines []string, k int) string {
	if k < len(lines) {
		return lines[k]
	}
	return "(end)"
}

// scenario is a run of one file.
type scenario struct {
	net *sim.Net
	out strings.Builder
}

// replay runs the commands of a file and returns the file with the reactions
// that they had.
func replay(text string) (string, error) {
	s := &scenario{net: sim.New(1)}
	s.net.Trace = func(r *sim.Router, line string) { s.printf("%s %s %s", s.clock(), r.Name, line) }
	for k, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, ">"):
			s.printf("%s", line)
			if err := s.command(strings.Fields(line[1:])); err != nil {
				return "", fmt.Errorf("line %d: %s: %w", k+1, line, err)
			}
			s.adverts()
		case strings.HasPrefix(line, "#") || line == "":
			s.printf("%s", line)
		}
	}
	return s.out.String(), nil
}

func (s *scenario) printf(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

func (s *scenario) clock() string { return fmt.Sprintf("%9.6f", s.net.Now.Sub(sim.Epoch).Seconds()) }

// adverts sums up what masters have sent on time.
func (s *scenario) adverts() {
	for _, r := range s.net.Routers {
		var names []string
		for name := range r.Adverts {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			s.printf("          %s %s: %d adverts", r.Name, name, r.Adverts[name])
		}
		r.Adverts = nil
	}
}
