package dumpfile

import (
	"fmt"
	"os"
	"path/filepath"

	"keepalived/internal/config"
)

// Saves names what config_save_dir keeps of a child: its data file before and
// after each reload. The zero value is ready for the first one.
type Saves struct{ reloads int }

// Before begins a reload. g is the configuration that ends, process the name of
// the child in file names; the path is "" if nothing is to be saved.
func (s *Saves) Before(g *config.Global, process string) string {
	s.reloads++
	return s.path(g, process, "pre")
}

// After is the other file of the reload that Before began. g is the new
// configuration.
func (s *Saves) After(g *config.Global, process string) string { return s.path(g, process, "post") }

func (s *Saves) path(g *config.Global, process, when string) string {
	if g.Files.ConfigSaveDir == "" {
		return ""
	}
	name := fmt.Sprintf("keepalived_%s.%d.%d.%s", process, os.Getpid(), s.reloads, when)
	return filepath.Join(g.Files.ConfigSaveDir, name)
}
