package dumpfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Write replaces path by a file with the given content. Whoever opens path sees
// a whole file, the old or the new one; a reader that waits for a writer's close
// of path (inotify's CLOSE_WRITE) is served as well. What was planted under the
// name is replaced and neither followed nor opened.
func Write(path string, mode os.FileMode, content []byte) error {
	if err := replace(path, mode, content); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func replace(path string, mode os.FileMode, content []byte) (err error) {
	if !filepath.IsAbs(path) {
		return errors.New("the name is no absolute path")
	}
	temporary := fmt.Sprintf("%s/.%s.%s", filepath.Dir(path), filepath.Base(path), rand.Text()[:8])
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	f, err := os.OpenFile(temporary, flags, mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err = fill(f, mode, content); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

func fill(f *os.File, mode os.FileMode, content []byte) error {
	// The process's own umask may take away more than the configured one.
	if err := f.Chmod(mode); err != nil {
		return err
	}
	_, err := f.Write(content)
	return err
}
