package guest

import (
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// libraryDir is where the dynamic linker of Debian looks without a cache file.
const libraryDir = "/lib/x86_64-linux-gnu"

// linker adds programs together with the shared libraries they are linked to.
type linker struct {
	archive *archive
	roots   []string // extracted packages, searched before the host
}

// add puts the program at path into the archive as name. Scripts and static
// programs are fine, too.
func (l *linker) add(name, path string) error {
	l.archive.addFile(name, path)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	e, err := elf.NewFile(f)
	if err != nil {
		return nil // a script
	}
	if e.Machine != elf.EM_X86_64 {
		return fmt.Errorf("adding %s: built for %s, the guest is x86-64", path, e.Machine)
	}
	needed, err := e.ImportedLibraries()
	if err != nil {
		return nil // static
	}
	if interp := interpreter(e); interp != "" {
		needed = append(needed, filepath.Base(interp))
		l.archive.add(interp, entry{mode: os.ModeSymlink | 0o777, data: []byte(filepath.Join(libraryDir, filepath.Base(interp)))})
	}
	for _, lib := range needed {
		if err := l.addLibrary(lib); err != nil {
			return fmt.Errorf("adding %s: %w", path, err)
		}
	}
	return nil
}

func (l *linker) addLibrary(lib string) error {
	at := filepath.Join(libraryDir, lib)
	if l.archive.has(at) {
		return nil
	}
	dirs := []string{"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	path, ok := firstFile(l.roots, dirs, lib)
	if !ok {
		return fmt.Errorf("shared library %s is neither in the fetched packages nor on this machine", lib)
	}
	return l.add(at, path)
}

func interpreter(e *elf.File) string {
	for _, p := range e.Progs {
		if p.Type == elf.PT_INTERP {
			b, err := io.ReadAll(io.LimitReader(p.Open(), 256))
			if err == nil && len(b) > 1 {
				return string(b[:len(b)-1])
			}
		}
	}
	return ""
}

// findProgram finds a program by path or, in the packages and then on the
// host, by name.
func findProgram(name string, roots []string) (string, error) {
	if filepath.IsAbs(name) {
		return name, nil
	}
	if p, ok := firstFile(roots, []string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"}, name); ok {
		return p, nil
	}
	return exec.LookPath(name)
}

// firstFile looks for name in the directories of each root, then of the host.
func firstFile(roots, dirs []string, name string) (string, bool) {
	for _, root := range append(append([]string(nil), roots...), "/") {
		for _, dir := range dirs {
			p := filepath.Join(root, dir, name)
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
				return p, true
			}
		}
	}
	return "", false
}
