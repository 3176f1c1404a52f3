package vrrp

import (
	"testing"

	"keepalived/internal/config"
)

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
