package vrrp

import (
	"net/netip"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"keepalived/internal/netif"
	"keepalived/internal/vrrp/dump"
)

// interfaces lists those that exist by index, then configured ones that do not.
func (p *picture) interfaces() (out []dump.Interface) {
	own := allVIPs(p.conf.VRRP.Instances)
	for _, a := range p.conf.VRRP.StaticAddresses {
		own[a.Addr()] = true
	}
	tracked := p.trackedInterfaces()
	names := map[int]string{}
	for name, l := range p.view {
		names[l.Index] = name
	}
	for name, l := range p.view {
		f := p.interfaceOf(&l, names, own)
		f.TrackedBy = tracked[name]
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b dump.Interface) int { return a.Index - b.Index })
	var missing []string
	for name := range tracked {
		if _, ok := p.view[name]; !ok {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	for _, name := range missing {
		out = append(out, dump.Interface{Name: name, Own: hasDevice(p.devices, name), TrackedBy: tracked[name]})
	}
	return out
}

// untrackedWeight is shown for an interface whose failure is no fault
// (dont_track_primary).
const untrackedWeight = 255

// trackedInterfaces is which instances depend on an interface.
func (p *picture) trackedInterfaces() map[string][]dump.Tracking {
	by := map[string][]dump.Tracking{}
	for i := range p.instances {
		c := p.instances[i].conf
		own := dump.Tracking{Instance: c.Name}
		if c.DontTrackPrimary {
			own.Weight = untrackedWeight
		}
		names := []string{c.Interface}
		if dev := ownInterface(&c); dev != c.Interface {
			names = append(names, dev)
		}
		for _, name := range names {
			if name != "" {
				by[name] = append(by[name], own)
			}
		}
		for _, t := range trackedInterfaces(&c) {
			if !slices.Contains(names, t.Name) {
				by[t.Name] = append(by[t.Name], dump.Tracking{Instance: c.Name, Weight: t.Weight, Reverse: t.Reverse})
			}
		}
	}
	return by
}

func (p *picture) interfaceOf(l *netif.Link, names map[int]string, own map[netip.Addr]bool) dump.Interface {
	f := dump.Interface{
		Name: l.Name, Index: l.Index, MAC: l.HardwareAddr.String(), Broadcast: l.Broadcast.String(),
		Up: l.Up(), Running: l.Running(), SeenUp: l.Up() && l.Running(),
		NoBroadcast: l.Flags&unix.IFF_BROADCAST == 0, Loopback: l.Loopback(), PointToPoint: l.PointToPoint(),
		NoARP: l.NoARP(), NoMulticast: !l.Multicast(),
		Group: l.Group, Kind: l.Kind, Own: hasDevice(p.devices, l.Name), MTU: l.MTU, HardwareType: hardwareType(l.Type),
	}
	if b, asked := p.beats[l.Name]; asked && b.query != netif.QueryAny {
		f.Beat = b.query.String()
	}
	f.UpDelay, f.DownDelay = delaysOf(&p.conf.VRRP, l.Name)
	f.GarpInterval, f.GnaInterval = pacesOf(p.conf, l.Name)
	for _, a := range p.addrs[l.Index] {
		ip := a.Prefix.Addr()
		switch {
		case own[ip]:
		case ip.Is4():
			f.IPv4, f.More4 = another(f.IPv4, f.More4, ip)
		case ip.IsLinkLocalUnicast():
			f.IPv6, f.More6 = another(f.IPv6, f.More6, ip)
		}
	}
	if base, ok := names[l.ParentIndex]; ok && (l.Kind == "macvlan" || l.Kind == "ipvlan") {
		b := p.view[base]
		f.Base, f.BaseUp, f.BaseRunning = base, b.Up(), b.Running()
		f.Mode = modeOf(l)
	}
	f.VRF, f.VRFTable = names[l.VRFIndex()], l.VRFTable
	return f
}

// another puts an address behind the first.
func another(first netip.Addr, rest []netip.Addr, ip netip.Addr) (netip.Addr, []netip.Addr) {
	if !first.IsValid() {
		return ip, rest
	}
	return first, append(rest, ip)
}

// modeOf is how the mode of a macvlan or ipvlan is shown.
func modeOf(l *netif.Link) string {
	if l.Kind == "macvlan" {
		return macvlanModes[l.MacvlanMode]
	}
	flags := "bridge"
	switch {
	case l.IPvlanFlags&netif.IPvlanFlagPrivate != 0:
		flags = "private"
	case l.IPvlanFlags&netif.IPvlanFlagVEPA != 0:
		flags = "vepa"
	}
	return ipvlanModes[l.IPvlanMode] + " " + flags
}

// ipvlanModes are the names of the kernel's IPVLAN_MODE_*.
var ipvlanModes = map[uint16]string{netif.IPvlanL2: "L2", 1: "L3", 2: "L3S"}

// macvlanModes are the names of ip-link(8).
var macvlanModes = map[uint32]string{
	netif.MacvlanPrivate: "private", 2: "vepa", 4: "bridge", 8: "passthru", 16: "source",
}

// hardwareTypes are the ARPHRD_* that virtual routers run on.
var hardwareTypes = map[uint16]string{
	unix.ARPHRD_ETHER: "ETHERNET", unix.ARPHRD_LOOPBACK: "LOOPBACK", unix.ARPHRD_INFINIBAND: "INFINIBAND",
}

func hardwareType(t uint16) string {
	if name, ok := hardwareTypes[t]; ok {
		return name
	}
	return "UNKNOWN (" + strconv.Itoa(int(t)) + ")"
}
