package lang

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// memFS holds files by their clean names. A name that ends in a slash is a
// directory, one that begins with a bang cannot be read, with a plus is executable.
type memFS map[string]string

func (m memFS) ReadFile(name string) (string, error) {
	name = path.Clean(name)
	if text, ok := m[name]; ok {
		return text, nil
	}
	if _, ok := m["!"+name]; ok {
		return "", fmt.Errorf("reading %s: %w", name, fs.ErrPermission)
	}
	return "", fs.ErrNotExist
}

func (m memFS) Stat(name string) (fs.FileMode, error) {
	name = path.Clean(name)
	for file := range m {
		switch {
		case file == name, file == "!"+name:
			return 0o644, nil
		case file == "+"+name:
			return 0o755, nil
		case strings.HasPrefix(file, name+"/"), name == ".":
			return fs.ModeDir | 0o755, nil
		}
	}
	return 0, fs.ErrNotExist
}

func (m memFS) ReadDir(name string) ([]string, error) {
	var names []string
	for file := range m {
		file = strings.Trim(file, "+!")
		if name != "." {
			var ok bool
			if file, ok = strings.CutPrefix(file, path.Clean(name)+"/"); !ok {
				continue
			}
		}
		file, _, _ = strings.Cut(file, "/")
		if file != "" && !slices.Contains(names, file) {
			names = append(names, file)
		}
	}
	return names, nil
}

func (m memFS) RealPath(name string) (string, error) { return path.Join("/real", name), nil }
