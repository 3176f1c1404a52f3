package guest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// archive is a tree of files to be written as a "newc" cpio archive, the format
// of an initramfs (Documentation/driver-api/early-userspace/buffer-format.rst
// of the kernel).
type archive struct {
	entries map[string]entry // by absolute guest path
}

type entry struct {
	mode fs.FileMode
	data []byte // content, or the target of a symbolic link
	from string // host file with the content, when not data
}

func newArchive() *archive { return &archive{entries: make(map[string]entry)} }

func (a *archive) addDir(name string) {
	for name = path.Join("/", name); name != "/"; name = path.Dir(name) {
		if _, ok := a.entries[name]; !ok {
			a.entries[name] = entry{mode: fs.ModeDir | 0o755}
		}
	}
}

func (a *archive) add(name string, e entry) {
	name = path.Join("/", name)
	a.addDir(path.Dir(name))
	a.entries[name] = e
}

func (a *archive) has(name string) bool { _, ok := a.entries[path.Join("/", name)]; return ok }

func (a *archive) addData(name string, mode fs.FileMode, data []byte) {
	a.add(name, entry{mode: mode, data: data})
}

// addFile adds a host file as an executable.
func (a *archive) addFile(name, from string) { a.add(name, entry{mode: 0o755, from: from}) }

// addTree adds a host file or directory with everything below it. Links and
// special files are followed or left out.
func (a *archive) addTree(name, from string) error {
	return filepath.WalkDir(from, func(p string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		at := path.Join(name, filepath.ToSlash(rel))
		switch {
		case info.IsDir():
			a.addDir(at)
		case info.Mode().IsRegular():
			a.add(at, entry{mode: info.Mode().Perm(), from: p})
		}
		return nil
	})
}

// write writes the archive, parents before their children.
func (a *archive) write(w io.Writer) error {
	ino := 1
	for _, name := range slices.Sorted(maps.Keys(a.entries)) {
		e := a.entries[name]
		if e.from != "" {
			data, err := os.ReadFile(e.from)
			if err != nil {
				return err
			}
			e.data = data
		}
		if err := writeEntry(w, ino, name[1:], unixMode(e.mode), e.data); err != nil {
			return err
		}
		ino++
	}
	return writeEntry(w, 0, "TRAILER!!!", 0, nil)
}

func unixMode(m fs.FileMode) uint32 {
	bits := uint32(m.Perm())
	switch m.Type() {
	case fs.ModeDir:
		return bits | 0o040000
	case fs.ModeSymlink:
		return bits | 0o120000
	}
	return bits | 0o100000
}

// writeEntry writes one member: a header of 8-digit hexadecimal numbers, the
// name and the content, both padded to four bytes.
func writeEntry(w io.Writer, ino int, name string, mode uint32, data []byte) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name)+1, 0)
	b.WriteString(name)
	b.WriteByte(0)
	pad(&b, b.Len())
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	b.Reset()
	pad(&b, len(data))
	if _, err := w.Write(data); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func pad(b *bytes.Buffer, length int) {
	b.Write(make([]byte, -length&3))
}
