package surface

import (
	"slices"
	"strings"
	"testing"

	"keepalived/test/lab"
)

// TestAddressMonitoring: --address-monitoring tells the same of both daemons:
// what is there, what others add and remove, and nothing of our own addresses.
func TestAddressMonitoring(t *testing.T) {
	ours, c := reported(t, lab.Ours(t)), reported(t, lab.CKeepalived(t))
	if !slices.Equal(ours, c) {
		t.Errorf("ours: %q\nC:    %q", ours, c)
	}
}

func reported(t *testing.T, p lab.Program) (lines []string) {
	t.Helper()
	l := lab.New(t)
	n := l.Node("router-" + p.Name)
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	d := n.Daemon(p, oneInstance, lab.Args("--address-monitoring"))
	d.WaitState("V", "MASTER")
	n.WaitAddr("192.0.2.10")
	n.Run("ip", "address", "add", "192.0.2.99/32", "dev", "eth0")
	d.Log.Wait("reports IP 192.0.2.99 added to eth0")
	n.Run("ip", "address", "del", "192.0.2.99/32", "dev", "eth0")
	d.Log.Wait("reports IP 192.0.2.99 removed from eth0")
	d.Stop()
	for _, line := range d.Log.Since(0) {
		if _, text, ok := strings.Cut(line.Text, "Netlink reflector reports IP "); ok && !strings.HasPrefix(text, "fe80:") {
			lines = append(lines, text)
		}
	}
	return lines
}
