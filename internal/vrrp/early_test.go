package vrrp

import (
	"testing"

	"keepalived/internal/config"
)

func TestReloadThatAddsAVMACHasNoFault(t *testing.T) {
	for _, in := range []config.Instance{vmacInstance(), vmac6Instance()} {
		t.Run(in.Name, func(t *testing.T) {
			first := testInstance()
			first.Name, first.VRID, first.VIPs = "VI_0", 7, nil
			conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{first}}}
			r := startConfigured(t, conf)
			r.waitLog("(VI_0) Entering MASTER STATE")
			conf.VRRP.Instances = append(conf.VRRP.Instances, in)
			r.reload(conf)
			r.waitLog("(" + in.Name + ") Entering MASTER STATE")
			if r.logged("FAULT") {
				t.Error("it began with a fault")
			}
		})
	}
}

// A device that cannot be made does not hold up a reload for ever.
func TestReloadWithAVMACThatCannotBeMade(t *testing.T) {
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{testInstance()}}}
	r := startConfigured(t, conf, "link add vrrp.52 type bridge")
	t.Cleanup(func() { ip(t, "link delete vrrp.52") })
	in := vmacInstance()
	in.Name, in.VRID, in.VMAC.Name = "VI_2", 52, "vrrp.52"
	conf.VRRP.Instances = append(conf.VRRP.Instances, in)
	r.reload(conf)
	r.waitLog("interface vrrp.52 exists already and is not a macvlan")
	r.waitLog("(VI_2) entering FAULT state")
	if r.logged("(VI_1) Entering FAULT") {
		t.Error("the other instance suffered")
	}
}
