package dump

import (
	"keepalived/internal/config"
)

// Global adds the section of the global definitions. host is the system's name.
func Global(t *Text, g *config.Global, host string) {
	t.Section("Global definitions")
	names(t, g)
	mail(t, &g.Mail, host)
	t.Linef(1, "Checkers log all failures = %t", g.CheckerLogAllFailures)
	reloads(t, g)
	ownScript(t, "Startup script", g.Scripts.Startup, ",", seconds(g.Scripts.StartupTimeout))
	ownScript(t, "Shutdown script", g.Scripts.Shutdown, "", seconds(g.Scripts.ShutdownTimeout))
	t.Linef(1, "Dynamic interfaces = %t", g.DynamicInterfaces)
	if g.AllowIfChanges {
		t.Linef(1, "Allow interface changes = true")
	}
	if g.Mail.NoEmailFaults {
		t.Linef(1, "Send emails for fault transitions = off")
	}
	ipvsTimeouts(t, &g.IPVS)
	if g.DefaultInterface != "" {
		t.Linef(1, "Default interface = %s", g.DefaultInterface)
	}
	t.Linef(1, "Disable local IGMP = %s", yesNo(g.DisableLocalIGMP))
	t.Linef(1, "Use VRRPv2 checksum for VRRPv3 IPv4 = %s", yesNo(g.VRRPDefaults.V3ChecksumAsV2))
	ipvs(t, &g.IPVS)
	fifos(t, &g.Notify)
	vrrpDefaults(t, &g.VRRPDefaults)
	firewall(t, &g.Firewall)
	t.Linef(1, "VRRP check unicast_src = %t", g.VRRPDefaults.CheckUnicastSrc)
	t.Linef(1, "VRRP skip check advert addresses = %t", g.VRRPDefaults.SkipCheckAdvAddr)
	t.Linef(1, "VRRP strict mode = %t", g.VRRPDefaults.Strict)
	processes(t, &g.Processes)
	snmp(t, &g.SNMP)
	dbus(t, &g.DBus)
	t.Linef(1, "Script security %s", enabled(g.Scripts.Security))
	if g.Scripts.User.Set {
		t.Linef(1, "Default script uid:gid %d:%d", g.Scripts.User.V.UID, g.Scripts.User.V.GID)
	}
	buffers(t, g)
	files(t, g)
}

func names(t *Text, g *config.Global) {
	text(t, "Config save dir", g.Files.ConfigSaveDir)
	t.Linef(1, "Network namespace = %s", orElse(g.NetNamespace, "(default)"))
	ns := "(main namespace)"
	if g.NetNamespaceIPVS.Set {
		ns = orElse(g.NetNamespaceIPVS.V, "(default)")
	}
	t.Linef(1, "Network namespace ipvs = %s", ns)
	text(t, "Instance name", g.Instance)
	p := &g.Processes
	names := [3]string{p.VRRP.Name, p.Checker.Name, p.BFD.Name}
	if p.SetNames {
		for i, name := range [3]string{"keepalived_vrrp", "keepalived_lvs", "keepalived_bfd"} {
			names[i] = orElse(names[i], name)
		}
	}
	text(t, "Parent process name", p.Name)
	for i, kind := range [3]string{"VRRP", "LVS", "BFD"} {
		text(t, kind+" process name", names[i])
	}
	t.Linef(1, "%s", Choose(g.Scripts.UseSymlinkPaths, "Keep symlinks in script paths", "Replace symlinks in script paths"))
	if !g.Scripts.UseSymlinkPaths {
		t.Linef(1, "Don't set supplementary groups for all scripts")
	}
	text(t, "Router ID", g.Mail.RouterID)
}

// usualTimeout is smtp_connect_timeout in seconds unless it is configured.
const usualTimeout = 30

func mail(t *Text, m *config.Mail, host string) {
	if m.Server != "" {
		t.Linef(1, "Smtp server = %s", m.Server)
		t.Linef(1, "Smtp server port = %d", m.ServerPort)
	}
	if helo := orElse(m.HeloName, host); m.Server != "" || helo != host {
		text(t, "Smtp HELO name", helo)
	}
	if s := seconds(m.ConnectTimeout); m.Server != "" || s != usualTimeout {
		t.Linef(1, "Smtp server connection timeout = %d", s)
	}
	if m.From != "" {
		t.Linef(1, "Email notification from = %s", m.From)
	}
	if len(m.To) > 0 {
		t.Linef(1, "Email notification to:")
		for _, to := range m.To {
			t.Linef(3, "%s", to)
		}
	}
	t.Linef(1, "Default smtp_alert = %s", alert(m.SMTPAlert))
	t.Linef(1, "Default smtp_alert_vrrp = %s", alert(m.SMTPAlertVRRP))
	t.Linef(1, "Default smtp_alert_checker = %s", alert(m.SMTPAlertChecker))
}

func alert(o config.Opt[bool]) string {
	if !o.Set {
		return "unset"
	}
	return Choose(o.V, "on", "off")
}

func reloads(t *Text, g *config.Global) {
	r := &g.Reload
	if r.CheckConfig {
		t.Linef(1, "Test config before reload, log to %s", r.CheckConfigLog)
	} else {
		t.Linef(1, "No test config before reload")
	}
	if r.TimeFile != "" {
		t.Linef(1, "Reload time file = %s%s", r.TimeFile, Choose(r.Repeat, " (repeat)", ""))
		t.Linef(1, "No reload scheduled")
	}
	if r.File.Set {
		t.Linef(1, "Reload_file = %s", orElse(r.File.V, "(default)"))
	}
	text(t, "config save directory", g.Files.TmpConfigDirectory) // its name in the C daemon's file
	if g.Files.DataUseInstance {
		t.Linef(1, "Use instance name in data dumps")
	}
}

func ownScript(t *Text, what string, s config.Script, comma string, timeout int) {
	if s.IsSet() {
		t.Linef(1, "%s = %s, uid:gid %d:%d%s timeout %d", what, Command(s.Argv), s.UID, s.GID, comma, timeout)
	}
}

func ipvsTimeouts(t *Text, i *config.IPVS) {
	if s := seconds(i.TCPTimeout); s > 0 {
		t.Linef(1, "LVS TCP timeout = %d", s)
	}
	if s := seconds(i.TCPFinTimeout); s > 0 {
		t.Linef(1, "LVS TCP FIN timeout = %d", s)
	}
	if s := seconds(i.UDPTimeout); s > 0 {
		t.Linef(1, "LVS UDP timeout = %d", s)
	}
}

func ipvs(t *Text, i *config.IPVS) {
	d := &i.SyncDaemon
	if d.Interface != "" {
		text(t, "LVS syncd vrrp name", d.Instance)
		t.Linef(1, "LVS syncd interface = %s", d.Interface)
		if d.SyncID.Set {
			t.Linef(1, "LVS syncd syncid = %d", d.SyncID.V)
		}
		number(t, "LVS syncd maxlen", int(d.MaxLen))
		if d.Group.IsValid() {
			t.Linef(1, "LVS mcast group %s", d.Group)
		}
		number(t, "LVS syncd mcast port", int(d.Port))
		number(t, "LVS syncd mcast ttl", int(d.TTL))
	}
	t.Linef(1, "LVS flush = %t", i.Flush)
	t.Linef(1, "LVS flush on stop = %s", orElse(string(i.FlushOnStop), "disabled"))
}

func fifos(t *Text, n *config.Notify) {
	fifo(t, "Global notify fifo", &n.FIFO)
	fifo(t, "VRRP notify fifo", &n.VRRPFIFO)
	fifo(t, "LVS notify fifo", &n.LVSFIFO)
	t.Linef(1, "FIFO write vrrp states on reload = %t", n.FIFOWriteVRRPStatesOnReload)
	t.Linef(1, "VRRP notify priority changes = %t", n.VRRPNotifyPriorityChanges)
}

func fifo(t *Text, what string, f *config.FIFO) {
	if f.Path == "" {
		return
	}
	t.Linef(1, "%s = %s, uid:gid %d:%d", what, f.Path, f.UID, f.GID)
	if f.Script.IsSet() {
		t.Linef(1, "%s script = %s, uid:gid %d:%d", what, Command(f.Script.Argv), f.Script.UID, f.Script.GID)
	}
}
