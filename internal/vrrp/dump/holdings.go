package dump

import (
	"keepalived/internal/config"
	"keepalived/internal/dump"
)

// checksumTexts say how unicast checksums of VRRPv3 are made.
var checksumTexts = map[config.UnicastChecksum]string{
	config.ChecksumAuto: "no", config.ChecksumOld: "config", config.ChecksumNever: "never",
}

// virtual is what the instance holds as master and whom it talks to.
func (s *Snapshot) virtual(t *dump.Text, in *Instance) {
	c := &in.Conf
	vips, excluded := s.addressTexts(in)
	if len(vips) > 0 {
		t.Linef(3, "Virtual IP (%d):", len(vips))
		list(t, vips)
	}
	titled(t, "Virtual IP Excluded :", excluded)
	if c.Unicast {
		peers(t, c)
	}
	t.Linef(3, "fd_in %d, fd_out %d", in.FDIn, in.FDOut)
	titled(t, "Virtual Routes :", routeTexts(c))
	titled(t, "Virtual Rules :", ruleTexts(c))
}

func peers(t *dump.Text, c *config.Instance) {
	t.Linef(3, "Unicast TTL = %d", c.UnicastTTL.Or(255))
	t.Linef(3, "Check unicast src : %s", yesNo(c.CheckUnicastSrc))
	if len(c.UnicastPeers) > 0 {
		t.Linef(3, "Unicast Peer :")
	}
	for _, p := range c.UnicastPeers {
		t.Linef(5, "%s min_ttl %d max_ttl %d", p.Addr, p.MinTTL, p.MaxTTL)
	}
	if c.Family == config.IPv4 {
		t.Linef(3, "Unicast checksum compatibility = %s", checksumTexts[c.OldUnicastChecksum])
	}
}

// addressTexts are the lines of VIPs and of excluded VIPs.
func (s *Snapshot) addressTexts(in *Instance) (vips, excluded []string) {
	for i, a := range append(in.Conf.VIPs[:len(in.Conf.VIPs):len(in.Conf.VIPs)], in.Conf.ExcludedVIPs...) {
		p := placed{dev: a.Dev}
		if i < len(in.Devs) {
			p.dev = in.Devs[i]
		}
		p.base = in.Base[p.dev]
		p.set = in.master() && s.Addresses[Held{p.dev, a.Addr()}]
		p.blocked = in.Blocked
		if i < len(in.Conf.VIPs) {
			vips = append(vips, addressText(a, p))
		} else {
			excluded = append(excluded, addressText(a, p))
		}
	}
	return vips, excluded
}

func routeTexts(c *config.Instance) (out []string) {
	for _, r := range c.VirtualRoutes {
		out = append(out, routeText(r))
	}
	return out
}

func ruleTexts(c *config.Instance) (out []string) {
	for _, r := range c.VirtualRules {
		out = append(out, ruleText(r))
	}
	return out
}

// titled is a list under a title, unless it is empty.
func titled(t *dump.Text, title string, lines []string) {
	if len(lines) > 0 {
		t.Linef(3, "%s", title)
		list(t, lines)
	}
}

func list(t *dump.Text, lines []string) {
	for _, l := range lines {
		t.Linef(5, "%s", l)
	}
}

// notifications is whom transitions are told to.
func notifications(t *dump.Text, c *config.Instance) {
	t.Linef(3, "Using smtp notification = %s", yesNo(c.SMTPAlert))
	t.Linef(3, "Notify deleted = %s", dump.Choose(c.NotifyDeleted, "Deleted", "Fault"))
	notifyScripts(t, &c.Notify, false)
	script(t, "Deleted state transition", c.NotifyDeletedScript)
	script(t, "Generic state transition", c.Notify.Any)
	script(t, "Master rx lower pri state transition", c.NotifyMasterRxLowerPri)
	t.Linef(3, "Notify priority changes = %t", c.NotifyPriorityChanges)
}

func notifyScripts(t *dump.Text, n *config.NotifyScripts, generic bool) {
	script(t, "Backup state transition", n.Backup)
	script(t, "Master state transition", n.Master)
	script(t, "Fault state transition", n.Fault)
	script(t, "Stop state transition", n.Stop)
	if generic {
		script(t, "Generic state transition", n.Any)
	}
}

func script(t *dump.Text, what string, s config.Script) {
	if s.IsSet() {
		t.Linef(3, "%s script = %s, uid:gid %d:%d", what, dump.Command(s.Argv), s.UID, s.GID)
	}
}

// reverse is what follows a tracked object that counts the other way round.
func reverse(b bool) string { return dump.Choose(b, " reverse", "") }
