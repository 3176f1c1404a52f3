package config

import (
	"fmt"
	"net/netip"
	"strconv"

	"keepalived/internal/config/lang"
)

func (d *decoder) completeVIPs(in *instanceDraft) {
	d.vipsFit(in)
	for i := range in.vips {
		if d.instanceAddress(in, &in.vips[i], "") {
			in.VIPs = append(in.VIPs, in.vips[i].Address)
		}
	}
	for i := range in.evips {
		if d.instanceAddress(in, &in.evips[i], "e") {
			in.ExcludedVIPs = append(in.ExcludedVIPs, in.evips[i].Address)
		}
	}
	if in.Strict && in.NoVirtualIPAddress {
		d.late(in.Origin, "(%s) no_virtual_ipaddress and strict mode incompatible, clearing no_virtual_ipaddress", in.Name)
		in.NoVirtualIPAddress = false
	}
	switch {
	case len(in.VIPs) > 0 || in.NoVirtualIPAddress:
	case in.Strict || in.Version == 3:
		d.fatal(in.Origin, "add virtual_ipaddress { ADDRESS }", "(%s) No VIP specified; at least one is required", in.Name)
	default:
		d.lateHelp(in.Origin, "add virtual_ipaddress { ADDRESS }, or no_virtual_ipaddress", "(%s) No VIP specified; at least one is sensible", in.Name)
	}
	if in.Family == IPv6 && len(in.VIPs) > 0 && !in.VIPs[0].Addr().IsLinkLocalUnicast() {
		d.firstLinkLocal(in)
	}
}

func (d *decoder) firstLinkLocal(in *instanceDraft) {
	if in.Strict {
		d.late(in.Origin, "(%s) the first IPv6 VIP address must be link local", in.Name)
		return
	}
	d.diags.Add(lang.Diagnostic{Pos: in.pos(), Severity: lang.Warning, Bare: true,
		Text: fmt.Sprintf("(%s) the first IPv6 VIP address should be link local", in.Name)})
}

// vipsFit moves what does not fit into an advert to the excluded addresses.
func (d *decoder) vipsFit(in *instanceDraft) {
	i, _ := d.env.Interface(in.Interface)
	limit := maxVIPs(in.Family, i.MTU)
	if len(in.vips) <= limit {
		return
	}
	d.late(in.Origin, "(%s) Number of VIPs (%d) exceeds maximum/space available in packet (max %d addresses) - excess moved to eVIPs",
		in.Name, len(in.vips), limit)
	in.evips = append(append([]addressDraft(nil), in.vips[limit:]...), in.evips...)
	in.vips = in.vips[:limit]
}

// instanceAddress settles the interface of an address.
func (d *decoder) instanceAddress(in *instanceDraft, a *addressDraft, kind string) bool {
	if a.DevSet {
		return d.addressInterface(a)
	}
	a.Dev = in.Interface
	if a.Dev == "" {
		d.late(in.Origin, "(%s): no interface for %svip %s - removing", in.Name, kind, a.Addr())
		return false
	}
	return true
}

func (d *decoder) completeVMAC(in *instanceDraft) {
	if in.unicastConfigured && in.Interface != "" && (in.VMAC.Use || in.IPVLAN.Use) && !in.VMAC.XmitBase {
		d.report(in.closedAt, classGeneral, "(%s) unicast with use_vmac requires vmac_xmit_base - setting", in.Name)
		in.VMAC.XmitBase = in.VMAC.Use
	}
	if in.VMAC.XmitBase {
		switch {
		case !in.VMAC.Use:
			d.late(in.Origin, "(%s) vmac_xmit_base is only valid with a vmac", in.Name)
			in.VMAC.XmitBase = false
		case in.Strict && !in.Unicast:
			d.late(in.Origin, "(%s) xmit_base is incompatible with strict mode - resetting", in.Name)
			in.VMAC.XmitBase = false
		}
	}
	i, known := d.env.Interface(in.Interface)
	if in.VMAC.Use {
		d.completeMacvlan(in, known && i.NotEthernet)
	}
	if in.IPVLAN.Use {
		d.completeIPVLAN(in)
	}
	if in.VMAC.Use && in.PromoteSecondaries {
		d.late(in.Origin, "(%s) promote_secondaries is automatically set for vmacs - ignoring", in.Name)
		in.PromoteSecondaries = false
	}
}

func (d *decoder) completeMacvlan(in *instanceDraft, notEthernet bool) {
	if notEthernet {
		d.late(in.Origin, "(%s): vmacs are only supported on Ethernet type interfaces", in.Name)
		in.ConfigFault = "vmacs are only supported on Ethernet"
	}
	if in.Interface == "" && in.ConfigFault == "" && !d.failed {
		d.fatal(in.Origin, "add interface NAME", "(%s) cannot use VMAC if no interface specified", in.Name)
	}
	if in.Strict && in.VMAC.MACSet {
		d.late(in.Origin, "(%s): cannot specify MAC address with strict mode - clearing", in.Name)
		in.VMAC.MAC, in.VMAC.MACSet = MAC{}, false
	}
	if !in.VMAC.MACSet {
		in.VMAC.MAC = MAC{0, 0, 0x5e, 0, 1, in.VRID}
		if in.Family == IPv6 {
			in.VMAC.MAC[4] = 2
		}
	}
	in.VMAC.Name = d.linkName(in, in.VMAC.Name)
	in.VMAC.Group = in.linkGroup
}

func (d *decoder) completeIPVLAN(in *instanceDraft) {
	if in.Family == IPv4 && !in.IPVLAN.Address.IsValid() {
		d.late(in.Origin, "(%s) IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state", in.Name)
		in.ConfigFault = "IPv4 ipvlan without an address"
	}
	if in.IPVLAN.Address.IsValid() && !in.SrcIP.IsValid() {
		in.SrcIP = in.IPVLAN.Address.Addr()
	}
	in.IPVLAN.Name = d.linkName(in, in.IPVLAN.Name)
	in.IPVLAN.Group = in.linkGroup
}

// linkName is the configured name, or PREFIX.VRID, or what comes after it when
// an earlier instance has that.
func (d *decoder) linkName(in *instanceDraft, name string) string {
	if name != "" {
		return name
	}
	if d.linkNames == nil {
		d.linkNames = map[string]bool{}
		for _, other := range d.instances {
			d.linkNames[other.VMAC.Name], d.linkNames[other.IPVLAN.Name] = true, true
		}
	}
	prefix := d.cfg.Global.VRRPDefaults.VMACPrefix
	vrid := "." + strconv.Itoa(int(in.VRID))
	join := func(n string) string { return prefix[:min(len(prefix), maxIfName-len(vrid)-len(n))] + n + vrid }
	name = join("")
	if in.Family == IPv6 && d.linkNames[name] {
		name = join("6")
	}
	for n := 1; d.linkNames[name]; n++ {
		name = join(strconv.Itoa(n))
	}
	d.linkNames[name] = true
	return name
}

func (d *decoder) completeRoutes(in *instanceDraft) {
	for i := range in.routes {
		if r, ok := d.route(&in.routes[i], false); ok {
			in.VirtualRoutes = append(in.VirtualRoutes, r)
		}
	}
	for i := range in.rules {
		if r, ok := d.rule(&in.rules[i], false); ok {
			in.VirtualRules = append(in.VirtualRules, r)
		}
	}
}

func (d *decoder) completeScriptsOf(in *instanceDraft) {
	n := &in.Notify
	for kind, target := range [commandKinds]*Script{onBackup: &n.Backup, onMaster: &n.Master, onFault: &n.Fault, onStop: &n.Stop,
		onAny: &n.Any, onDeleted: &in.NotifyDeletedScript, onRxLowerPri: &in.NotifyMasterRxLowerPri} {
		*target, _ = d.resolve(&in.commands[kind])
	}
}

// vridKey is what must be unique among routers on one link.
type vridKey struct {
	dev    string
	family Family
	vrid   uint8
	group  netip.Addr
	peers  string
}

// checkDuplicates finds instances that would answer for one another; only the
// first of them is used.
func (d *decoder) checkDuplicates() {
	seen := map[vridKey]*instanceDraft{}
	for _, in := range d.instances {
		if !in.vrid.Set {
			continue
		}
		key := vridKey{dev: in.Interface, family: in.Family, vrid: in.VRID, group: in.McastDst}
		if in.Unicast {
			key.group, key.peers = in.SrcIP, fmt.Sprint(in.UnicastPeers)
		}
		first, dup := seen[key]
		if !dup {
			seen[key] = in
			continue
		}
		if d.cfg.Global.AllowIfChanges {
			d.late(in.Origin, "(%s) - warning, VRID %d for IPv%d is currently duplicated on %s", in.Name, in.VRID, in.Family, in.Interface)
			continue
		}
		in.twin = true
		d.diags.Add(lang.Diagnostic{Pos: in.pos(), Class: d.cap(classGeneral), Bare: true, Related: []lang.Pos{first.pos()},
			Help: "give one of them another virtual_router_id",
			Text: fmt.Sprintf("%s and %s both use VRID %d with IPv%d on interface %s", first.Name, in.Name, in.VRID, in.Family, in.Interface)})
		d.failed = true
	}
}
