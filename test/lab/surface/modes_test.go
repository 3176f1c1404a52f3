package surface

import (
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// TestSameModes: what is created has the same owner and mode as that of the C
// daemon, with the default umask and with another.
func TestSameModes(t *testing.T) {
	for _, umask := range []string{"", "umask 022\n"} {
		ours, c := modes(t, lab.Ours(t), umask), modes(t, lab.CKeepalived(t), umask)
		if ours != c {
			t.Errorf("%q\nours:\n%s\nC:\n%s", umask, ours, c)
		}
	}
}

func modes(t *testing.T, p lab.Program, umask string) string {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	waitUp(t, n, "eth0")
	d := n.Daemon(p, "global_defs {\nvrrp_notify_fifo /run/notify.fifo\n"+umask+"}\n"+oneInstance)
	d.WaitState("V", "MASTER")
	d.Signal(lab.VRRP, unix.SIGUSR1)
	lab.Wait(t, lab.Patience, "the data of "+p.Name, func() bool { _, err := n.Output("test", "-s", "/tmp/keepalived.data"); return err == nil })
	return n.Run("stat", "-c", "%n %U %a", "/run/notify.fifo", "/run/keepalived.pid", "/run/vrrp.pid", "/tmp/keepalived.data")
}
