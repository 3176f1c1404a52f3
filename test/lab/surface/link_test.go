package surface

import (
	"strings"
	"testing"

	"keepalived/test/lab"
)

// waitUp returns when the kernel has brought a link up, which it does a moment
// after it was told to: what a daemon says at its start depends on it.
func waitUp(t *testing.T, n *lab.Node, link string) {
	t.Helper()
	lab.Wait(t, lab.Patience, link+" of "+n.Name+" is up", func() bool {
		return strings.Contains(n.Run("ip", "link", "show", link), "state UP")
	})
}
