package surface

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// TestSavedConfigurations: config_save_dir has the same files of both daemons
// after the same reloads.
func TestSavedConfigurations(t *testing.T) {
	ours, c := saved(t, lab.Ours(t)), saved(t, lab.CKeepalived(t))
	if !slices.Equal(ours, c) {
		t.Errorf("ours: %q\nC:    %q", ours, c)
	}
}

const saving = "global_defs {\nconfig_save_dir /run/save\n}\n" + oneInstance

// saved are the names of the files, without pids.
func saved(t *testing.T, p lab.Program) (names []string) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	d := n.Daemon(p, saving)
	d.WaitState("V", "MASTER")
	pid := regexp.MustCompile(`\.\d+\.(\d+)`)
	for reloads := 1; reloads <= 2; reloads++ {
		mark := d.Log.Mark()
		d.Configure(strings.Replace(saving, "150", "14"+string(rune('0'+reloads)), 1))
		d.Reload()
		d.Log.WaitSince(mark, lab.Patience, "Reload complete")
		// Two files of each reload and the configuration, also that of the start.
		lab.Wait(t, lab.Patience, p.Name+" has saved all", func() bool {
			names = strings.Fields(pid.ReplaceAllString(n.Run("ls", "/run/save"), ".PID.$1"))
			return len(names) == 3*reloads+1
		})
	}
	for file, want := range map[string]string{"keepalived.conf.*.2": "priority 142", "keepalived_vrrp.*.2.pre": "Priority = 141", "keepalived_vrrp.*.2.post": "Priority = 142"} {
		lab.Wait(t, lab.Patience, p.Name+": "+file+" has "+want, func() bool {
			return strings.Contains(n.Run("sh", "-c", "cat /run/save/"+file), want)
		})
		if mode := n.Run("sh", "-c", "stat -c %a /run/save/"+file); strings.TrimSpace(mode) != "600" {
			t.Errorf("%s: %s has mode %s", p.Name, file, mode)
		}
	}
	return names
}
