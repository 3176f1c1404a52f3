package surface

import (
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// TestNoAddressIsLeft: however the VRRP process ends and is not replaced, its
// address does not stay on a router that sends no adverts.
func TestNoAddressIsLeft(t *testing.T) {
	const frozen = "frozen at the stop"
	for name, x := range map[string]struct {
		args []string
		end  func(*lab.Daemon)
	}{
		"killed, with --dont-respawn":       {[]string{"-R"}, func(d *lab.Daemon) { d.KillChild(lab.VRRP) }},
		"panicking, with --dont-respawn":    {[]string{"-R"}, func(d *lab.Daemon) { d.Signal(lab.VRRP, unix.SIGQUIT) }},
		"stopped right after it was killed": {nil, func(d *lab.Daemon) { d.KillChild(lab.VRRP); d.Term() }},
		frozen:                              {nil, func(d *lab.Daemon) { d.Pause(lab.VRRP); d.Term() }},
		"its parent killed":                 {nil, func(d *lab.Daemon) { d.KillChild(lab.Parent) }},
		"its parent panicking":              {nil, func(d *lab.Daemon) { d.Signal(lab.Parent, unix.SIGQUIT) }},
	} {
		t.Run(name, func(t *testing.T) {
			l := lab.New(t)
			n := l.Node("router")
			lan := l.Segment("lan")
			lan.Attach(n, "eth0", "192.0.2.1/24")
			frames := lan.Capture()
			d := n.Daemon(lab.Ours(t), oneInstance, lab.Args(x.args...))
			n.WaitAddr("192.0.2.10")
			x.end(d)
			d.WaitExit()
			if n.HasAddr("192.0.2.10") {
				t.Error("the address is still there")
			}
			if name == frozen {
				return // for so long that another router has taken over
			}
			frames.Wait(lab.Patience, "the farewell", lab.From(n), lab.VRID(10), lab.Priority(0))
		})
	}
}
