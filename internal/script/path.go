package script

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// maxLinks is the kernel's limit for one path.
const maxLinks = 40

// step is one component that the kernel passes on its way to a file.
type step struct {
	path string
	info Info
}

// place is a file and the way to it: every directory and symbolic link, from
// the root on, and the file at the end.
type place struct {
	path  string // without any symbolic link
	info  Info
	steps []step
}

// follow walks an absolute path as the kernel does. The file at its end exists
// when it returns without error.
func follow(files FS, name string) (place, error) {
	w := walker{files: files, rest: split(name)}
	if err := w.visit("/"); err != nil {
		return place{}, err
	}
	at := "/"
	for len(w.rest) > 0 {
		next, err := w.next(at)
		if err != nil {
			return place{}, err
		}
		at = next
	}
	return place{path: at, info: w.steps[len(w.steps)-1].info, steps: w.steps}, nil
}

type walker struct {
	files FS
	rest  []string // components still to go
	links int
	steps []step
}

// next goes one component on from the directory at.
func (w *walker) next(at string) (string, error) {
	name := w.rest[0]
	w.rest = w.rest[1:]
	if name == ".." {
		return path.Dir(at), nil
	}
	here := path.Join(at, name)
	if err := w.visit(here); err != nil {
		return "", err
	}
	info := w.steps[len(w.steps)-1].info
	if info.isLink() {
		return w.link(at, here)
	}
	if len(w.rest) > 0 && !info.isDir() {
		return "", &fs.PathError{Op: "open", Path: here, Err: syscall.ENOTDIR}
	}
	return here, nil
}

// link puts the target in front of what is still to go.
func (w *walker) link(at, here string) (string, error) {
	if w.links++; w.links > maxLinks {
		return "", &fs.PathError{Op: "open", Path: here, Err: syscall.ELOOP}
	}
	target, err := w.files.Readlink(here)
	if err != nil {
		return "", err
	}
	w.rest = append(split(target), w.rest...)
	if path.IsAbs(target) {
		return "/", nil
	}
	return at, nil
}

func (w *walker) visit(name string) error {
	info, err := w.files.Lstat(name)
	if err != nil {
		return err
	}
	w.steps = append(w.steps, step{name, info})
	return nil
}

func split(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
}

// inspect returns the components that somebody else than root can change.
func inspect(p place) []Finding {
	var found []Finding
	seen := map[string]bool{}
	for _, s := range p.steps {
		reason := s.info.unsafe()
		if reason != 0 && !seen[s.path] {
			found = append(found, Finding{Path: s.path, Info: s.info, Reason: reason})
		}
		seen[s.path] = true
	}
	return found
}

// unsafe says what is wrong with one component. A symbolic link has no
// permissions of its own; in a sticky directory only owners replace files.
func (i Info) unsafe() Reason {
	switch {
	case i.UID != 0:
		return ForeignOwner
	case i.isLink() || i.isDir() && i.Mode&fs.ModeSticky != 0:
		return 0
	case i.GID != 0 && i.Mode&0o020 != 0:
		return GroupWritable
	case i.Mode&0o002 != 0:
		return WorldWritable
	default:
		return 0
	}
}

// defaultPath is the path that finds the standard utilities.
const defaultPath = "/bin:/usr/bin"

// search looks a bare name up in PATH with the rights of the script's user. If
// it finds nothing, problem is the message for the operator.
func search(files FS, r Request) (found, problem string) {
	dirs := r.SearchPath
	if dirs == "" {
		dirs = defaultPath
	}
	denied := false
	err := files.As(r.UID, r.GID, func(user FS) {
		found, denied = lookup(user, r, strings.Split(dirs, ":"))
	})
	if found == "" && (denied || err != nil) {
		return "", fmt.Sprintf("Permissions failure for script %s in path - disabling", r.Argv[0])
	}
	if found == "" {
		return "", fmt.Sprintf("Cannot find script %s in path - disabling", r.Argv[0])
	}
	return found, ""
}

// lookup returns the first executable, and whether there was one that the user
// may not execute.
func lookup(user FS, r Request, dirs []string) (found string, denied bool) {
	for _, dir := range dirs {
		if !path.IsAbs(dir) {
			continue
		}
		candidate := path.Join(dir, r.Argv[0])
		p, err := follow(user, candidate)
		if err != nil {
			continue
		}
		if p.info.isRegular() && p.info.executableBy(r.UID, r.GID) {
			return candidate, false
		}
		denied = true
	}
	return "", denied
}
