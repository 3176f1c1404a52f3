package vrrp

import (
	"net"
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

// A VMAC that a reload gives another name stays what it is, and its router
// master.
func TestReloadThatRenamesAVMAC(t *testing.T) {
	for _, in := range []config.Instance{vmacInstance(), vmac6Instance()} {
		t.Run(in.Name, func(t *testing.T) {
			conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
			r := startConfigured(t, conf)
			old, vip := in.VMAC.Name, in.VIPs[0].Prefix.String()
			r.waitIP("address show dev "+old, vip, true)
			was := old
			before, err := net.InterfaceByName(old)
			if err != nil {
				t.Fatal(err)
			}
			for n, name := range []string{"other", "third", old} {
				conf.VRRP.Instances[0].VMAC.Name = name
				r.reload(conf)
				r.waitReloads(n + 1)
				r.waitIP("address show dev "+name, vip, true)
				r.waitLog("Interface name has changed from " + was + " to " + name)
				was = name
				after, err := net.InterfaceByName(name)
				if err != nil || after.Index != before.Index {
					t.Errorf("%s is another interface, %v", name, err)
				}
			}
			// It is known by its last name.
			ip(t, "address delete "+vip+" dev "+old)
			r.waitLog(vip + " on " + old + " removed by another program - restored")
			r.waitIP("address show dev "+old, vip, true)
			ip(t, "link delete "+old)
			r.waitLog("Entering FAULT STATE")
			r.waitIP("address show dev "+old, vip, true)
			for _, text := range []string{"other", "third"} {
				r.waitIP("link", text, false)
			}
			if n := r.count("Entering MASTER STATE"); n > 2 {
				t.Errorf("it became master %d times", n)
			}
			r.parent.Close()
			r.waitIP("link", old, false)
		})
	}
}
