package check

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/ipvs"
)

// services is the kernel's services of a virtual server: one for each address
// and mark.
func services(v *config.VirtualServer, g *config.VirtualServerGroup, mark uint32) []ipvs.Service {
	switch {
	case mark != 0:
		return markedServices(v, g, mark)
	case v.IsFwmark || v.Group == "":
		return []ipvs.Service{ownService(v)}
	case g == nil:
		return nil
	}
	var out []ipvs.Service
	for _, e := range g.Entries {
		out = append(out, entryServices(v, e)...)
	}
	return out
}

// ownService is the service of a virtual server that is no group.
func ownService(v *config.VirtualServer) ipvs.Service {
	if v.IsFwmark {
		return service(v, ipvs.MarkKey(family(v.Family), v.Fwmark))
	}
	return service(v, ipvs.AddressKey(ipvs.Protocol(v.Protocol), netip.AddrPortFrom(v.Addr, v.Port)))
}

// markedServices is the services of a group whose packets nftables marks.
func markedServices(v *config.VirtualServer, g *config.VirtualServerGroup, mark uint32) (out []ipvs.Service) {
	for _, f := range []config.Family{config.IPv4, config.IPv6} {
		if g.HasFamily(f) {
			out = append(out, service(v, ipvs.MarkKey(family(f), mark)))
		}
	}
	return out
}

func entryServices(v *config.VirtualServer, e config.GroupEntry) []ipvs.Service {
	if e.IsFwmark {
		f := e.Family
		if f == config.FamilyUnset {
			f = v.Family
		}
		return []ipvs.Service{service(v, ipvs.MarkKey(family(f), e.Fwmark))}
	}
	var out []ipvs.Service
	for a := e.First; a.IsValid() && a.Compare(e.Last) <= 0; a = a.Next() {
		out = append(out, service(v, ipvs.AddressKey(ipvs.Protocol(v.Protocol), netip.AddrPortFrom(a, e.Port))))
	}
	return out
}

func family(f config.Family) ipvs.Family {
	if f == config.IPv6 {
		return ipvs.IPv6
	}
	return ipvs.IPv4
}

func service(v *config.VirtualServer, key ipvs.ServiceKey) ipvs.Service {
	s := ipvs.Service{Key: key, Scheduler: v.Scheduler, Flags: ipvs.Flags(v.Flags)}
	if v.Persistence.Timeout > 0 {
		s.Persistence = v.Persistence.Timeout
		s.PE = v.Rare().PersistenceEngine
		s.Netmask = uint32(v.Persistence.PrefixLen)
		if key.Family == ipvs.IPv4 {
			s.Netmask = binary.BigEndian.Uint32(v.Persistence.Mask[:])
		}
	}
	return s
}

// services is the kernel's services of the virtual server; not to be changed.
func (v *virtual) services() []ipvs.Service {
	if v.alone() {
		return []ipvs.Service{ownService(v.conf)}
	}
	return v.many
}

// alone says that the virtual server has one service, which is not kept: it
// follows from the configuration.
func (v *virtual) alone() bool { return v.many == nil && v.conf.Group == "" }

// entries is what IPVS should have of a virtual server.
func (v *virtual) entries() []ipvs.Entry {
	dests := v.appendDestinations(nil)
	if v.alone() {
		e := ipvs.Entry{Service: ownService(v.conf), Destinations: dests}
		setPorts(e)
		return []ipvs.Entry{e}
	}
	var out []ipvs.Entry
	for _, s := range v.many {
		e := ipvs.Entry{Service: s, Destinations: slices.Clone(dests)}
		setPorts(e)
		out = append(out, e)
	}
	return out
}

// table is what IPVS should have. It notes which services are shared.
func (t *topology) table() *ipvs.Table {
	out := ipvs.NewTable(len(t.virtuals))
	t.shared = nil
	var e ipvs.Entry
	for _, v := range t.virtuals {
		if v.alone() {
			e.Service, e.Destinations = ownService(v.conf), v.appendDestinations(e.Destinations[:0])
			setPorts(e)
			t.addTo(out, &e)
			continue
		}
		list := v.entries()
		for i := range list {
			t.addTo(out, &list[i])
		}
	}
	return out
}

// addTo adds an entry to a table. Where virtual servers share a service, its
// servers are those of all; the first one decides about a server that several have.
func (t *topology) addTo(to *ipvs.Table, e *ipvs.Entry) {
	if to.Add(e) {
		return
	}
	if t.shared == nil {
		t.shared = map[ipvs.ServiceKey]bool{}
	}
	t.shared[e.Service.Key] = true
	var all ipvs.Entry
	to.Get(to.Find(e.Service.Key), &all)
	for _, d := range e.Destinations {
		if !slices.ContainsFunc(all.Destinations, func(o ipvs.Destination) bool { return o.Addr == d.Addr }) {
			all.Destinations = append(all.Destinations, d)
		}
	}
	to.Put(&all)
}

// wanted is what IPVS should have of the services of a virtual server. One that
// shares services with others is not alone in deciding about them.
func (t *topology) wanted(v *virtual) []ipvs.Entry {
	isShared := func(s ipvs.Service) bool { return t.shared[s.Key] }
	if !slices.ContainsFunc(v.services(), isShared) {
		return v.entries()
	}
	mine := make(map[ipvs.ServiceKey]bool, len(v.services()))
	for _, s := range v.services() {
		mine[s.Key] = true
	}
	isMine := func(s ipvs.Service) bool { return mine[s.Key] }
	several := topology{}
	for _, o := range t.virtuals {
		if slices.ContainsFunc(o.services(), isMine) {
			several.virtuals = append(several.virtuals, o)
		}
	}
	return slices.DeleteFunc(several.table().Entries(), func(e ipvs.Entry) bool { return !isMine(e.Service) })
}

// setPorts gives destinations the ports that they have in a service: all but NAT
// keep the service's.
func setPorts(e ipvs.Entry) {
	for i := range e.Destinations {
		if d := &e.Destinations[i]; d.Forward != ipvs.Masquerade {
			d.Addr = netip.AddrPortFrom(d.Addr.Addr(), e.Service.Key.Addr.Port())
		}
	}
}

// appendDestinations appends the servers that IPVS should have now: those that
// are alive, or the sorry server instead; inhibited ones stay with weight 0.
func (v *virtual) appendDestinations(out []ipvs.Destination) []ipvs.Destination {
	sorry := v.conf.Sorry
	for _, r := range v.reals {
		if v.sorry && sorry.RealServer && sorry.Addr == r.conf.Addr && sorry.Port == r.conf.Port {
			continue
		}
		switch {
		case r.alive && !v.sorry:
			out = append(out, r.destination(uint32(r.weight())))
		case r.conf.InhibitOnFailure:
			out = append(out, r.destination(0))
		}
	}
	if sorry == nil {
		return out
	}
	switch {
	case v.sorry:
		out = append(out, destination(sorry.Addr, sorry.Port, sorry.Forwarding, 1))
	case sorry.Inhibit && !sorry.RealServer:
		out = append(out, destination(sorry.Addr, sorry.Port, sorry.Forwarding, 0))
	}
	return out
}

func (r *real) destination(weight uint32) ipvs.Destination {
	d := destination(r.conf.Addr, r.conf.Port, r.conf.Forwarding, weight)
	d.Upper, d.Lower = r.conf.UThreshold, r.conf.LThreshold
	return d
}

func destination(a netip.Addr, port uint16, f config.Forwarding, weight uint32) ipvs.Destination {
	d := ipvs.Destination{Addr: netip.AddrPortFrom(a, port), Weight: weight}
	switch f.Method {
	case config.DR:
		d.Forward = ipvs.DirectRoute
	case config.TUN:
		d.Forward = ipvs.Tunnel
		d.TunnelType = ipvs.TunnelType(f.Tunnel)
		if f.Tunnel == config.TunnelGUE {
			d.TunnelPort = f.Port
		}
		d.TunnelFlags = tunnelFlags(f)
	}
	return d
}

func tunnelFlags(f config.Forwarding) ipvs.TunnelFlags {
	switch {
	case f.Tunnel == config.TunnelIPIP:
		return 0
	case f.Checksum == config.ChecksumFull:
		return ipvs.TunnelChecksum
	case f.Checksum == config.ChecksumRemote:
		return ipvs.TunnelRemoteChecksum
	}
	return 0
}

// configured is every service with every server that it may ever have.
func configured(c *config.Config, m marks) []ipvs.Entry {
	groups := groupsByName(&c.LVS)
	var out []ipvs.Entry
	for i := range c.LVS.VirtualServers {
		v := &c.LVS.VirtualServers[i]
		var dests []ipvs.Destination
		for _, r := range v.RealServers {
			dests = append(dests, destination(r.Addr, r.Port, r.Forwarding, 0))
		}
		if s := v.Sorry; s != nil {
			dests = append(dests, destination(s.Addr, s.Port, s.Forwarding, 0))
		}
		for _, s := range services(v, groups[v.Group], m.mark(v)) {
			e := ipvs.Entry{Service: s, Destinations: slices.Clone(dests)}
			setPorts(e)
			out = append(out, e)
		}
	}
	return out
}
