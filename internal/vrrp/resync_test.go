package vrrp

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"keepalived/internal/config"
)

// What the monitor's socket does not hold is looked up. While addresses are
// still being set, those that are missing are not somebody else's doing.
func TestLostEventsAreNoLostAddresses(t *testing.T) {
	in := testInstance()
	in.VIPs = nil
	for i := range 1500 {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32)
		in.ExcludedVIPs = append(in.ExcludedVIPs, config.Address{Prefix: p, Dev: "vrrp0", PreferredLft: config.LifetimeForever})
	}
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	conf.Global.Buffers.VRRPNetlinkMonitor.Size = 1
	r := startConfigured(t, conf)
	count := func() int {
		out, _ := exec.Command("ip", "-4", "-o", "address", "show", "dev", "vrrp0").Output()
		return strings.Count(string(out), " 10.0.")
	}
	r.wait("every address", func() bool { return count() == 1500 })
	if r.logged("removed by another program") {
		t.Error("addresses that were not set yet were taken for lost ones")
	}
	n := 0
	defer func() {
		if t.Failed() {
			t.Logf("%d of 1500 addresses", n)
		}
	}()
	for range 3 {
		ip(t, "address flush dev vrrp0 to 10.0.0.0/16")
		r.wait("every address again", func() bool { n = count(); return n == 1500 })
	}
}
