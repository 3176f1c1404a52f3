package config

import "net/netip"

// completePorts gives the servers of v the ports that IPVS will use. Only NAT can
// change the port.
func (d *decoder) completePorts(v *VirtualServer, group *VirtualServerGroup) {
	changed := false
	for i := range v.RealServers {
		r := &v.RealServers[i]
		was := r.Port
		switch {
		case group != nil:
			d.groupPorts(v, group, r)
		case v.IsFwmark:
			d.markPort(v, r)
		default:
			d.servicePort(v, r)
		}
		changed = changed || r.Port != was
	}
	if changed {
		d.dropSame(v)
	}
	switch {
	case v.Sorry == nil:
	case group == nil:
		d.sorryPort(v)
	default:
		d.groupSorryPort(v, group)
	}
}

func (d *decoder) servicePort(v *VirtualServer, r *RealServer) {
	if r.Port != v.Port && r.Port != 0 && r.Forwarding.Method != NAT {
		d.lateHelp(r.Origin, "only lvs_method NAT can change the port",
			"WARNING - virtual server %s and real server %s ports don't match - resetting", v, v.ServerName(r.Addr, r.Port))
		r.keepCheckPort()
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
		r.keepCheckPort()
		r.Port = 0
	}
}

// keepCheckPort has the checkers connect to the configured port although IPVS
// will not use it.
func (r *RealServer) keepCheckPort() {
	for i := range r.Checkers {
		o := r.Checkers[i].Options()
		if o.Port != 0 {
			continue
		}
		o.Port = r.Port
		r.Checkers[i].Connect = &o
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

// groupSorryPort says that the sorry server's port does not count in a group.
func (d *decoder) groupSorryPort(v *VirtualServer, group *VirtualServerGroup) {
	s := v.Sorry
	if s.Port == 0 || s.Forwarding.Method == NAT {
		return
	}
	for _, e := range group.Entries {
		switch {
		case e.IsFwmark:
			d.late(s.Origin, "WARNING - fwmark virtual server %s, sorry server has port specified - port will be ignored", v)
		case e.Port != s.Port:
			d.late(s.Origin, "WARNING - virtual server %s, sorry server has port specified - port will be ignored", v)
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
	case s.Port == 0 && fixed:
		s.Port = v.Port
	}
}

// dropSame removes servers that have become the same because their ports were
// changed; the kernel would refuse the second.
func (d *decoder) dropSame(v *VirtualServer) {
	v.RealServers = withoutEqual(v.RealServers, func(r *RealServer) {
		d.warn(r.Origin, "delete one of them", "VS %s: real server %s has the same address and port as another one - ignoring", v, v.ServerName(r.Addr, r.Port))
	})
}

// fewServers is up to how many servers are compared with each other; more are
// looked up.
const fewServers = 8

// withoutEqual removes servers whose address and port an earlier one has, in time
// that grows with their number.
func withoutEqual(reals []RealServer, report func(r *RealServer)) []RealServer {
	if len(reals) <= fewServers {
		return withoutEqualOf(reals, report, func(kept []RealServer, r *RealServer) bool {
			for i := range kept {
				if kept[i].Addr == r.Addr && kept[i].Port == r.Port {
					return true
				}
			}
			return false
		})
	}
	seen := make(map[netip.AddrPort]bool, len(reals))
	return withoutEqualOf(reals, report, func(_ []RealServer, r *RealServer) bool {
		key := netip.AddrPortFrom(r.Addr, r.Port)
		was := seen[key]
		seen[key] = true
		return was
	})
}

func withoutEqualOf(reals []RealServer, report func(r *RealServer), known func(kept []RealServer, r *RealServer) bool) []RealServer {
	n := 0
	for i := range reals {
		if known(reals[:n], &reals[i]) {
			report(&reals[i])
			continue
		}
		if n != i {
			reals[n] = reals[i]
		}
		n++
	}
	clear(reals[n:])
	return reals[:n]
}
