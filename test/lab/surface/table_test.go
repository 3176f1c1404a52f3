package surface

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	moduleRoot = "../../.."
	proofTable = moduleRoot + "/docs/compat/surface.md"
)

var proof = regexp.MustCompile("`([a-z0-9/]+) (Test[A-Za-z0-9]+)`")

// TestSurfaceTable: each row names tests, and they exist.
func TestSurfaceTable(t *testing.T) {
	text, err := os.ReadFile(proofTable)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what ") || strings.HasPrefix(line, "| ---") {
			continue
		}
		tests := proof.FindAllStringSubmatch(line, -1)
		if len(tests) == 0 {
			t.Errorf("no test: %s", line)
		}
		for _, x := range tests {
			if !hasTest(t, x[1], x[2]) {
				t.Errorf("%s has no %s", x[1], x[2])
			}
		}
	}
}

func hasTest(t *testing.T, pkg, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(moduleRoot, pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(t *testing.T)") {
			return true
		}
	}
	return false
}
