package lint

import "io/fs"

// sources is a lang.FS in memory.
type sources map[string]string

func (s sources) ReadFile(name string) (string, error) {
	if text, ok := s[name]; ok {
		return text, nil
	}
	return "", fs.ErrNotExist
}

func (s sources) Stat(name string) (fs.FileMode, error) {
	if _, ok := s[name]; ok {
		return 0o644, nil
	}
	return 0, fs.ErrNotExist
}

func (s sources) ReadDir(string) ([]string, error)     { return nil, fs.ErrNotExist }
func (s sources) RealPath(name string) (string, error) { return name, nil }
