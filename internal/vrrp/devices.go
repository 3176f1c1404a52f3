package vrrp

import (
	"net"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// device is an interface that the daemon makes: the VMAC or ipvlan of an
// instance, or the VMAC of addresses on another interface.
type device struct {
	owner string // name of the instance
	name  string
	base  string // interface that it is made on
	kind  string // "macvlan" or "ipvlan"
	mac   net.HardwareAddr
	flags uint16 // of an ipvlan
	group config.Opt[uint32]

	family    config.Family // of the adverts or addresses
	ipv6      bool          // IPv6 is not switched off
	linkLocal bool          // has the base's link-local address: IPv6 adverts come from it
	address   netip.Prefix  // of an ipvlan; invalid: none
	notify    bool          // the base's listeners are told (netlink_notify_msg)
}

// place is where the addresses of an instance go.
type place struct {
	own   string               // interface of addresses that name none
	extra map[extraVMAC]string // names of the VMACs on other interfaces
	*config.Instance
}

// extraVMAC identifies a VMAC of addresses within an instance.
type extraVMAC struct {
	base   string
	family config.Family
}

// ownInterface is the interface that an instance uses: its VMAC or ipvlan, or
// the configured one.
func ownInterface(in *config.Instance) string {
	switch {
	case in.VMAC.Use:
		return in.VMAC.Name
	case in.IPVLAN.Use:
		return in.IPVLAN.Name
	}
	return in.Interface
}

// addressInterface is the one that addresses go to which name none. An ipvlan
// shares its MAC with its base, where the addresses stay, as in the C daemon.
func addressInterface(in *config.Instance) string {
	if in.IPVLAN.Use {
		return in.Interface
	}
	return ownInterface(in)
}

// advertInterface is the one by which adverts leave and arrive.
func advertInterface(in *config.Instance) string {
	if in.VMAC.Use && in.VMAC.XmitBase {
		return in.Interface
	}
	return ownInterface(in)
}

// dev is the interface that an address goes to. One of the other family than
// the instance's goes to the configured interface.
func (p place) dev(a config.Address) string {
	family := config.FamilyOf(a.Addr())
	if name, ok := p.extra[extraVMAC{a.Dev, family}]; ok && p.wantsVMAC(a) {
		return name
	}
	if a.Dev != "" && a.Dev != p.Interface || family != p.Family {
		return a.Dev
	}
	return p.own
}

// wantsVMAC tells whether an address goes to a VMAC that is not the instance's.
func (p place) wantsVMAC(a config.Address) bool {
	if a.Dev == "" || a.Dev == p.own {
		return false
	}
	if a.Dev == p.Interface && (p.VMAC.Use || p.IPVLAN.Use) {
		return false
	}
	return a.UseVMAC || p.UseVMACAddr && a.Dev != p.Interface
}

// planDevices names the interfaces that a configuration needs and says, for
// each instance, where its addresses go.
func planDevices(c *config.Config) (devices []device, places []place) {
	names := map[string]bool{}
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		names[ownInterface(in)], names[in.Interface] = true, true
	}
	places = make([]place, 0, len(c.VRRP.Instances))
	for i := range c.VRRP.Instances {
		in := &c.VRRP.Instances[i]
		p := place{own: addressInterface(in), Instance: in}
		if d, ok := instanceDevice(in); ok {
			devices = append(devices, d)
		}
		for _, list := range [][]config.Address{in.VIPs, in.ExcludedVIPs} {
			for _, a := range list {
				key := extraVMAC{a.Dev, config.FamilyOf(a.Addr())}
				if !p.wantsVMAC(a) || p.extra[key] != "" {
					continue
				}
				if p.extra == nil {
					p.extra = map[extraVMAC]string{}
				}
				p.extra[key] = freeName(c.Global.VRRPDefaults.VMACAddrPrefix, in.VRID, key.family, names)
				devices = append(devices, extraDevice(in, p.extra[key], key))
			}
		}
		places = append(places, p)
	}
	return devices, places
}

// freeName is PREFIX.VRID; where that is taken PREFIX6.VRID for IPv6, then
// PREFIX1.VRID and so on.
func freeName(prefix string, vrid uint8, family config.Family, taken map[string]bool) string {
	suffix := "." + strconv.Itoa(int(vrid))
	join := func(n string) string {
		room := unix.IFNAMSIZ - 1 - len(suffix) - len(n)
		return prefix[:min(len(prefix), room)] + n + suffix
	}
	name := join("")
	if family == config.IPv6 && taken[name] {
		name = join("6")
	}
	for n := 1; taken[name]; n++ {
		name = join(strconv.Itoa(n))
	}
	taken[name] = true
	return name
}

// virtualMAC is the virtual router's MAC address, RFC 9568 7.3.
func virtualMAC(family config.Family, vrid uint8) net.HardwareAddr {
	mac := net.HardwareAddr{0, 0, 0x5e, 0, 1, vrid}
	if family == config.IPv6 {
		mac[4] = 2
	}
	return mac
}

func extraDevice(in *config.Instance, name string, key extraVMAC) device {
	return device{
		owner: in.Name, name: name, base: key.base, kind: "macvlan", mac: virtualMAC(key.family, in.VRID),
		group: in.VMAC.Group, family: key.family, ipv6: key.family == config.IPv6, notify: in.VMAC.NetlinkNotifyMsg,
	}
}

func instanceDevice(in *config.Instance) (device, bool) {
	d := device{owner: in.Name, base: in.Interface, family: in.Family, ipv6: in.Family == config.IPv6 || anyIPv6(in.ExcludedVIPs)}
	switch {
	case in.ConfigFault != "":
		return d, false
	case in.VMAC.Use:
		d.name, d.kind, d.mac = in.VMAC.Name, "macvlan", net.HardwareAddr(in.VMAC.MAC[:])
		d.group, d.notify = in.VMAC.Group, in.VMAC.NetlinkNotifyMsg
		d.linkLocal = in.Family == config.IPv6 && !in.VMAC.XmitBase
		return d, true
	case in.IPVLAN.Use:
		d.name, d.kind, d.group, d.address = in.IPVLAN.Name, "ipvlan", in.IPVLAN.Group, in.IPVLAN.Address
		d.flags = ipvlanFlags[in.IPVLAN.Mode]
		d.linkLocal = in.Family == config.IPv6 && !d.address.IsValid()
		return d, true
	}
	return d, false
}

var ipvlanFlags = map[config.IPVLANMode]uint16{
	config.IPVLANBridge:  netif.IPvlanFlagBridge,
	config.IPVLANPrivate: netif.IPvlanFlagPrivate,
	config.IPVLANVepa:    netif.IPvlanFlagVEPA,
}

func anyIPv6(list []config.Address) bool {
	for _, a := range list {
		if a.Addr().Is6() {
			return true
		}
	}
	return false
}

// newLink is the device as the kernel is asked for it.
func (d device) newLink(base netif.Link) netif.NewLink {
	return netif.NewLink{
		Name: d.name, Kind: d.kind, ParentIndex: base.Index, HardwareAddr: d.mac, Group: d.group.Or(base.Group),
		MacvlanMode: netif.MacvlanPrivate, IPvlanMode: netif.IPvlanL2, IPvlanFlags: d.flags,
	}
}

// addresses is what the device itself has, besides those of a master.
func (d device) addresses(index int, base netip.Addr) []netif.Address {
	var out []netif.Address
	if d.linkLocal && base.IsValid() {
		out = append(out, netif.Address{
			Index: index, Prefix: netip.PrefixFrom(base, 64), Scope: unix.RT_SCOPE_LINK, Flags: unix.IFA_F_NODAD,
			Valid: netif.Forever, Protocol: netif.Protocol,
		})
	}
	if d.address.IsValid() {
		a := netif.Address{Index: index, Prefix: d.address, Protocol: netif.Protocol}
		if a.Is6() {
			a.Flags = unix.IFA_F_NODAD
		}
		out = append(out, a)
	}
	return out
}

// linkLocalOf is the link-local address that an interface has, or would make
// from its hardware address (RFC 4291 appendix A).
func linkLocalOf(addrs []netif.Address, mac net.HardwareAddr) netip.Addr {
	for _, a := range addrs {
		if ip := a.Prefix.Addr(); ip.Is6() && ip.IsLinkLocalUnicast() {
			return ip
		}
	}
	if len(mac) != 6 {
		return netip.Addr{}
	}
	return netip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 8: mac[0] ^ 2, 9: mac[1], 10: mac[2], 11: 0xff, 12: 0xfe, 13: mac[3], 14: mac[4], 15: mac[5]})
}
