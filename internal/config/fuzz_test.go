package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRead reads any text: no panic, and a result that survives the way to a
// child.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob(filepath.Join(goldenDir, "*.txt"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		input, _, _ := strings.Cut(string(data), goldenMarker)
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		r := readText(text)
		if s := r.Diagnostics.ExitStatus(); s < 0 || s > 6 {
			t.Errorf("exit status %d", s)
		}
		checkGob(t, r.Config)
	})
}
