package watchdog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

// RunDir is where pid files are.
const RunDir = "/run"

// PidFiles are names of pid files given on the command line; "" is the default.
type PidFiles struct {
	Parent, VRRP, Checkers, BFD string
}

// pidPaths is where the pid files are, and the directory made for them.
type pidPaths struct {
	dir    string // "": nothing to make
	parent string
	reload string // default of reload_file
	child  map[link.Role]string
}

// resolvePaths gives the names of files(keepalived.conf(5), use_pid_dir, instance,
// net_namespace): in a directory of our own unless all three are absent.
func resolvePaths(run string, given PidFiles, g *config.Global) pidPaths {
	dir, own := run, g.UsePidDir || g.Instance != "" || g.NetNamespace != ""
	if own {
		dir = filepath.Join(run, "keepalived", g.NetNamespace)
	}
	suffix := ".pid"
	if g.Instance != "" {
		suffix = "_" + g.Instance + ".pid"
	}
	pick := func(given, name string) string {
		if given != "" {
			return given
		}
		return filepath.Join(dir, name+suffix)
	}
	reload := strings.TrimSuffix(filepath.Join(dir, "keepalived"+suffix), ".pid") + ".reload"
	p := pidPaths{parent: pick(given.Parent, "keepalived"), reload: reload, child: map[link.Role]string{
		link.RoleVRRP:    pick(given.VRRP, "vrrp"),
		link.RoleChecker: pick(given.Checkers, "checkers"),
		link.RoleBFD:     pick(given.BFD, "bfd"),
	}}
	if own {
		p.dir = dir
	}
	return p
}

// makeDir makes the directory of the pid files, and refuses one in which others
// can plant files.
func makeDir(dir string) error {
	own := syscall.Umask(0o022) // a directory that cannot be entered is of no use
	err := os.MkdirAll(dir, 0o755)
	syscall.Umask(own)
	if err != nil {
		return fmt.Errorf("making the directory of pid files: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("making the directory of pid files: %w", err)
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		err = errors.New("it is not a directory")
	case st.Uid != uint32(os.Geteuid()) && st.Uid != 0:
		err = fmt.Errorf("it belongs to user %d", st.Uid)
	case info.Mode().Perm()&0o022 != 0 && info.Mode()&os.ModeSticky == 0:
		err = fmt.Errorf("others may write to it (mode %04o)", info.Mode().Perm())
	}
	if err != nil {
		return fmt.Errorf("using directory %s for pid files: %w", dir, err)
	}
	return nil
}

// removeDir removes what makeDir made, as far as it is empty.
func removeDir(run, dir string) {
	for ; dir != "" && dir != run && len(dir) > len(run); dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			return
		}
	}
}

// identSuffix is what namespace and instance add to syslog idents and file names.
func identSuffix(g *config.Global) string {
	s := ""
	if g.NetNamespace != "" {
		s += "_" + g.NetNamespace
	}
	if g.Instance != "" {
		s += "_" + g.Instance
	}
	return s
}

// Ident is the syslog ident of a process; the empty role is the parent.
func Ident(role link.Role, g *config.Global) string {
	name := map[link.Role]string{link.RoleVRRP: "_vrrp", link.RoleChecker: "_healthcheckers", link.RoleBFD: "_bfd"}[role]
	return "Keepalived" + name + identSuffix(g)
}
