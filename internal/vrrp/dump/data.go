package dump

import (
	"cmp"

	"keepalived/internal/dump"
)

// Data is the data file: the configuration as it was understood, and the state
// of everything.
func (s *Snapshot) Data() *dump.Text {
	t := &dump.Text{}
	g := s.Conf.Global
	g.Firewall.Nftables = cmp.Or(g.Firewall.Nftables, s.FirewallTable)
	dump.Global(t, &g, s.Host)
	s.garpGroups(t)
	s.statics(t)
	if len(s.Instances) > 0 {
		t.Section("VRRP Topology")
	}
	for i := range s.Instances {
		s.instance(t, &s.Instances[i])
	}
	s.sockets(t)
	s.groups(t)
	s.scripts(t)
	s.files(t)
	s.processes(t)
	s.bfds(t)
	s.interfaces(t)
	return t
}

func (s *Snapshot) garpGroups(t *dump.Text) {
	groups := s.Conf.VRRP.GarpGroups
	if len(groups) == 0 {
		return
	}
	t.Section("Gratuitous ARP delays")
	for _, g := range groups {
		t.Section("GARP delay group")
		if g.GarpInterval > 0 {
			t.Linef(1, "GARP interval = %f", g.GarpInterval.Seconds())
		}
		if g.GnaInterval > 0 {
			t.Linef(1, "GNA interval = %f", g.GnaInterval.Seconds())
		}
		if len(g.Interfaces) > 0 {
			t.Linef(1, "Interfaces")
		}
		for _, name := range g.Interfaces {
			t.Linef(2, "%s", name)
		}
	}
}

func (s *Snapshot) statics(t *dump.Text) {
	v := &s.Conf.VRRP
	if len(v.StaticAddresses) > 0 {
		t.Section("Static Addresses")
	}
	for _, a := range v.StaticAddresses {
		t.Linef(5, "%s", addressText(a, placed{dev: a.Dev, set: s.Addresses[Held{a.Dev, a.Addr()}]}))
	}
	if len(v.StaticRoutes) > 0 {
		t.Section("Static Routes")
	}
	for _, r := range v.StaticRoutes {
		t.Linef(5, "%s", routeText(r))
	}
	if len(v.StaticRules) > 0 {
		t.Section("Static Rules")
	}
	for _, r := range v.StaticRules {
		t.Linef(5, "%s", ruleText(r))
	}
	if len(v.TrackGroups) > 0 {
		t.Section("Static Track groups")
	}
	for _, g := range v.TrackGroups {
		t.Linef(1, "Static Track Group = %s", g.Name)
		t.Linef(3, "VRRP member instances :")
		for _, name := range g.Instances {
			t.Linef(5, "%s", name)
		}
	}
}

func (s *Snapshot) sockets(t *dump.Text) {
	if len(s.Sockets) == 0 {
		return
	}
	t.Section("VRRP Sockpool")
	for _, k := range s.Sockets {
		t.Linef(1, "fd_in %d fd_out = %d", k.FDIn, k.FDOut)
		t.Linef(3, "Interface = %s", cmp.Or(k.Interface, "none"))
		t.Linef(3, "Family = %s", dump.Choose(k.IPv6, "IPv6", "IPv4"))
		t.Linef(3, "Protocol = %s", dump.Choose(k.AH, "AH", "VRRP"))
		t.Linef(3, "Type = %s", dump.Choose(k.Source.IsValid(), "Unicast", "Multicast"))
		if k.Source.IsValid() {
			t.Linef(3, "Address = %s", k.Source)
		}
		t.Linef(3, "Rx buf size = %d", k.Buffer)
		t.Linef(3, "VRRP instances")
		for _, m := range k.Instances {
			t.Linef(5, "%s vrid %d", m.Name, m.VRID)
		}
	}
}
