package vrrp

import (
	"testing"
	"time"

	"keepalived/internal/config"
)

func delayed(in config.Instance, down, up time.Duration) config.Config {
	c := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	c.VRRP.InterfaceDelays = []config.InterfaceDelay{{Interface: "vrrp0", Down: down, Up: up}}
	return c
}

func TestShortLossOfAnInterfaceHasNoConsequence(t *testing.T) {
	for _, in := range []config.Instance{testInstance(), vmacInstance()} {
		t.Run(in.VMAC.Name, func(t *testing.T) {
			r := startConfigured(t, delayed(in, time.Hour, 0))
			r.waitLog("(VI_1) Entering MASTER STATE")
			faults := r.count("FAULT") // the link may have been up a moment after the start
			ip(t, "link set wire0 down")
			r.waitIP("link show dev vrrp0", "LOWERLAYERDOWN", true)
			ip(t, "link set wire0 up")
			r.waitIP("link show dev vrrp0", "LOWERLAYERDOWN", false)
			// Reported after the change above.
			ip(t, "link add late0 type veth peer name late1")
			r.waitLog("Interface late0 added")
			ip(t, "link del late0")
			if r.count("FAULT") > faults || r.logged("reports vrrp0 down") {
				t.Error("it had a consequence")
			}
		})
	}
}

func TestLossOfAnInterfaceThatLasts(t *testing.T) {
	r := startConfigured(t, delayed(testInstance(), 50*time.Millisecond, 50*time.Millisecond))
	r.waitLog("(VI_1) Entering MASTER STATE")
	began := time.Now()
	ip(t, "link set wire0 down")
	r.waitLog("(VI_1) Entering FAULT STATE")
	ip(t, "link set wire0 up")
	r.waitLog("Netlink reports vrrp0 up")
	if d := time.Since(began); d < 100*time.Millisecond {
		t.Errorf("down and up had their consequences within %v", d)
	}
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
}
