package surface

import (
	"slices"
	"strings"
	"testing"

	"keepalived/test/lab"
)

const hooks = `
global_defs {
    enable_script_security
    script_user root
    notify_fifo /run/lab/all.fifo
    vrrp_notify_fifo /run/lab/vrrp.fifo
}
vrrp_sync_group G {
    group {
        V
    }
    notify_master "/run/lab/hook.sh group master"
    notify_fault "/run/lab/hook.sh group fault"
    notify_stop "/run/lab/hook.sh group stop"
    notify "/run/lab/hook.sh group any"
}
vrrp_instance V {
    interface eth0
    state MASTER
    virtual_router_id 10
    priority 150
    notify_master "/run/lab/hook.sh master 'two words'"
    notify_backup "/run/lab/hook.sh backup"
    notify_fault "/run/lab/hook.sh fault"
    notify_stop "/run/lab/hook.sh stop"
    notify /run/lab/hook.sh
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// hookScript writes what it was given in one step: scripts run side by side.
const hookScript = `#!/bin/sh
line="uid=$(id -u) umask=$(umask) dir=$(pwd)"
for a in "$@"; do line="$line <$a>"; done
echo "$line" >>/run/lab/hooks
`

// TestSameHooks: scripts get the same arguments, and FIFOs the same lines, from
// both daemons.
func TestSameHooks(t *testing.T) {
	ours, c := hooked(t, lab.Ours(t)), hooked(t, lab.CKeepalived(t))
	for name := range c {
		if !slices.Equal(ours[name], c[name]) {
			t.Errorf("%s\nours: %q\nC:    %q", name, ours[name], c[name])
		}
	}
}

// hooked is what scripts and FIFOs have heard about a master that loses its link,
// gets it back and is stopped.
func hooked(t *testing.T, p lab.Program) map[string][]string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	waitUp(t, n, "eth0")
	n.WriteFile("/run/lab/hook.sh", hookScript, 0o755)
	fifos := map[string]*lab.Lines{"common FIFO": n.FIFO("/run/lab/all.fifo"), "VRRP FIFO": n.FIFO("/run/lab/vrrp.fifo")}
	d := n.Daemon(p, hooks)
	last := func(text string, times int) {
		for name, f := range fifos {
			lab.Wait(t, lab.Patience, p.Name+": "+name+" says "+text, func() bool { return f.Count(0, text) == times })
		}
	}
	last(`GROUP "G" MASTER`, 1)
	n.Run("ip", "link", "set", "eth0", "down")
	last(`GROUP "G" FAULT`, 1)
	n.Run("ip", "link", "set", "eth0", "up")
	last(`GROUP "G" MASTER`, 2)
	d.Stop()
	last(`INSTANCE "V" STOP`, 1)
	out := map[string][]string{}
	for name, f := range fifos {
		for _, line := range f.Since(0) {
			out[name] = append(out[name], line.Text)
		}
	}
	text := n.Run("cat", "/run/lab/hooks")
	out["scripts"] = strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(out["scripts"])
	return out
}
