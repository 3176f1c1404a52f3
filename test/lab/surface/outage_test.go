package surface

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keepalived/test/lab"
)

// TestBusComesBack kills the bus and starts another one: the daemon is on it
// again. Switching D-Bus off and on by a reload does the same.
func TestBusComesBack(t *testing.T) {
	l := lab.New(t)
	n := l.Node("router")
	l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
	b := newBus(t, n)
	config := func(global string) string { return "global_defs {\n" + global + "\n}\n" + oneInstance }
	d := n.Daemon(lab.Ours(t), config("enable_dbus"))
	const path = "/org/keepalived/Vrrp1/Instance/eth0/10/IPv4"
	b.waitState(path, "Master")
	b.kill()
	d.Log.Wait("Lost the name " + busName)
	b.start()
	b.waitState(path, "Master")

	signals := b.monitor()
	d.Configure(config(""))
	d.Reload()
	signals.Wait("member=VrrpStopped")
	d.Log.Wait("Released DBus")
	if out := b.property(path, "State"); !strings.Contains(out, "ServiceUnknown") {
		t.Errorf("switched off, it says %s", out)
	}
	d.Configure(config("enable_dbus\ndbus_service_name org.example.Other"))
	d.Reload()
	d.Log.Wait("owning the name org.example.Other") // which the policy does not allow
	mark := signals.Mark()
	d.Configure(config("enable_dbus"))
	d.Reload()
	signals.WaitSince(mark, lab.Patience, "member=VrrpStarted")
	b.waitState(path, "Master")
}

const oneInstance = `
vrrp_instance V {
    interface eth0
    state MASTER
    virtual_router_id 10
    priority 150
    virtual_ipaddress {
        192.0.2.10/24
    }
}
`

// TestFrozenBus stops the bus and makes the daemon say more than the bus has room
// for. Adverts go on, and when the bus goes on, clients hear the final states.
func TestFrozenBus(t *testing.T) {
	l := lab.New(t)
	n, peer := l.Node("router"), l.Node("peer")
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	lan.Attach(peer, "eth0", "192.0.2.2/24")
	l.Segment("other").Attach(n, "eth1", "198.51.100.1/24")
	b := newBus(t, n)
	frames := lan.Capture()
	var config strings.Builder
	config.WriteString("global_defs {\nenable_dbus\n}\n" + oneInstance)
	const many = 200
	for i := range many {
		fmt.Fprintf(&config, "vrrp_instance F%d {\ninterface eth1\nstate MASTER\nvirtual_router_id %d\npriority 150\n}\n", i, i+1)
	}
	d := n.Daemon(lab.Ours(t), config.String())
	p := peer.Daemon(lab.Ours(t), strings.Replace(oneInstance, "priority 150", "priority 100", 1))
	const path = "/org/keepalived/Vrrp1/Instance/eth1/200/IPv4"
	b.waitState(path, "Master")
	d.WaitState("V", "MASTER")
	p.WaitState("V", "BACKUP")

	signals := b.monitor()
	b.signal(unix.SIGSTOP)
	froze := time.Now()
	// Each round says 2 * many things of about 200 bytes.
	for range 10 {
		for _, x := range []struct{ change, line string }{{"down", "Entering FAULT STATE"}, {"up", "Entering BACKUP STATE"}} {
			mark := d.Log.Mark()
			n.Run("ip", "link", "set", "eth1", x.change)
			lab.Wait(t, lab.Patience, "all instances follow the link", func() bool { return d.Log.Count(mark, x.line) >= many })
		}
	}
	n.Run("ip", "link", "set", "eth1", "down")
	d.WaitState("F199", "FAULT")
	d.Reload()
	d.Log.Wait("Reload complete")
	frames.Wait(lab.Patience, "adverts after the reload", lab.From(n), lab.VRID(10), lab.After(time.Now()))
	if state := p.State("V"); state != "BACKUP" {
		t.Errorf("the peer has become %s while the bus was frozen for %v", state, time.Since(froze))
	}
	b.signal(unix.SIGCONT)
	b.waitState(path, "Fault")
	lab.Wait(t, lab.Patience, "the last signal about F199 tells its state", func() bool {
		return strings.HasSuffix(heard(signals, "path="+path), "VrrpStatusChange   uint32 3")
	})

	b.signal(unix.SIGSTOP)
	d.Stop()
}
