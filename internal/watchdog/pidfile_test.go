package watchdog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"keepalived/internal/config"
	"keepalived/internal/watchdog/link"
)

func TestPidFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	if err := os.WriteFile(path, []byte("99999999 stale and long\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := openPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.write(123); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	if string(data) != "123\n" || info.Mode().Perm() != 0o644 {
		t.Errorf("%q, mode %v", data, info.Mode())
	}
	var locked *lockedError
	if _, err := openPidFile(path); !errors.As(err, &locked) || locked.pid != 123 || locked.path != path {
		t.Errorf("second opening: %v", err)
	}
	p.remove()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after remove: %v", err)
	}
}

// A file that took the place of ours is not removed.
func TestPidFileReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	p, err := openPidFile(path)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.remove()
	if data, _ := os.ReadFile(path); string(data) != "other" {
		t.Errorf("the other file: %q", data)
	}
}

func TestPlantedPidFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		want  string
		plant func(path, victim string) error
	}{
		"symbolic link": {"symbolic link", func(p, v string) error { return os.Symlink(v, p) }},
		"hard link":     {"2 names", func(p, v string) error { return os.Link(v, p) }},
		"fifo":          {"not a regular file", func(p, _ string) error { return syscall.Mkfifo(p, 0o666) }},
		"directory":     {"is a directory", func(p, _ string) error { return os.Mkdir(p, 0o755) }},
		"foreign": {"belongs to user 1000", func(p, _ string) error {
			if err := os.WriteFile(p, []byte("1\n"), 0o666); err != nil {
				return err
			}
			return os.Chown(p, 1000, 1000)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, victim := filepath.Join(dir, "x.pid"), filepath.Join(dir, "victim")
			if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := tt.plant(path, victim); err != nil {
				if errors.Is(err, os.ErrPermission) {
					t.Skipf("it needs root: %v", err)
				}
				t.Fatal(err)
			}
			before, _ := os.ReadFile(victim)
			_, err := openPidFile(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if after, _ := os.ReadFile(victim); string(after) != string(before) {
				t.Errorf("the victim has become %q", after)
			}
		})
	}
}

func TestPlantedPidFileRefusesTheStart(t *testing.T) {
	d := newDaemon(t, "vrrp A\n")
	path := filepath.Join(d.dir, "vrrp.pid")
	if err := os.Symlink(d.config(), path); err != nil {
		t.Fatal(err)
	}
	d.start(nil)
	d.wait("opening pid file " + path + ": it is a symbolic link")
	if got := d.status(); got != exitFatal {
		t.Errorf("status %d", got)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "keepalived.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("keepalived.pid is left: %v", err)
	}
}

func TestPidDirectory(t *testing.T) {
	d := newDaemon(t, "vrrp A\ninstance web\n").start(nil)
	d.wait("Changing syslog ident to Keepalived_web")
	d.wait("Startup complete")
	for _, name := range []string{"keepalived/keepalived_web.pid", "keepalived/vrrp_web.pid"} {
		if d.pid(name) == 0 {
			t.Errorf("no %s", name)
		}
	}
	d.parent(syscall.SIGTERM)
	d.status()
	if _, err := os.Stat(filepath.Join(d.dir, "keepalived")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is left: %v", err)
	}
}

func TestDirectoryOfOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := makeDir(dir); err != nil {
		t.Errorf("a sound directory: %v", err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := makeDir(dir); err == nil || !strings.Contains(err.Error(), "others may write") {
		t.Errorf("a directory for everybody: %v", err)
	}
}

func TestResolvePaths(t *testing.T) {
	for name, tt := range map[string]struct {
		given  PidFiles
		g      config.Global
		parent string
		vrrp   string
		ident  string
	}{
		"default":   {PidFiles{}, config.Global{}, "/run/keepalived.pid", "/run/vrrp.pid", "Keepalived_vrrp"},
		"dir":       {PidFiles{}, config.Global{UsePidDir: true}, "/run/keepalived/keepalived.pid", "/run/keepalived/vrrp.pid", "Keepalived_vrrp"},
		"instance":  {PidFiles{}, config.Global{Instance: "a"}, "/run/keepalived/keepalived_a.pid", "/run/keepalived/vrrp_a.pid", "Keepalived_vrrp_a"},
		"namespace": {PidFiles{}, config.Global{NetNamespace: "n", Instance: "a"}, "/run/keepalived/n/keepalived_a.pid", "/run/keepalived/n/vrrp_a.pid", "Keepalived_vrrp_n_a"},
		"given":     {PidFiles{Parent: "/x", VRRP: "/y"}, config.Global{Instance: "a"}, "/x", "/y", "Keepalived_vrrp_a"},
	} {
		p := resolvePaths(RunDir, tt.given, &tt.g)
		if p.parent != tt.parent || p.child[link.RoleVRRP] != tt.vrrp || Ident(link.RoleVRRP, &tt.g) != tt.ident {
			t.Errorf("%s: %s, %s, %s", name, p.parent, p.child[link.RoleVRRP], Ident(link.RoleVRRP, &tt.g))
		}
	}
}
