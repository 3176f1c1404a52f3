package config

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

func (d *decoder) defaults() *VRRPDefaults { return &d.cfg.Global.VRRPDefaults }

func mcastGroup(family Family) handler {
	return func(d *decoder, s stmt) {
		addr, ok := parseAddr(addrPrefix(s.arg(1)))
		switch {
		case !ok:
			d.refuse(s, 1, "Can't parse {kw} [{v}]. Skipping")
		case family == IPv4 && !addr.Is4():
			d.refuse(s, 1, "{kw} [{v}] is not IPv4. Skipping")
		case family == IPv6 && !addr.Is6():
			d.refuse(s, 1, "{kw} [{v}] is not IPv6. Skipping")
		case !addr.IsMulticast():
			d.refuse(s, 1, "{kw} [{v}] is not multicast. Skipping")
		case family == IPv4:
			d.defaults().McastGroup4 = addr
		default:
			if !addr.IsLinkLocalMulticast() {
				d.refuse(s, 1, "{kw} [{v}] should be link-local multicast.")
			}
			d.defaults().McastGroup6 = addr
		}
	}
}

// parseAddr reads a numeric address.
func parseAddr(word string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(word)
	return a, err == nil
}

// oldIPv4 reads the notations of inet_aton(3): up to four numbers in any base, the
// last of which fills the rest.
func oldIPv4(word string) (netip.Addr, bool) {
	parts := strings.Split(word, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var v uint32
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 32)
		last := i == len(parts)-1
		if err != nil || strings.Contains(part, "_") || !last && n > 255 || last && n >= 1<<(32-8*i) {
			return netip.Addr{}, false
		}
		if !last {
			n <<= 24 - 8*i
		}
		v |= uint32(n)
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
}

func garpRefresh(d *decoder, s stmt) {
	v, ok := d.number(s, 1, anyUint)
	if !ok {
		d.refuse(s, 1, "Invalid {kw} '{v}' - ignoring")
		v = 0
	}
	d.global.garpMasterRefresh = Some(secs(v))
}

func repeatCount(p func(g *globalDraft) *Opt[int]) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.number(s, 1, anyUint)
		if !ok {
			d.refuse(s, 1, "{kw} '{v}' invalid - ignoring")
			return
		}
		*p(&d.global) = Some(int(atLeastOne(d, s, v, "{kw} must be greater than 0, setting to 1")))
	}
}

func garpGap(p func(v *VRRPDefaults) *time.Duration) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, microTimer)
		if !ok {
			d.refuse(s, 1, "{kw} '{v}' is invalid")
			return
		}
		if v >= time.Second {
			d.info(s.at(1), "The %s is very large - %s seconds", s.arg(0), s.arg(1))
		}
		*p(d.defaults()) = v
	}
}

// minGarp turns repetition off for what is still at its default. The order in
// the file matters.
func minGarp(d *decoder, s stmt) {
	on, ok := d.bool(s, "Invalid value for vrrp_min_garp specified")
	if !ok || !on {
		return
	}
	g := &d.global
	setDefault(&g.garpMasterDelay, 0)
	setDefault(&g.garpMasterRepeat, 1)
	setDefault(&g.garpMasterRefresh, 0)
	setDefault(&g.garpRefreshRepeat, 0)
}

func setDefault[T any](o *Opt[T], v T) {
	if !o.Set {
		*o = Some(v)
	}
}

// extraGarp reads [all] SECS.
func (d *decoder) extraGarp(s stmt, colon string, lo int64) (every time.Duration, all, ok bool) {
	for i := 1; i < s.n(); i++ {
		if s.arg(i) == "all" {
			all = true
			continue
		}
		v, good := d.number(s, i, limits{lo: lo, hi: 86400})
		if !good {
			d.refuse(s, i, colon+"{kw} '{v}' invalid - ignoring")
			return 0, false, false
		}
		every, ok = secs(v), true
	}
	if !ok {
		d.errorf(s, 0, "%s", d.say(s, 0, colon+"{kw} specified without time - ignoring"))
	}
	return every, all, ok
}

func globalExtraGarp(d *decoder, s stmt) {
	if every, all, ok := d.extraGarp(s, "", 1); ok {
		d.defaults().GarpExtraIf, d.defaults().GarpExtraIfAll = every, all
	}
}

func delay(p func(v *VRRPDefaults) *time.Duration) handler {
	return func(d *decoder, s stmt) {
		v, ok := d.decimal(s, 1, decimals{lo: 1000, hi: 4294967295, places: 6})
		if !ok {
			d.refuse(s, 1, "{kw} '{v}' is invalid")
			return
		}
		if v >= time.Minute {
			d.info(s.at(1), "The %s is very large - %s seconds", s.arg(0), s.arg(1))
		}
		*p(d.defaults()) = v
	}
}

// applyGlobals resolves what global_defs leaves to defaults.
func (d *decoder) applyGlobals() {
	g, draft := &d.cfg.Global, &d.global
	v := &g.VRRPDefaults
	v.Version = draft.version.Or(2)
	v.GarpMasterDelay = draft.garpMasterDelay.Or(5 * time.Second)
	v.GarpMasterRepeat = draft.garpMasterRepeat.Or(5)
	v.GarpMasterRefresh = draft.garpMasterRefresh.Or(0)
	v.GarpMasterRefreshRepeat = draft.garpRefreshRepeat.Or(1)
	v.GarpLowerPrioDelay = draft.garpLowerPrioDelay.Or(v.GarpMasterDelay)
	v.GarpLowerPrioRepeat = draft.garpLowerPrioRepeat.Or(v.GarpMasterRepeat)
	orElse(&v.VMACPrefix, "vrrp")
	orElse(&v.VMACAddrPrefix, v.VMACPrefix)
	orElse(&g.DefaultInterface, "eth0")
	host := d.env.Hostname()
	orElse(&g.Mail.RouterID, host)
	orElse(&g.Mail.HeloName, host)
	g.SNMP.RSStatsUpdateInterval = draft.rsStatsInterval.Or(g.SNMP.VSStatsUpdateInterval)
	if draft.startup.isSet() && g.Scripts.StartupTimeout == 0 {
		g.Scripts.StartupTimeout = 10 * time.Second
	}
	if draft.shutdown.isSet() && g.Scripts.ShutdownTimeout == 0 {
		g.Scripts.ShutdownTimeout = 10 * time.Second
	}
	d.checkSyncDaemon()
}

func orElse(p *string, def string) {
	if *p == "" {
		*p = def
	}
}

// newConfig has every default that does not depend on anything else.
func newConfig() *Config {
	c := &Config{}
	g := &c.Global
	g.ChildWaitTime = 5 * time.Second
	g.Mail.ServerPort = 25
	g.Mail.ConnectTimeout = 30 * time.Second
	p := &g.Processes
	p.MinAutoPriorityDelay = time.Second
	for _, child := range []*Process{&p.VRRP, &p.Checker, &p.BFD} {
		child.RlimitRTTime = 10 * time.Millisecond
	}
	g.VRRPDefaults.McastGroup4 = netip.AddrFrom4([4]byte{224, 0, 0, 18})
	g.VRRPDefaults.McastGroup6 = netip.MustParseAddr("ff02::12")
	g.VRRPDefaults.DownTimerAdverts = 3
	g.Firewall.NftablesPriority, g.Firewall.NftablesIPVSPriority = -1, -1
	g.Firewall.NftablesIPVSStartFwmark = 1000
	g.SNMP.Socket = "unix:/var/agentx/master"
	g.SNMP.VSStatsUpdateInterval = 5 * time.Second
	g.DBus.ServiceName = "org.keepalived.Vrrp1"
	g.DBus.NoInterfaceName = "none"
	g.Buffers.RxBufsMultiplier = 3
	g.Files.JSONVersion = 1
	g.Files.IprouteEtcDir = "/etc/iproute2"
	g.Files.IprouteUsrDir = "/usr/share/iproute2"
	return c
}
