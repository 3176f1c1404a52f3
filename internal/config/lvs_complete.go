package config

import (
	"slices"
	"time"
)

// endServer turns the draft of a virtual server into its final form. What depends
// on the rest of the file waits for completeLVS.
func endServer(d *decoder) {
	v := &d.lvs.server
	if v.reals.n == 0 {
		d.atEnd(v.Origin, "add a real_server block", "Virtual server %s has no real servers - ignoring", v.String())
		return
	}
	out := v.VirtualServer
	out.Timing = d.timingID(v.timing.timing())
	if !v.mask {
		out.Persistence.Mask, out.Persistence.PrefixLen = [4]byte{255, 255, 255, 255}, 128
	}
	v.extra.Weight = v.weight
	if e := &v.extra; e.Weight.Set || e.VirtualHost != "" || e.SNMPName != "" || e.PersistenceEngine != "" {
		kept := *e // v is used again
		out.Extra = &kept
	}
	if v.sorry.given {
		out.Sorry = d.finishSorry(v)
	}
	d.lvs.alerts = append(d.lvs.alerts, v.smtpAlert)
	out.RealServers = make([]RealServer, v.reals.n)
	for i := range out.RealServers {
		d.finishReal(v, v.reals.at(i), &out.RealServers[i])
	}
	d.quorumScripts(v, len(d.cfg.LVS.VirtualServers))
	d.addServer(out)
}

// finishSorry drops a sorry server of another family.
func (d *decoder) finishSorry(v *serverDraft) *SorryServer {
	sorry := v.sorry.SorryServer
	if v.Family != FamilyUnset && FamilyOf(sorry.Addr) != v.Family && v.methodOf(sorry.Forwarding) != TUN {
		d.atEnd(sorry.Origin, "", "Address family of virtual server and sorry server %s don't match - skipping sorry server.", sorry.Addr)
		return nil
	}
	return &sorry
}

// finishReal stores the final form of a real server of v.
func (d *decoder) finishReal(v *serverDraft, r *realDraft, out *RealServer) {
	*out = r.RealServer
	out.Weight = r.weight.Or(v.weight.Or(1))
	out.Alpha, out.InhibitOnFailure = r.alpha.Or(v.Alpha), r.inhibit.Or(v.InhibitOnFailure)
	r.Alpha, r.timing = out.Alpha, r.timing.or(&v.timing)
	out.Timing = d.timingID(r.timing.timing())
	if e := out.Extra; e != nil && e.VirtualHost == "" && e.SNMPName == "" {
		out.Extra = nil
	}
	d.lvs.alerts = append(d.lvs.alerts, r.smtpAlert)
	d.notifyScripts(r, out)
	for k := range out.Checkers {
		c, p := &out.Checkers[k], &v.pending[r.firstAt+k]
		if c.Kind == CheckMisc {
			d.miscScript(v, c.Detail.Misc, p.script)
		}
		c.Timing = d.timingID(c.Kind.complete(p.timing.or(&r.timing)))
		c.Alpha = p.alpha.Or(r.Alpha)
	}
}

// completeLVS settles the virtual servers when everything has been read.
func (d *decoder) completeLVS() {
	d.completeLVSScripts()
	d.completeAlerts()
	l := &d.cfg.LVS
	n := 0
	for i := range l.VirtualServers {
		if !d.completeServer(&l.VirtualServers[i]) {
			continue
		}
		if n != i {
			l.VirtualServers[n] = l.VirtualServers[i]
		}
		n++
	}
	clear(l.VirtualServers[n:])
	l.VirtualServers = l.VirtualServers[:n:n]
	if n == 0 {
		l.VirtualServers = nil
	}
}

// completeAlerts applies the defaults of smtp_alert.
func (d *decoder) completeAlerts() {
	global := d.cfg.Global.Mail.SMTPAlertChecker
	if !global.Set {
		global = d.cfg.Global.Mail.SMTPAlert
	}
	next := 0
	take := func(def bool) bool {
		next++
		return d.lvs.alerts[next-1].Or(global.Or(def))
	}
	for i := range d.cfg.LVS.VirtualServers {
		v := &d.cfg.LVS.VirtualServers[i]
		v.SMTPAlert = take(false)
		for j := range v.RealServers {
			v.RealServers[j].SMTPAlert = take(true)
		}
	}
	d.lvs.alerts = nil
}

// completeServer applies defaults and checks a virtual server; false drops it.
func (d *decoder) completeServer(v *VirtualServer) bool {
	group, ok := d.groupOf(v)
	if !ok {
		return false
	}
	d.completeService(v, group)
	d.dropCheckers(v)
	d.completeForwarding(v)
	d.dropDuplicates(v)
	d.completePorts(v, group)
	d.completeSorry(v)
	d.completeQuorum(v)
	return true
}

// groupOf returns the group of v, nil when it has none; false when it cannot be used.
func (d *decoder) groupOf(v *VirtualServer) (*VirtualServerGroup, bool) {
	if v.Group == "" {
		v.Family = v.markFamily()
		return nil, true
	}
	i, ok := d.lvs.groups[v.Group]
	if !ok {
		d.warn(v.Origin, "add virtual_server_group "+v.Group, "Virtual server group %s specified but not configured - ignoring virtual server %s", v.Group, v)
		return nil, false
	}
	g := &d.cfg.LVS.Groups[i]
	other := IPv4
	if v.Family == IPv4 {
		other = IPv6
	}
	foreign := g.has(func(e GroupEntry) bool { return e.Family == other })
	if v.Family != FamilyUnset && foreign {
		d.warn(v.Origin, "real servers of the other family need lvs_method TUN",
			"Address family of virtual server group %s does not match real servers of %s - ignoring virtual server", v.Group, v)
		return nil, false
	}
	if v.Family == FamilyUnset && g.HasFamily(IPv4) != g.HasFamily(IPv6) {
		v.Family = IPv4
		if g.HasFamily(IPv6) {
			v.Family = IPv6
		}
	}
	return g, true
}

// markFamily returns the family of a service; that of a mark without any hint is
// that of its servers, IPv4 when they differ.
func (v *VirtualServer) markFamily() Family {
	if v.Family != FamilyUnset || !v.IsFwmark {
		return v.Family
	}
	for _, r := range v.RealServers {
		if r.Addr.Is4() {
			return IPv4
		}
	}
	return IPv6
}

// completeService checks what belongs to the service itself.
func (d *decoder) completeService(v *VirtualServer, group *VirtualServerGroup) {
	marks := v.IsFwmark || group != nil && group.HasFwmark()
	onlyMarks := v.IsFwmark || group != nil && !group.HasFamily(IPv4) && !group.HasFamily(IPv6)
	switch {
	case onlyMarks && v.Protocol != ProtocolNone:
		d.lateHelp(v.Origin, "delete the protocol line", "Warning: Virtual server %s: protocol specified for fwmark - protocol will be ignored", v)
		v.Protocol = ProtocolNone
	case !onlyMarks && v.Protocol == ProtocolNone:
		d.lateHelp(v.Origin, "add protocol TCP, UDP or SCTP", "Virtual server %s: no protocol set - defaulting to UDP", v)
		v.Protocol = UDP
	}
	if v.Flags&FlagOnePacket != 0 && v.Protocol != UDP && !onlyMarks {
		d.lateHelp(v.Origin, "delete ops", "Virtual server %s: one packet scheduling requires UDP - resetting", v)
		v.Flags &^= FlagOnePacket
	}
	if v.Persistence.Timeout == 0 && v.everyPort(group) {
		d.lateHelp(v.Origin, "add a port, or persistence_timeout", "Virtual server %s: zero port only valid for persistent services - setting", v)
		v.Persistence.Timeout = defaultPersistence
	}
	if v.Scheduler == "" {
		d.lateHelp(v.Origin, "add lvs_sched", "Virtual server %s: no scheduler set, setting default 'wlc'", v)
		v.Scheduler = "wlc"
	}
	if v.Forwarding.Method == ForwardUnset {
		d.lateHelp(v.Origin, "add lvs_method", "Virtual server %s: no forwarding method set, setting default NAT", v)
		v.Forwarding.Method = NAT
	}
	if v.HASuspend && marks {
		d.lateHelp(v.Origin, "delete ha_suspend", "Virtual server %s: cannot use ha_suspend with fwmarks - clearing ha_suspend", v)
		v.HASuspend = false
	}
}

// everyPort says whether a service of v is for all ports of its address.
func (v *VirtualServer) everyPort(group *VirtualServerGroup) bool {
	if group != nil {
		return group.has(func(e GroupEntry) bool { return !e.IsFwmark && e.Port == 0 })
	}
	return !v.IsFwmark && v.Port == 0
}

// dropCheckers removes checkers whose script, file or session has turned out
// unusable.
func (d *decoder) dropCheckers(v *VirtualServer) {
	for i := range v.RealServers {
		r := &v.RealServers[i]
		unusable := func(c Checker) bool {
			return c.Kind == CheckMisc && !c.Detail.Misc.Script.IsSet() || c.Kind == CheckFile && !d.fileKnown(c.Detail.File.Name)
		}
		if slices.ContainsFunc(r.Checkers, unusable) {
			r.Checkers = slices.Clip(slices.DeleteFunc(r.Checkers, unusable))
		}
		if len(r.Checkers) == 0 {
			r.Checkers = nil
		}
	}
}

func (d *decoder) fileKnown(name string) bool {
	return d.fileSeen[name] != nil
}

// completeForwarding gives servers without a method that of the virtual server.
func (d *decoder) completeForwarding(v *VirtualServer) {
	for i := range v.RealServers {
		if f := &v.RealServers[i].Forwarding; f.Method == ForwardUnset {
			*f = v.Forwarding
		}
	}
	if v.Sorry != nil && v.Sorry.Forwarding.Method == ForwardUnset {
		v.Sorry.Forwarding = v.Forwarding
	}
}

// dropDuplicates removes real servers whose address and port another one has.
func (d *decoder) dropDuplicates(v *VirtualServer) {
	v.RealServers = withoutEqual(v.RealServers, func(r *RealServer) {
		d.lateHelp(r.Origin, "delete one of them", "VS %s: real server %s is duplicated - removing second rs", v, v.ServerName(r.Addr, r.Port))
	})
}

// completeSorry sees to a sorry server that is a real server as well.
func (d *decoder) completeSorry(v *VirtualServer) {
	if v.Sorry == nil {
		return
	}
	for i := range v.RealServers {
		r := &v.RealServers[i]
		if r.Addr != v.Sorry.Addr || r.Port != v.Sorry.Port {
			continue
		}
		v.Sorry.RealServer = true
		if v.Sorry.Inhibit != r.InhibitOnFailure {
			what := "clearing"
			if r.InhibitOnFailure {
				what = "setting"
			}
			d.late(v.Sorry.Origin, "Virtual server %s: real server %s matches sorry server, but inhibit setting differs, %s on sorry server",
				v, v.ServerName(r.Addr, r.Port), what)
			v.Sorry.Inhibit = r.InhibitOnFailure
		}
		return
	}
}

// completeQuorum keeps quorum and hysteresis within what the weights can reach.
func (d *decoder) completeQuorum(v *VirtualServer) {
	var sum uint64
	for _, r := range v.RealServers {
		sum += uint64(r.Weight)
	}
	if uint64(v.Quorum) > sum {
		d.lateHelp(v.Origin, "the sum of the weights is the most that can be reached",
			"Warning - quorum %d for %s exceeds total weight of real servers %d, reducing quorum to %d", v.Quorum, v, sum, sum)
		v.Quorum = uint32(sum)
	}
	if v.Hysteresis == 0 || v.Hysteresis < v.Quorum {
		return
	}
	lag := max(v.Quorum, 1) - 1
	d.late(v.Origin, "Virtual server %s: hysteresis %d >= quorum %d; setting hysteresis to %d", v, v.Hysteresis, v.Quorum, lag)
	v.Hysteresis = lag
}

// miscLimit is the time limit of a MISC_CHECK without misc_timeout.
func (v *serverDraft) miscLimit() time.Duration { return v.timing.delayLoop.Or(60 * time.Second) }
