package config

import (
	"net/netip"
	"strconv"
	"strings"

	"keepalived/internal/config/lang"
)

// joinFamily makes the instance one of the address's family, or says that it is
// of the other.
func (in *instanceDraft) joinFamily(a netip.Addr) bool {
	if in.Family == FamilyUnset {
		in.Family = FamilyOf(a)
	}
	return in.Family == FamilyOf(a)
}

func srcIP(unicast bool) handler {
	return onInstance(func(d *decoder, in *instanceDraft, s stmt) {
		addr, ok := parseAddr(addrPrefix(s.arg(1)))
		in.unicastConfigured = in.unicastConfigured || unicast
		switch {
		case !ok:
			d.refuse(s, 1, "Configuration error: VRRP instance[{name}] malformed src address[{v}]. Skipping...")
		case !in.joinFamily(addr):
			d.refuse(s, 1, "Configuration error: VRRP instance[{name}] and src address[{v}] MUST be of the same family !!! Skipping...")
		default:
			in.SrcIP = addr
		}
	})
}

func setMcastDst(d *decoder, in *instanceDraft, s stmt) {
	addr, ok := parseAddr(addrPrefix(s.arg(1)))
	switch {
	case !ok:
		d.refuse(s, 1, "({name}) malformed mcast dest address {v}. Skipping...")
	case !in.joinFamily(addr):
		d.refuse(s, 1, "({name}) mcast dest address {v} MUST match VRRP instance family. Skipping...")
	case addr.Is4() && !addr.IsMulticast():
		d.refuse(s, 1, "({name}) mcast_dst_ip {v} not multicast. Skipping...")
	case addr.Is6() && !addr.IsLinkLocalMulticast():
		d.refuse(s, 1, "({name}) mcast_dst_ip {v} not link-local multicast. Skipping...")
	default:
		in.McastDst = addr
	}
}

func unicastPeer(d *decoder, s stmt) {
	in := d.inst
	addr, ok := parseAddr(addrPrefix(s.arg(0)))
	switch {
	case !ok:
		d.refuse(s, 0, "Configuration error: VRRP instance[{name}] malformed unicast peer address[{v}]. Skipping...")
		return
	case !in.joinFamily(addr):
		d.refuse(s, 0, "Configuration error: VRRP instance[{name}] and unicast peer address[{v}] MUST be of the same family !!! Skipping...")
		return
	}
	for _, p := range in.UnicastPeers {
		if p.Addr == addr {
			d.refuse(s, 0, "({name}) {v} - duplicate unicast_peer")
			return
		}
	}
	peer := UnicastPeer{Addr: addr, MaxTTL: 255}
	if d.peerOptions(&peer, s) {
		in.UnicastPeers = append(in.UnicastPeers, peer)
	}
}

func (d *decoder) peerOptions(peer *UnicastPeer, s stmt) bool {
	for i := 1; i < s.n(); i += 2 {
		word := s.arg(i)
		if word != "min_ttl" && word != "max_ttl" {
			d.errorf(s, i, "(%s) %s - unknown unicast_peer option %s", d.name, s.arg(0), word)
			i--
			continue
		}
		if i+1 >= s.n() {
			d.errorf(s, i, "(%s) %s - %s is missing a value", d.name, s.arg(0), word)
			return true
		}
		v, ok := d.number(s, i+1, limits{lo: 0, hi: 255, strict: true})
		if !ok {
			continue
		}
		d.inst.CheckUnicastSrc = true
		if word == "min_ttl" {
			peer.MinTTL = uint8(v)
		} else {
			peer.MaxTTL = uint8(v)
		}
	}
	if peer.MinTTL > peer.MaxTTL {
		d.errorf(s, 0, "(%s) %s - min_ttl %d > max_ttl %d - all packets will be discarded", d.name, s.arg(0), peer.MinTTL, peer.MaxTTL)
	}
	return true
}

func unicastPeers(d *decoder, _ stmt) bool {
	d.inst.unicastConfigured = true
	return true
}

// setVMAC reads [[name] IFNAME] [MAC] [netlink_notify_msg] [group GROUP].
func setVMAC(d *decoder, in *instanceDraft, s stmt) {
	in.VMAC.Use = true
	for i := 1; i < s.n(); i++ {
		switch word := s.arg(i); {
		case strings.Contains(word, ":"):
			d.vmacAddress(in, s, i)
		case word == "netlink_notify_msg":
			in.VMAC.NetlinkNotifyMsg = true
		case word == "group":
			i++
			d.groupWord(in, s, i, "VMAC")
		case word == "name":
			i++
			d.vmacName(in, s, i)
		default:
			d.vmacName(in, s, i)
		}
	}
}

// groupWord takes the group of a VMAC or ipvlan, whose name is looked up in the end.
func (d *decoder) groupWord(in *instanceDraft, s stmt, i int, what string) {
	if i >= s.n() {
		d.lineMissing(s, i-1)
		return
	}
	name, at := s.arg(i), s.at(i)
	d.later(func() {
		v, ok := d.table(tableIfGroups, name, 1<<31-1)
		if !ok {
			d.report(at, classGeneral, "%s group %s not found", what, name)
			return
		}
		in.linkGroup = Some(v)
	})
}

func (d *decoder) vmacName(in *instanceDraft, s stmt, i int) {
	name := s.arg(i)
	switch {
	case in.VMAC.NameSet || in.IPVLAN.NameSet:
		d.errorf(s, i, "VMAC interface name already specified")
	case i >= s.n():
		d.lineMissing(s, i-1)
	case name == "" || name == "." || name == ".." || len(name) > maxIfName || strings.ContainsAny(name, "/: \t\n\v\f\r"):
		d.errorf(s, i, "VMAC interface name '%s' too long or invalid characters - ignoring", name)
	default:
		in.VMAC.Name, in.VMAC.NameSet = name, true
		d.checkVMACName(in, s.at(i))
	}
}

// checkVMACName refuses the name of an interface that is something else.
func (d *decoder) checkVMACName(in *instanceDraft, at lang.Pos) {
	v := &in.VMAC
	taken := d.linkNameTaken(in, v.Name, at)
	if i, ok := d.env.Interface(v.Name); !taken && ok && !d.opts.Static && !(i.Kind == "macvlan" && i.Private) {
		d.report(at, classGeneral, "(%s) interface %s already exists and is not a private macvlan; ignoring vmac if_name", in.Name, v.Name)
		taken = true
	}
	if taken {
		v.Name, v.NameSet = "", false
	}
}

// checkIPVLANName is the same for an ipvlan.
func (d *decoder) checkIPVLANName(in *instanceDraft, at lang.Pos) {
	v := &in.IPVLAN
	taken := d.linkNameTaken(in, v.Name, at)
	if i, ok := d.env.Interface(v.Name); !taken && ok && !d.opts.Static && i.Kind != "ipvlan" {
		d.report(at, classGeneral, "(%s) interface %s already exists and is not an l2 ipvlan; ignoring ipvlan if_name", in.Name, v.Name)
		taken = true
	}
	if taken {
		v.Name, v.NameSet = "", false
	}
}

// linkNameTaken says whether an earlier instance has an interface of that name.
func (d *decoder) linkNameTaken(in *instanceDraft, name string, at lang.Pos) bool {
	for _, other := range d.instances {
		if other == in {
			break
		}
		if other.VMAC.NameSet && other.VMAC.Name == name || other.IPVLAN.NameSet && other.IPVLAN.Name == name {
			d.report(at, classGeneral, "(%s) VRRP instance %s is already using %s - ignoring name", in.Name, other.Name, name)
			return true
		}
	}
	return false
}

func (d *decoder) vmacAddress(in *instanceDraft, s stmt, i int) {
	mac, octets, ok := parseMAC(s.arg(i))
	switch {
	case in.VMAC.MACSet:
		d.errorf(s, i, "VMAC interface address already specified")
	case strings.Trim(s.arg(i), "0123456789ABCDEFabcdef:") != "":
		d.errorf(s, i, "VMAC invalid MAC address %s", s.arg(i))
	case !ok:
		d.errorf(s, i, "VMAC invalid MAC address %s - ignored", s.arg(i))
	case mac[0]&1 != 0:
		d.errorf(s, i, "VMAC MAC address is multicast %s - ignoring", s.arg(i))
	case octets == 6 && [4]byte(mac[:4]) == [4]byte{0, 0, 0x5e, 0} && (mac[4] == 1 || mac[4] == 2):
		d.errorf(s, i, "VMAC MAC address not allowed to be RFC5798 address (%s) - ignoring", s.arg(i))
	default:
		in.VMAC.MAC, in.VMAC.MACSet = mac, true
		if octets == 5 {
			d.later(func() { in.VMAC.MAC[5] = in.VRID })
		}
	}
}

// parseMAC reads five or six octets in hexadecimal.
func parseMAC(word string) (mac MAC, octets int, ok bool) {
	parts := strings.Split(word, ":")
	if len(parts) != 5 && len(parts) != 6 {
		return mac, 0, false
	}
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 16, 8)
		if err != nil || len(p) > 2 {
			return mac, 0, false
		}
		mac[i] = byte(v)
	}
	return mac, len(parts), true
}

// setIPVLAN reads [[name] IFNAME] [ADDRESS[/LEN]] [bridge|private|vepa] [group GROUP].
func setIPVLAN(d *decoder, in *instanceDraft, s stmt) {
	if in.IPVLAN.Use {
		d.errorf(s, 0, "(%s) use_ipvlan already specified", in.Name)
		return
	}
	in.IPVLAN.Use = true
	for i := 1; i < s.n(); i++ {
		switch word := s.arg(i); word {
		case "bridge", "private", "vepa":
			if in.IPVLAN.Mode != "" {
				d.errorf(s, i, "(%s) ipvlan type already specified - ignoring '%s'", in.Name, word)
				continue
			}
			in.IPVLAN.Mode = IPVLANMode(word)
		case "group":
			i++
			d.groupWord(in, s, i, "ipvlan")
		case "name":
			i++
			d.ipvlanName(in, s, i)
		default:
			d.ipvlanWord(in, s, i)
		}
	}
	if in.IPVLAN.Mode == "" {
		in.IPVLAN.Mode = IPVLANBridge
	}
}

func (d *decoder) ipvlanWord(in *instanceDraft, s stmt, i int) {
	prefix, ok := parsePrefix(s.arg(i))
	switch {
	case !ok:
		d.ipvlanName(in, s, i)
	case in.IPVLAN.Address.IsValid():
		d.errorf(s, i, "(%s) ipvlan address already specified - ignoring '%s'", in.Name, s.arg(i))
	case !in.joinFamily(prefix.Addr()):
		d.errorf(s, i, "(%s) ipvlan address[%s] MUST match vrrp instance family !!! Skipping...", in.Name, s.arg(i))
	default:
		in.IPVLAN.Address = prefix
	}
}

func (d *decoder) ipvlanName(in *instanceDraft, s stmt, i int) {
	switch name := s.arg(i); {
	case in.IPVLAN.NameSet || in.VMAC.NameSet:
		d.errorf(s, i, "(%s) IPVLAN interface already specified - ignoring '%s'", in.Name, name)
	case i >= s.n():
		d.lineMissing(s, i-1)
	case len(name) > maxIfName:
		d.errorf(s, i, "(%s) IPVLAN interface name '%s' too long - ignoring", in.Name, name)
	default:
		in.IPVLAN.Name, in.IPVLAN.NameSet = name, name != ""
		d.checkIPVLANName(in, s.at(i))
	}
}

// parsePrefix reads ADDRESS[/LEN]; without a length it is that of the family.
func parsePrefix(word string) (netip.Prefix, bool) {
	host, bits, found := strings.Cut(word, "/")
	addr, ok := parseAddr(host)
	if !ok {
		return netip.Prefix{}, false
	}
	if !found {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	n, err := strconv.ParseUint(bits, 10, 8)
	if err != nil || int(n) > addr.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, int(n)), true
}

// later runs f when everything has been read.
func (d *decoder) later(f func()) { d.tasks = append(d.tasks, f) }
