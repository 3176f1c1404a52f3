package lab

import (
	"os"
	"path/filepath"
	"sync"
)

// moduleRoot is the directory of go.mod, above the one that the program was
// started in. Tests are started in their package's directory.
var moduleRoot = sync.OnceValue(func() string {
	start, err := os.Getwd()
	if err != nil {
		return "/"
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return start
		}
	}
})

// cacheDir is where built and fetched programs are kept between runs.
func cacheDir() string { return filepath.Join(moduleRoot(), ".cache", "lab") }
