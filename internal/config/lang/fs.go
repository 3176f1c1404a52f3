package lang

import "io/fs"

// FS is the outside world of the lexer. Names are as written in the
// configuration, made relative to the including file: relative ones are relative
// to the working directory of the process. Errors are those of io/fs
// (errors.Is with fs.ErrNotExist and so on).
type FS interface {
	// ReadFile returns the whole content of a regular file, of one version of it.
	ReadFile(name string) (string, error)
	// Stat returns the mode of what name leads to, following symbolic links.
	Stat(name string) (fs.FileMode, error)
	// ReadDir returns the names in a directory, in any order.
	ReadDir(name string) ([]string, error)
	// RealPath returns the absolute name of a directory without symbolic links.
	RealPath(name string) (string, error)
}
