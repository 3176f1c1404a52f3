package vrrp

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
)

// waitRules waits until nft(8) prints text, or no longer does.
func (r *testRouter) waitRules(text string, present bool) {
	r.t.Helper()
	last := ""
	defer func() {
		if r.t.Failed() {
			r.t.Logf("rules: %s", last)
		}
	}()
	r.wait("rules with "+text, func() bool {
		out, _ := exec.Command("nft", "list", "ruleset").CombinedOutput()
		last = strings.Join(strings.Fields(string(out)), " ")
		return strings.Contains(last, text) == present
	})
}

func TestNoAcceptBlocksTheAddresses(t *testing.T) {
	if out, err := exec.Command("nft", "add", "table", "ip", "keepalived").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out) // as a predecessor that was killed leaves it
	}
	in := testInstance()
	in.Accept = false
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	r := startConfigured(t, conf)
	r.waitLog("use_vmac or no_accept/strict specified, but no firewall configured - using nftables")
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	r.waitRules("elements = { 192.0.2.10 }", true)
	ip(t, "link set wire0 down")
	r.waitRules("elements = { 192.0.2.10 }", false)
	ip(t, "link set wire0 up")
	r.waitRules("elements = { 192.0.2.10 }", true)
	conf.VRRP.Instances[0].Accept = true
	r.reload(conf)
	r.waitRules("elements = { 192.0.2.10 }", false)
	conf.VRRP.Instances[0].Accept = false
	r.reload(conf)
	r.waitRules("elements = { 192.0.2.10 }", true)
	r.parent.Close()
	r.waitRules("keepalived", false)
}

// Switches must learn the group's members, and not the virtual MAC of a backup.
func TestReportsOfVMACsLeaveByTheBase(t *testing.T) {
	r := startRouter(t, vmacInstance())
	base, err := net.InterfaceByName("vrrp0")
	if err != nil {
		t.Fatal(err)
	}
	const group = "\xe0\x00\x00\x12"
	var buf [2048]byte
	r.wait("IGMP report of the VRRP group", func() bool {
		n, from, err := unix.Recvfrom(r.hear, buf[:], 0)
		ll, ok := from.(*unix.SockaddrLinklayer)
		if err != nil || !ok || n < 24 || buf[9] != unix.IPPROTO_IGMP || !strings.Contains(string(buf[:n]), group) {
			return false
		}
		if mac := net.HardwareAddr(ll.Addr[:6]).String(); mac != base.HardwareAddr.String() {
			t.Fatalf("report of %s", mac)
		}
		return true
	})
	r.parent.Close()
	r.waitRules("keepalived", false)
}
