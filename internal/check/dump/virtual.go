package dump

import (
	"fmt"
	"net/netip"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/dump"
)

func (s *Snapshot) groups(t *dump.Text) {
	for i := range s.Conf.LVS.Groups {
		g := &s.Conf.LVS.Groups[i]
		state := s.Groups[g.Name]
		t.Linef(1, "------< Virtual server group >------")
		t.Linef(1, "Virtual Server Group = %s, IPv4 = %s, IPv6 = %s", g.Name, yesNo(g.HasFamily(config.IPv4)), yesNo(g.HasFamily(config.IPv6)))
		if m := state.Marks; len(m) > 0 {
			t.Linef(2, "Fwmark TCP: %d UDP: %d SCTP: %d", m[config.TCP], m[config.UDP], m[config.SCTP])
		}
		for _, marks := range []bool{false, true} {
			for _, e := range g.Entries {
				if e.IsFwmark == marks {
					s.entry(t, g, e)
					t.Linef(5, "reloaded = %s", dump.Choose(state.Reloaded[e], "True", "False"))
				}
			}
		}
	}
}

// entry is one line of a group, and how many servers use it.
func (s *Snapshot) entry(t *dump.Text, g *config.VirtualServerGroup, e config.GroupEntry) {
	alive, byFamily := map[config.Protocol]int{}, map[config.Family]int{}
	for i := range s.Virtuals {
		v := &s.Virtuals[i]
		if v.Conf.Group != g.Name {
			continue
		}
		n := v.inTable()
		alive[v.Conf.Protocol] += n
		family := e.Family
		if family == config.FamilyUnset {
			family = v.Conf.Family
		}
		byFamily[family] += n
	}
	switch {
	case e.IsFwmark:
		t.Linef(3, "FWMARK = %d%s", e.Fwmark, map[config.Family]string{config.IPv4: " IPv4", config.IPv6: " IPv6"}[e.Family])
		t.Linef(5, "Alive: %d IPv4, %d IPv6", byFamily[config.IPv4], byFamily[config.IPv6])
		return
	case e.First != e.Last:
		t.Linef(3, "VIP Range = %s-%s, VPORT = %d", e.First, e.Last, e.Port)
	default:
		t.Linef(3, "VIP = %s, VPORT = %d", e.First, e.Port)
	}
	t.Linef(5, "Alive: %d tcp, %d udp, %d sctp", alive[config.TCP], alive[config.UDP], alive[config.SCTP])
}

// inTable is how many servers IPVS has of a virtual server.
func (v *Virtual) inTable() (n int) {
	for i := range v.Reals {
		if v.Reals[i].InTable {
			n++
		}
	}
	if v.sorrySet() && !v.Conf.Sorry.RealServer {
		n++
	}
	return n
}

func (v *Virtual) sorrySet() bool { return v.Conf.Sorry != nil && (v.Sorry || v.Conf.Sorry.Inhibit) }

func (s *Snapshot) virtual(t *dump.Text, v *Virtual) {
	c, extra := v.Conf, v.Conf.Rare()
	timing := s.Conf.LVS.Timing(c.Timing)
	t.Linef(1, "------< Virtual server >------")
	switch {
	case c.Group != "":
		t.Linef(1, "VS GROUP = %s", c)
	case c.IsFwmark:
		t.Linef(1, "VS FWMARK = %d", c.Fwmark)
	default:
		t.Linef(1, "VS VIP = %s, VPORT = %d", c.Addr, c.Port)
	}
	optional(t, "VirtualHost = %s", extra.VirtualHost)
	optional(t, "SNMP name = '%s'", extra.SNMPName)
	t.Linef(3, "Address family = %s", s.family(c))
	t.Linef(3, "connection timeout = %s", seconds(timing.ConnectTimeout))
	t.Linef(3, "delay_loop = %s", seconds(timing.DelayLoop))
	schedule(t, c)
	persistence(t, c)
	t.Linef(3, "protocol = %s", dump.Choose(c.Protocol == config.ProtocolNone, "none", strings.ToUpper(c.Protocol.String())))
	t.Linef(3, "alpha is %s", onOff(c.Alpha))
	t.Linef(3, "omega is %s", onOff(c.Omega))
	retries(t, timing)
	t.Linef(3, "Inhibit on failure is %s", onOff(c.InhibitOnFailure))
	t.Linef(3, "quorum = %d, hysteresis = %d", c.Quorum, c.Hysteresis)
	script(t, "Quorum up", extra.QuorumUp)
	script(t, "Quorum down", extra.QuorumDown)
	if c.HASuspend {
		t.Linef(3, "Using HA suspend")
	}
	t.Linef(3, "Using smtp notification = %s", yesNo(c.SMTPAlert))
	forwarding(t, 3, "default ", c.Forwarding)
	v.sorry(t)
	t.Linef(3, "VS alive = 1")
	t.Linef(3, "quorum_state_up = %d", dump.Bit(v.Up))
	t.Linef(3, "reloaded = %d", dump.Bit(v.Reloaded))
	for i := range v.Reals {
		s.real(t, &v.Reals[i])
	}
}

// family is that of a virtual server; a group may have addresses of both.
func (s *Snapshot) family(c *config.VirtualServer) string {
	switch c.Family {
	case config.IPv4:
		return "inet"
	case config.IPv6:
		return "inet6"
	}
	for i := range s.Conf.LVS.Groups {
		g := &s.Conf.LVS.Groups[i]
		if g.Name == c.Group && g.HasFamily(config.IPv4) && g.HasFamily(config.IPv6) {
			return "IPv4 & IPv6"
		}
	}
	return "unknown"
}

func schedule(t *dump.Text, c *config.VirtualServer) {
	flag := func(name string, f config.ServiceFlags) { t.Linef(3, "%s = %s", name, abled(c.Flags&f != 0)) }
	t.Linef(3, "lvs_sched = %s", c.Scheduler)
	t.Linef(3, "Hashed = disabled")
	switch c.Scheduler {
	case "sh", "mh":
		flag(c.Scheduler+"-port", config.FlagSched2)
		flag(c.Scheduler+"-fallback", config.FlagSched1)
	default:
		flag("flag-1", config.FlagSched1)
		flag("flag-2", config.FlagSched2)
		flag("flag-3", config.FlagSched3)
	}
	ops := c.Flags&config.FlagOnePacket != 0
	t.Linef(3, "One packet scheduling = %s%s", abled(ops), dump.Choose(ops && c.Protocol != config.UDP, " (inactive due to not UDP)", ""))
}

func persistence(t *dump.Text, c *config.VirtualServer) {
	p := c.Persistence
	if p.Timeout > 0 {
		t.Linef(3, "persistence timeout = %d", p.Timeout)
	}
	switch {
	case c.Family == config.IPv6:
		if p.PrefixLen != 0 && p.PrefixLen != 128 {
			t.Linef(3, "persistence granularity = %d", p.PrefixLen)
		}
	case p.Mask != [4]byte{255, 255, 255, 255} && p.Mask != [4]byte{}:
		t.Linef(3, "persistence granularity = %s", netip.AddrFrom4(p.Mask))
	}
}

func (v *Virtual) sorry(t *dump.Text) {
	c := v.Conf.Sorry
	if c == nil {
		return
	}
	t.Linef(3, "sorry server %s= %s", dump.Choose(c.RealServer, "(duplicates rs) ", ""), v.Conf.ServerName(c.Addr, c.Port))
	forwarding(t, 5, "", c.Forwarding)
	t.Linef(5, "Inhibit on failure is %s", onOff(c.Inhibit))
	t.Linef(5, "set = %d", dump.Bit(v.sorrySet()))
	t.Linef(5, "alive = %d", dump.Bit(v.Sorry))
}

func (s *Snapshot) real(t *dump.Text, r *Real) {
	c, extra := r.Conf, r.Conf.Rare()
	timing := s.Conf.LVS.Timing(c.Timing)
	t.Linef(3, "------< Real server >------")
	t.Linef(3, "RIP = %s, RPORT = %d, WEIGHT = %d EFF WEIGHT = %d", c.Addr, c.Port, min(max(r.Weight, 0), 1<<31-1), r.Weight)
	forwarding(t, 3, "", c.Forwarding)
	t.Linef(3, "Alpha is %s", onOff(c.Alpha))
	t.Linef(3, "connection timeout = %s", seconds(timing.ConnectTimeout))
	t.Linef(3, "connection limit range = %d -> %d", c.LThreshold, c.UThreshold)
	t.Linef(3, "Delay loop = %s", seconds(timing.DelayLoop))
	retries(t, timing)
	t.Linef(3, "Inhibit on failure is %s", onOff(c.InhibitOnFailure))
	script(t, "RS up", extra.NotifyUp)
	script(t, "RS down", extra.NotifyDown)
	if extra.VirtualHost != "" {
		t.Linef(4, "VirtualHost = '%s'", extra.VirtualHost)
	}
	optional(t, "SNMP name = %s", extra.SNMPName)
	t.Linef(3, "Using smtp notification = %s", yesNo(c.SMTPAlert))
	t.Linef(3, "initial weight = %d", c.Weight)
	t.Linef(3, "effective weight = %d", r.Weight)
	t.Linef(3, "previous effective_weight = %d", r.Previous)
	t.Linef(3, "alive = %d", dump.Bit(r.Alive))
	t.Linef(3, "num failed checkers = %d", r.Failed)
	t.Linef(3, "RS set = %d", dump.Bit(r.InTable))
	t.Linef(3, "reloaded = %d", dump.Bit(r.Reloaded))
	r.tracked(t)
}

// tracked is the files and sessions that a server depends on.
func (r *Real) tracked(t *dump.Text) {
	for _, kind := range []config.CheckKind{config.CheckFile, config.CheckBFD} {
		title := dump.Choose(kind == config.CheckFile, "Tracked Files", "Tracked BFDs")
		for i := range r.Checkers {
			c := r.Checkers[i].Conf
			if c.Kind != kind {
				continue
			}
			optional(t, "%s", title)
			title = ""
			if kind == config.CheckBFD {
				t.Linef(5, "%s", c.Detail.BFD.Name)
			} else {
				t.Linef(5, "%s, weight %d%s", c.Detail.File.Name, c.Detail.File.Weight, reverse(c.Detail.File.Reverse))
			}
		}
	}
}

// optional adds a line about a text that may be empty.
func optional(t *dump.Text, format, text string) {
	if text != "" {
		t.Linef(3, format, text)
	}
}

func retries(t *dump.Text, timing config.Timing) {
	if timing.Retry.Set {
		t.Linef(3, "Retry count = %d", timing.Retry.V)
	}
	if timing.DelayBeforeRetry.Set {
		t.Linef(3, "Retry delay = %s", seconds(timing.DelayBeforeRetry.V))
	}
	if timing.Warmup.Set {
		t.Linef(3, "Warmup = %s", seconds(timing.Warmup.V))
	}
}

func script(t *dump.Text, what string, s config.Script) {
	if !s.IsSet() {
		return
	}
	path := ""
	if moved(s) {
		path = s.Path + ", params = "
	}
	t.Linef(3, "%s notify script = %s%s, uid:gid %d:%d", what, path, dump.Command(s.Argv), s.UID, s.GID)
}

// moved says that another file is executed than the one that was named.
func moved(s config.Script) bool { return s.Path != "" && s.Path != s.Argv[0] }

// forwarding is a method with its options. C keepalived leaves the prefix out
// where there are options.
func forwarding(t *dump.Text, indent int, prefix string, f config.Forwarding) {
	const is = "forwarding method = "
	checksum := map[config.TunnelChecksum]string{
		config.ChecksumNone: "no checksum", config.ChecksumFull: "checksum", config.ChecksumRemote: "remote checksum",
	}[f.Checksum]
	text := ""
	switch {
	case f.Method == config.NAT:
		text = prefix + is + "NAT"
	case f.Method == config.DR:
		text = prefix + is + "DR"
	case f.Tunnel == config.TunnelIPIP:
		text = prefix + is + "TUN, type = IPIP"
	case f.Tunnel == config.TunnelGUE:
		indent, text = 3, fmt.Sprintf("%sTUN, type = GUE, port = %d, %s", is, f.Port, checksum)
	default:
		indent, text = 3, is+"TUN, type = GRE, "+checksum
	}
	t.Linef(indent, "%s", text)
}
