// Package dumpfile writes the files that a process makes on request: data,
// statistics, JSON. A disk that hangs holds up nobody but the file.
package dumpfile

import (
	"os"
	"path/filepath"
	"strings"

	"keepalived/internal/config"
)

// Dir is where files go that have no configured name: TMPDIR, if it is an
// absolute path, or /tmp.
func Dir() string {
	if dir := os.Getenv("TMPDIR"); filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return "/tmp"
}

// DataPath is the name of a data file: base is "keepalived",
// "keepalived_parent" and the like. With data_use_instance it carries the
// namespace and the instance; state_dump_file replaces "keepalived" and the
// directory.
func DataPath(base string, g *config.Global) string {
	path := filepath.Join(Dir(), base+".data")
	if g.Files.StateDump != "" {
		path = replaced(g.Files.StateDump, strings.TrimPrefix(base, "keepalived"))
	}
	if !g.Files.DataUseInstance {
		return path
	}
	var parts []string
	for _, s := range []string{g.NetNamespace, g.Instance} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return path
	}
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "." + strings.Join(parts, "_") + ext
}

// replaced puts a process's suffix before the extension of a configured name.
func replaced(path, suffix string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + suffix + ext
}

// StatsPath is the name of the statistics file.
func StatsPath(g *config.Global) string { return named(g.Files.StatsDump, "keepalived.stats") }

// JSONPath is the name of the JSON file.
func JSONPath(g *config.Global) string { return named(g.Files.JSONDump, "keepalived.json") }

func named(configured, usual string) string {
	if configured != "" {
		return configured
	}
	return filepath.Join(Dir(), usual)
}

// Mode is the permissions of a new file: read and write for all, less what
// umask takes away.
func Mode(g *config.Global) os.FileMode {
	return os.FileMode(0o666 &^ g.Files.Mask())
}
