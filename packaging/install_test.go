package packaging

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"keepalived/test/need"
)

// installed are the files that scripts, packages and people look for.
var installed = []string{
	"/usr/sbin/keepalived", "/usr/bin/genhash", "/etc/keepalived/keepalived.conf.sample",
	"/etc/default/keepalived", "/etc/rsyslog.d/keepalived.conf", "/etc/logrotate.d/keepalived",
	"/usr/lib/systemd/system/keepalived.service", "/usr/lib/systemd/system/keepalived-nonroot.service",
	"/usr/lib/tmpfiles.d/keepalived.conf", "/usr/share/bash-completion/completions/keepalived",
	"/usr/share/man/man8/keepalived.8", "/usr/share/man/man1/genhash.1", "/usr/share/man/man5/keepalived.conf.5",
	"/usr/share/doc/keepalived/examples/haproxy.md",
	"/usr/share/snmp/mibs/KEEPALIVED-MIB.txt", "/usr/share/snmp/mibs/VRRP-MIB.txt", "/usr/share/snmp/mibs/VRRPv3-MIB.txt",
	"/etc/dbus-1/system.d/org.keepalived.Vrrp1.conf",
	"/usr/share/dbus-1/interfaces/org.keepalived.Vrrp1.Vrrp.xml", "/usr/share/dbus-1/interfaces/org.keepalived.Vrrp1.Instance.xml",
}

func install(t *testing.T) (root string) {
	t.Helper()
	need.Program(t, "make", "make")
	root = t.TempDir()
	makeInstall(t, root)
	return root
}

func makeInstall(t *testing.T, root string) {
	t.Helper()
	cmd := exec.Command("make", "--silent", "install", "DESTDIR="+root, "envdir=/etc/default")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make install: %v\n%s", err, out)
	}
}

func TestInstall(t *testing.T) {
	root := install(t)
	for _, name := range installed {
		if info, err := os.Stat(filepath.Join(root, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if target, _ := os.Readlink(root + "/usr/bin/genhash"); target != "../sbin/keepalived" {
		t.Errorf("genhash is a link to %q, want ../sbin/keepalived", target)
	}
	checkUnits(t, root)
	keepsChanges(t, root)
}

// keepsChanges installs again over a file that the operator has changed.
func keepsChanges(t *testing.T, root string) {
	t.Helper()
	name, own := root+"/etc/default/keepalived", []byte("KEEPALIVED_OPTIONS=-D\n")
	if err := os.WriteFile(name, own, 0o644); err != nil {
		t.Fatal(err)
	}
	makeInstall(t, root)
	if got, _ := os.ReadFile(name); !bytes.Equal(got, own) {
		t.Errorf("%s was overwritten: %s", name, got)
	}
}

// checkUnits has systemd say what it thinks of the units. What they name besides
// keepalived is stood in for.
func checkUnits(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("systemd-analyze is missing: units not verified")
		return
	}
	for _, name := range []string{"/bin/sh"} {
		stand := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(stand), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(stand, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, unit := range []string{"keepalived.service", "keepalived-nonroot.service"} {
		cmd := exec.Command("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", "--root="+root, unit)
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), unit) {
			t.Errorf("systemd-analyze verify %s: %v\n%s", unit, err, out)
		}
	}
}
