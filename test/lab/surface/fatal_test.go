package surface

import (
	"errors"
	"strings"
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
		"killed, with --dont-respawn":                  {[]string{"-R"}, func(d *lab.Daemon) { d.KillChild(lab.VRRP) }},
		"panicking, with --dont-respawn":               {[]string{"-R"}, func(d *lab.Daemon) { d.Signal(lab.VRRP, unix.SIGQUIT) }},
		"stopped right after it was killed":            {nil, func(d *lab.Daemon) { d.KillChild(lab.VRRP); d.Term() }},
		frozen:                                         {nil, func(d *lab.Daemon) { d.Pause(lab.VRRP); d.Term() }},
		"a forbidden system call, with --dont-respawn": {[]string{"-R"}, func(d *lab.Daemon) { d.Signal(lab.VRRP, unix.SIGSYS) }},
		"its parent killed":                            {nil, func(d *lab.Daemon) { d.KillChild(lab.Parent) }},
		"its parent panicking":                         {nil, func(d *lab.Daemon) { d.Signal(lab.Parent, unix.SIGQUIT) }},
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

// TestSilencedMasterGivesWay: a packet filter takes a master the permission to
// send adverts. It makes way when the other router takes over, and is master
// again when it may send again.
func TestSilencedMasterGivesWay(t *testing.T) {
	for name, x := range map[string]struct{ config, rule string }{
		"multicast": {oneInstance, "ip protocol 112 drop"},
		"unicast":   {strings.Replace(oneInstance, "state MASTER", "unicast_peer {\n192.0.2.OTHER\n}", 1), "ip protocol 112 drop"},
		"IPv6":      {strings.Replace(oneInstance, "192.0.2.10/24", "fe80::10/64", 1), "ip6 nexthdr 112 drop"},
	} {
		t.Run(name, func(t *testing.T) {
			l := lab.New(t)
			n, peer := l.Node("router"), l.Node("peer")
			lan := l.Segment("lan")
			lan.Attach(n, "eth0", "192.0.2.1/24")
			lan.Attach(peer, "eth0", "192.0.2.2/24")
			vip := "192.0.2.10"
			if name == "IPv6" {
				vip = "fe80::10"
			}
			d := n.Daemon(lab.Ours(t), strings.Replace(x.config, "OTHER", "2", 1))
			p := peer.Daemon(lab.Ours(t), strings.NewReplacer("priority 150", "priority 100", "state MASTER", "", "OTHER", "1").Replace(x.config))
			d.WaitState("V", "MASTER")
			p.WaitState("V", "BACKUP")
			n.WaitAddr(vip)
			n.Run("nft", "add", "table", "inet", "t")
			n.Run("nft", "add", "chain", "inet", "t", "c", "{ type filter hook output priority 0; }")
			n.Run(append([]string{"nft", "add", "rule", "inet", "t", "c"}, strings.Fields(x.rule)...)...)
			p.WaitState("V", "MASTER")
			d.WaitState("V", "BACKUP")
			n.WaitNoAddr(vip)
			peer.WaitAddr(vip)
			n.Run("nft", "delete", "table", "inet", "t")
			d.WaitState("V", "MASTER")
			n.WaitAddr(vip)
			p.WaitState("V", "BACKUP")
			peer.WaitNoAddr(vip)
		})
	}
}

// TestNoSocketNoAddress: a router that cannot open the sockets that it needs
// now, here since it may not have more descriptors, has no address, and takes
// part again when it can.
func TestNoSocketNoAddress(t *testing.T) {
	l := lab.New(t)
	n, peer := l.Node("router"), l.Node("peer")
	lan := l.Segment("lan")
	lan.Attach(n, "eth0", "192.0.2.1/24")
	lan.Attach(peer, "eth0", "192.0.2.2/24")
	d := n.Daemon(lab.Ours(t), strings.Replace(oneInstance, "state MASTER", "unicast_peer {\n192.0.2.2\n}", 1))
	d.WaitState("V", "MASTER")
	n.WaitAddr("192.0.2.10")
	limit := func(soft uint64) {
		pid, l := d.Process(lab.VRRP).PID, unix.Rlimit{}
		err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &l)
		l.Cur = soft
		if err = errors.Join(err, unix.Prlimit(pid, unix.RLIMIT_NOFILE, &l, nil)); err != nil {
			t.Fatal(err)
		}
	}
	limit(4)
	n.Run("ip", "address", "add", "192.0.2.3/25", "dev", "eth0")
	n.Run("ip", "address", "del", "192.0.2.1/24", "dev", "eth0")
	d.WaitState("V", "FAULT")
	n.WaitNoAddr("192.0.2.10")
	d.Log.Wait("(V): entering FAULT state (no VRRP socket)")
	limit(1024)
	d.WaitState("V", "MASTER")
	n.WaitAddr("192.0.2.10")
}

// TestMissingPermission starts daemons that may not do what they have to. They
// end with the status of the C daemon, and no address is left.
func TestMissingPermission(t *testing.T) {
	const capability = "net_raw"
	status := func(p lab.Program) int {
		l := lab.New(t)
		n := l.Node("router-" + p.Name)
		l.Segment("lan").Attach(n, "eth0", "192.0.2.1/24")
		d := n.Daemon(p, oneInstance, lab.Under("setpriv", "--bounding-set=-"+capability))
		state := d.WaitExit()
		if n.HasAddr("192.0.2.10") {
			t.Errorf("%s: the address is there without %s", p.Name, capability)
		}
		return state.ExitCode()
	}
	if ours, c := status(lab.Ours(t)), status(lab.CKeepalived(t)); ours != c {
		t.Errorf("exit status %d, of C %d", ours, c)
	}
}
