package vrrp

import (
	"os/exec"
	"testing"

	"keepalived/internal/config"
)

// An interface that gets another name takes nothing of ours along: nobody would
// remove it there.
func TestInterfaceThatIsRenamedWhileMaster(t *testing.T) {
	r := startConfigured(t, staticsConfig())
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	r.waitStatics(true)
	t.Cleanup(func() { _ = exec.Command("ip", "link", "delete", "other0").Run() })
	for _, args := range []string{"link set vrrp0 down", "link set vrrp0 name other0", "link set other0 up"} {
		ip(t, args)
	}
	for _, address := range []string{"192.0.2.10/32", "198.51.100.1/24", "2001:db8::1/64"} {
		r.waitIP("address", address, false)
	}
	// Another one of that name gets all.
	for _, args := range []string{
		"link add vrrp0 type veth peer name wire1", "address add 192.0.2.1/24 dev vrrp0", "link set wire1 up", "link set vrrp0 up",
	} {
		ip(t, args)
	}
	r.waitIP("address show dev vrrp0", "192.0.2.10/32", true)
	r.waitStatics(true)
}

// An interface need not be there at the start, and may have another name first
// (dynamic_interfaces).
func TestInterfaceThatComesLater(t *testing.T) {
	for _, in := range []config.Instance{testInstance(), vmacInstance(), vmac6Instance()} {
		t.Run(in.Name+in.VMAC.Name, func(t *testing.T) {
			conf := staticsConfig()
			conf.VRRP.Instances = []config.Instance{in}
			r := startConfigured(t, conf, "link set vrrp0 down", "link set vrrp0 name other0", "link set other0 up")
			t.Cleanup(func() { ip(t, "link set vrrp0 up") })
			r.waitLog("entering FAULT state (interface vrrp0 down)")
			for range 2 {
				ip(t, "link set other0 down")
				ip(t, "link set other0 name vrrp0")
				ip(t, "link set vrrp0 up")
				r.waitIP("address show dev "+ownInterface(&in), in.VIPs[0].Prefix.String(), true)
				r.waitStatics(true)
				ip(t, "link set vrrp0 down")
				ip(t, "link set vrrp0 name other0")
				r.waitIP("address", in.VIPs[0].Prefix.String(), false)
			}
			ip(t, "link set other0 name vrrp0")
		})
	}
}
