package vrrp

import (
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
	"keepalived/internal/vrrp/packet"
)

func vmacInstance() config.Instance {
	in := testInstance()
	in.VMAC = config.VMAC{Use: true, Name: "vrrp.51", MAC: config.MAC{0, 0, 0x5e, 0, 1, 51}}
	in.VIPs[0].Dev = ""
	return in
}

func vmac6Instance() config.Instance {
	in := vmacInstance()
	in.Name, in.Family, in.VRID = "VI_6", config.IPv6, 52
	in.McastDst = netip.MustParseAddr("ff02::12")
	in.VMAC.Name, in.VMAC.MAC = "vrrp.52", config.MAC{0, 0, 0x5e, 0, 2, 52}
	in.VIPs = []config.Address{{Prefix: netip.MustParsePrefix("fe80::51/128")}}
	return in
}

// advertFrom waits for an advert that leaves with the hardware address.
func (r *testRouter) advertFrom(mac string) {
	r.t.Helper()
	var buf [2048]byte
	r.wait("advert from "+mac, func() bool {
		n, from, err := unix.Recvfrom(r.hear, buf[:], 0)
		if err != nil || n < 22 || buf[9] != packet.ProtocolVRRP {
			return false
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		return ok && net.HardwareAddr(ll.Addr[:6]).String() == mac
	})
}

func sysctl(t *testing.T, parts ...string) string {
	t.Helper()
	v, err := netif.Sysctl(parts...).Read()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVMACHasTheRoutersAddresses(t *testing.T) {
	r := startRouter(t, vmacInstance())
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
	r.advertFrom("00:00:5e:00:01:33")
	r.waitIP("-d link show dev vrrp.51", "macvlan mode private", true)
	r.waitIP("-d link show dev vrrp.51", "addrgenmode none", true)
	r.waitIP("link show dev vrrp.51", "link/ether 00:00:5e:00:01:33", true)
	for name, want := range map[string]string{"arp_ignore": "1", "accept_local": "1", "rp_filter": "0", "promote_secondaries": "1"} {
		if got := sysctl(t, "net", "ipv4", "conf", "vrrp.51", name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := sysctl(t, "net", "ipv6", "conf", "vrrp.51", "disable_ipv6"); got != "1" {
		t.Errorf("disable_ipv6 is %s", got)
	}
	for _, name := range baseNames {
		if got := sysctl(t, "net", "ipv4", "conf", "vrrp0", name); got != "1" {
			t.Errorf("%s of the base is %s", name, got)
		}
	}
	r.parent.Close()
	r.waitIP("link", "vrrp.51", false)
	for _, name := range baseNames {
		r.wait(name+" of the base as it was", func() bool { return sysctl(t, "net", "ipv4", "conf", "vrrp0", name) == "0" })
	}
}

func TestVMACStartsWithoutAFault(t *testing.T) {
	r := startRouter(t, vmacInstance(), vmac6Instance())
	r.waitLog("(VI_1) Entering MASTER STATE")
	r.waitLog("(VI_6) Entering MASTER STATE")
	if r.logged("FAULT") {
		t.Error("it began with a fault")
	}
}

func TestVMACOfIPv6(t *testing.T) {
	r := startRouter(t, vmac6Instance())
	r.waitIP("address show dev vrrp.52", "inet6 fe80::51/128 scope link", true)
	out, err := exec.Command("ip", "-6", "-br", "address", "show", "dev", "vrrp0", "scope", "link").Output()
	if err != nil {
		t.Fatal(err)
	}
	r.waitIP("address show dev vrrp.52", strings.Fields(string(out))[2], true)
	r.parent.Close()
	r.waitIP("link", "vrrp.52", false)
}

func TestVMACComesBackWithItsBase(t *testing.T) {
	for _, in := range []config.Instance{vmacInstance(), vmac6Instance()} {
		t.Run(in.Name, func(t *testing.T) {
			r := startRouter(t, in)
			name, vip := in.VMAC.Name, in.VIPs[0].Prefix.String()
			r.waitIP("address show dev "+name, vip, true)
			ip(t, "link delete vrrp0")
			r.waitLog("(" + in.Name + ") Entering FAULT STATE")
			r.waitIP("link", name, false)
			for _, args := range []string{
				"link add vrrp0 type veth peer name wire0", "address add 192.0.2.1/24 dev vrrp0", "link set vrrp0 up", "link set wire0 up",
			} {
				ip(t, args)
			}
			r.waitIP("address show dev "+name, vip, true)
		})
	}
}

func TestVMACThatIsDeletedIsMadeAgain(t *testing.T) {
	r := startRouter(t, vmacInstance())
	for range 3 {
		r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
		ip(t, "link delete vrrp.51")
	}
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
	r.advertFrom("00:00:5e:00:01:33")
}

func TestVMACIsUsedAgain(t *testing.T) {
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{vmacInstance()}}}
	r := startConfigured(t, conf, "link add link vrrp0 name vrrp.51 address 00:00:5e:00:01:09 type macvlan mode bridge")
	r.waitLog("(VI_1) Found matching interface vrrp.51")
	r.waitIP("-d link show dev vrrp.51", "macvlan mode private", true)
	r.waitIP("link show dev vrrp.51", "link/ether 00:00:5e:00:01:33", true)
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
}

func TestVMACOnADownBase(t *testing.T) {
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{vmacInstance()}}}
	r := startConfigured(t, conf, "link set vrrp0 down")
	r.waitLog("entering FAULT state (interface vrrp0 down)")
	ip(t, "link set vrrp0 up")
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
}

func TestVMACXmitBase(t *testing.T) {
	in := vmacInstance()
	in.VMAC.XmitBase = true
	r := startRouter(t, in)
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
	base, err := net.InterfaceByName("vrrp0")
	if err != nil {
		t.Fatal(err)
	}
	r.advertFrom(base.HardwareAddr.String())
}

func TestVMACOfAddresses(t *testing.T) {
	in := testInstance()
	in.VIPs = append(in.VIPs, config.Address{
		Prefix: netip.MustParsePrefix("198.51.100.9/32"), Dev: "wire0", DevSet: true, UseVMAC: true, PreferredLft: config.LifetimeForever,
	})
	in.ExcludedVIPs = []config.Address{{Prefix: netip.MustParsePrefix("2001:db8::9/128"), Dev: "wire0", DevSet: true, UseVMAC: true}}
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	conf.Global.VRRPDefaults.VMACAddrPrefix = "vmac"
	r := startConfigured(t, conf)
	r.waitIP("address show dev vmac.51", "198.51.100.9/32", true)
	r.waitIP("address show dev vmac6.51", "2001:db8::9/128", true)
	r.waitIP("link show dev vmac6.51", "00:00:5e:00:02:33", true)
	if !r.hasAddress("192.0.2.10/32") {
		t.Error("the other VIP is not on the instance's interface")
	}
	r.parent.Close()
	r.waitIP("link", "vmac", false)
}

func TestVMACFollowsAReload(t *testing.T) {
	in := vmacInstance()
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{testInstance()}}}
	r := startConfigured(t, conf)
	r.wait("VIP", func() bool { return r.hasAddress("192.0.2.10/32") })
	conf.VRRP.Instances = []config.Instance{in}
	r.reload(conf)
	r.waitIP("address show dev vrrp.51", "192.0.2.10/32", true)
	conf.VRRP.Instances = []config.Instance{testInstance()}
	r.reload(conf)
	r.waitIP("link", "vrrp.51", false)
	r.wait("VIP on the interface", func() bool { return r.hasAddress("192.0.2.10/32") })
}

func TestRPFilterIsMovedToTheInterfaces(t *testing.T) {
	all := netif.Sysctl("net", "ipv4", "conf", "all", "rp_filter")
	if err := all.Write("1"); err != nil {
		t.Fatal(err)
	}
	defer all.Write("0")
	r := startRouter(t, vmacInstance())
	r.waitLog("NOTICE: setting sysctl net.ipv4.conf.all.rp_filter from 1 to 0")
	for dev, want := range map[string]string{"all": "0", "vrrp0": "1", "wire0": "1", "vrrp.51": "0"} {
		if got := sysctl(t, "net", "ipv4", "conf", dev, "rp_filter"); got != want {
			t.Errorf("rp_filter of %s is %s, want %s", dev, got, want)
		}
	}
	r.parent.Close()
	r.waitLog("NOTICE: resetting sysctl net.ipv4.conf.all.rp_filter to 1")
	r.wait("rp_filter as it was", func() bool { return sysctl(t, "net", "ipv4", "conf", "vrrp0", "rp_filter") == "0" })
}

func TestPlanOfDevices(t *testing.T) {
	in := vmacInstance()
	in.UseVMACAddr = true
	a := func(prefix, dev string) config.Address {
		return config.Address{Prefix: netip.MustParsePrefix(prefix), Dev: dev, DevSet: dev != ""}
	}
	tests := []struct {
		addr config.Address
		want string
	}{
		{a("192.0.2.2/32", "vrrp0"), "vrrp.51"},
		{a("2001:db8::1/128", "vrrp0"), "vrrp0"}, // the other family stays on the base
		{a("192.0.2.3/32", "eth1"), "vrrp1.51"},
		{a("2001:db8::2/128", "eth1"), "vrrp6.51"},
		{a("192.0.2.4/32", "eth2"), "vrrp2.51"},
		{a("192.0.2.5/32", "eth1"), "vrrp1.51"},
	}
	in.VIPs = nil
	for _, tt := range tests {
		in.VIPs = append(in.VIPs, tt.addr)
	}
	c := config.Config{VRRP: config.VRRP{Instances: []config.Instance{in}}}
	c.Global.VRRPDefaults.VMACAddrPrefix = "vrrp"
	devices, places := planDevices(&c)
	for _, tt := range tests {
		if got := places[0].dev(tt.addr); got != tt.want {
			t.Errorf("%s goes to %s, want %s", tt.addr.Prefix, got, tt.want)
		}
	}
	if len(devices) != 4 {
		t.Errorf("%d devices, want 4", len(devices))
	}
}

func TestDisableLocalIGMP(t *testing.T) {
	conf := config.Config{VRRP: config.VRRP{Instances: []config.Instance{vmacInstance()}}}
	conf.Global.DisableLocalIGMP = true
	before := sysctl(t, "net", "ipv4", "igmp_link_local_mcast_reports")
	r := startConfigured(t, conf)
	if got := sysctl(t, "net", "ipv4", "igmp_link_local_mcast_reports"); got != "0" {
		t.Errorf("it is %s", got)
	}
	r.parent.Close()
	r.wait("the old value", func() bool { return sysctl(t, "net", "ipv4", "igmp_link_local_mcast_reports") == before })
}
