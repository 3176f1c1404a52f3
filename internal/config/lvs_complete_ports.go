package config

import "net/netip"

// completePorts gives the servers of v the ports that IPVS will use. Only NAT can
// change the port.
func (d *decoder) completePorts(v *VirtualServer, group *VirtualServerGroup) {
	for i := range v.RealServers {
		r := &v.RealServers[i]
		switch {
		case group != nil:
			d.groupPorts(v, group, r)
		case v.IsFwmark:
			d.markPort(v, r)
		default:
			d.servicePort(v, r)
		}
	}
	d.dropSame(v)
	if v.Sorry != nil && group == nil {
		d.sorryPort(v)
	}
}

func (d *decoder) servicePort(v *VirtualServer, r *RealServer) {
	if r.Port != v.Port && r.Port != 0 && r.Forwarding.Method != NAT {
		d.lateHelp(r.Origin, "only lvs_method NAT can change the port",
			"WARNING - virtual server %s and real server %s ports don't match - resetting", v, v.ServerName(r.Addr, r.Port))
		r.Port = 0
	}
	if r.Port == 0 {
		r.Port = v.Port
	}
}

func (d *decoder) markPort(v *VirtualServer, r *RealServer) {
	if r.Port != 0 && r.Forwarding.Method != NAT {
		d.lateHelp(r.Origin, "only lvs_method NAT can change the port",
			"WARNING - fwmark virtual server %s, real server %s has port specified - clearing", v, v.ServerName(r.Addr, r.Port))
		r.Port = 0
	}
}

func (d *decoder) groupPorts(v *VirtualServer, group *VirtualServerGroup, r *RealServer) {
	if r.Port == 0 || r.Forwarding.Method == NAT {
		return
	}
	name := v.ServerName(r.Addr, r.Port)
	for _, e := range group.Entries {
		switch {
		case e.IsFwmark:
			d.late(r.Origin, "WARNING - fwmark virtual server %s, real server %s has port specified - port will be ignored", v, name)
		case e.Port != r.Port:
			d.late(r.Origin, "virtual server %s:[%s] and real server %s ports don't match", v, e, name)
		}
	}
}

func (d *decoder) sorryPort(v *VirtualServer) {
	s := v.Sorry
	fixed := s.Forwarding.Method != NAT
	switch {
	case v.IsFwmark && s.Port != 0 && fixed:
		d.late(s.Origin, "WARNING - virtual server %s, sorry server has port specified - clearing", v)
		s.Port = 0
	case v.IsFwmark:
	case s.Port != v.Port && s.Port != 0 && fixed:
		d.late(s.Origin, "WARNING - virtual server %s and sorry server ports don't match - resetting", v)
		s.Port = v.Port
	case s.Port == 0:
		s.Port = v.Port
	}
}

// dropSame removes servers that have become the same because their ports were
// changed; the kernel would refuse the second.
func (d *decoder) dropSame(v *VirtualServer) {
	if len(v.RealServers) < 2 {
		return
	}
	seen := make(map[netip.AddrPort]bool, len(v.RealServers))
	kept := v.RealServers[:0]
	for _, r := range v.RealServers {
		key := netip.AddrPortFrom(r.Addr, r.Port)
		if seen[key] {
			d.warn(r.Origin, "delete one of them", "VS %s: real server %s has the same address and port as another one - ignoring", v, v.ServerName(r.Addr, r.Port))
			continue
		}
		seen[key] = true
		kept = append(kept, r)
	}
	clear(v.RealServers[len(kept):])
	v.RealServers = kept
}
