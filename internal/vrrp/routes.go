package vrrp

import (
	"fmt"

	"golang.org/x/sys/unix"

	"keepalived/internal/config"
	"keepalived/internal/netif"
)

// route is a virtual or static route.
type route struct{ config.Route }

var routeModes = map[config.RouteAdd]netif.RouteMode{
	config.RoutePrepend: netif.RoutePrepend,
	config.RouteAppend:  netif.RouteAppend,
	config.RouteExcl:    netif.RouteAdd,
}

func (r route) add(view interfaceView) (netif.Request, bool) {
	k, ok := r.kernel(view)
	return netif.AddRoute(k, routeModes[r.Add]), ok
}

func (r route) remove(view interfaceView) (netif.Request, bool) {
	k, ok := r.kernel(view)
	return netif.DeleteRoute(k), ok
}

func (r route) untracked() bool { return r.NoTrack }

func (r route) interfaces() []string {
	names := []string{r.Dev}
	for _, h := range r.NextHops {
		names = append(names, h.Dev)
	}
	return names
}

func (r route) key() string {
	r.Origin = config.Origin{}
	return fmt.Sprintf("route %+v", r.Route)
}

// kernel is the route as the kernel takes it; ok is false while one of its
// interfaces does not exist.
func (r route) kernel(view interfaceView) (netif.Route, bool) {
	k := netif.Route{
		Type: r.Type, Dst: r.Dst, From: r.Src, Src: r.PrefSrc, Via: r.Via, TOS: r.TOS, Table: r.Table,
		Protocol: r.Protocol, Scope: r.Scope.V, Metric: r.Metric.V, OnLink: r.OnLink, Expires: r.Expires.V,
		Realms:       kernelRealms(r.Realms),
		TTLPropagate: kernelSwitch(r.TTLPropagate),
		Metrics:      routeMetrics(r.Metrics),
		Congestion:   netif.CongestionControl{Name: r.Metrics.CongCtl, Lock: r.Metrics.CongCtlLock},
		Encap:        kernelEncap(r.Encap),
	}
	if r.Pref.Set {
		k.Preference, _ = netif.PreferenceNumber(r.Pref.V)
	}
	ok := true
	if r.Dev != "" {
		l, known := view[r.Dev]
		k.Index, ok = l.Index, known
	}
	for _, h := range r.NextHops {
		n := netif.Nexthop{Via: h.Via, Weight: h.Weight, OnLink: h.OnLink, Realms: kernelRealms(h.Realms), Encap: kernelEncap(h.Encap)}
		if h.Dev != "" {
			l, known := view[h.Dev]
			n.Index, ok = l.Index, ok && known
		}
		k.Nexthops = append(k.Nexthops, n)
	}
	return k, ok
}

func kernelRealms(r config.Opt[uint32]) netif.Realms {
	return netif.Realms{From: uint16(r.V >> 16), To: uint16(r.V)}
}

func kernelSwitch(o config.Opt[bool]) netif.Switch {
	switch {
	case !o.Set:
		return netif.SwitchUnset
	case o.V:
		return netif.SwitchOn
	}
	return netif.SwitchOff
}

func routeMetrics(m config.RouteMetrics) (out []netif.Metric) {
	for _, x := range []struct {
		id uint16
		m  config.Metric
	}{
		{unix.RTAX_MTU, m.MTU}, {unix.RTAX_HOPLIMIT, m.HopLimit}, {unix.RTAX_ADVMSS, m.AdvMSS}, {unix.RTAX_RTT, m.RTT},
		{unix.RTAX_RTTVAR, m.RTTVar}, {unix.RTAX_RTO_MIN, m.RTOMin}, {unix.RTAX_REORDERING, m.Reordering},
		{unix.RTAX_WINDOW, m.Window}, {unix.RTAX_CWND, m.Cwnd}, {unix.RTAX_SSTHRESH, m.SSThresh},
		{unix.RTAX_INITCWND, m.InitCwnd}, {unix.RTAX_INITRWND, m.InitRwnd},
		{unix.RTAX_FEATURES, config.Metric{Set: m.FeaturesECN, V: unix.RTAX_FEATURE_ECN}},
		{unix.RTAX_QUICKACK, flagMetric(m.QuickAck)}, {unix.RTAX_FASTOPEN_NO_COOKIE, flagMetric(m.FastOpenNoCookie)},
	} {
		if x.m.Set {
			out = append(out, netif.Metric{ID: x.id, Value: x.m.V, Lock: x.m.Lock})
		}
	}
	return out
}

func flagMetric(o config.Opt[bool]) config.Metric {
	m := config.Metric{Set: o.Set}
	if o.V {
		m.V = 1
	}
	return m
}

func kernelEncap(e config.Encap) netif.Encap {
	switch e.Type {
	case config.EncapMPLS:
		return netif.EncapMPLS{Labels: e.Labels}
	case config.EncapIP:
		return netif.EncapIP{ID: e.ID.V, Dst: e.Dst, Src: e.Src, TOS: e.TOS.V, TTL: e.TTL.V, Flags: e.Flags.V}
	case config.EncapIP6:
		return netif.EncapIP6{ID: e.ID.V, Dst: e.Dst, Src: e.Src, TrafficClass: e.TOS.V, HopLimit: e.TTL.V, Flags: e.Flags.V}
	case config.EncapILA:
		return netif.EncapILA{Locator: e.Locator.V}
	}
	return nil
}

// rule is a virtual or static policy rule.
type rule struct{ config.Rule }

func (r rule) add(interfaceView) (netif.Request, bool)    { return netif.AddRule(r.kernel()), true }
func (r rule) remove(interfaceView) (netif.Request, bool) { return netif.DeleteRule(r.kernel()), true }

func (r rule) untracked() bool { return r.NoTrack }

func (r rule) interfaces() []string { return []string{r.IIF, r.OIF} }

func (r rule) key() string {
	r.Origin = config.Origin{}
	return fmt.Sprintf("rule %+v", r.Rule)
}

var ruleActions = map[config.RuleAction]uint8{
	config.RuleTable:       unix.FR_ACT_TO_TBL,
	config.RuleGoto:        unix.FR_ACT_GOTO,
	config.RuleNop:         unix.FR_ACT_NOP,
	config.RuleBlackhole:   unix.FR_ACT_BLACKHOLE,
	config.RuleProhibit:    unix.FR_ACT_PROHIBIT,
	config.RuleUnreachable: unix.FR_ACT_UNREACHABLE,
}

func (r rule) kernel() netif.Rule {
	k := netif.Rule{
		Family: unix.AF_INET, From: r.From, To: r.To, Invert: r.Not, TOS: r.TOS, Priority: r.Preference,
		IIF: r.IIF, OIF: r.OIF, FwMark: r.Fwmark.V, FwMask: r.FwmarkMask.V, Realms: kernelRealms(r.Realms),
		TunnelID: r.TunnelID.V, IPProto: r.IPProto.V, L3MDev: r.L3MDev, Protocol: r.Protocol,
		Action: ruleActions[r.Action], Table: r.Table, Goto: r.Goto,
		UIDs:              netif.UIDRange{Set: r.UIDRange.Set, First: r.UIDRange.V.From, Last: r.UIDRange.V.To},
		SPort:             netif.PortRange{First: uint16(r.SPort.V.From), Last: uint16(r.SPort.V.To)},
		DPort:             netif.PortRange{First: uint16(r.DPort.V.From), Last: uint16(r.DPort.V.To)},
		SuppressPrefixLen: netif.Suppress{Set: r.SuppressPrefixLength.Set, Value: r.SuppressPrefixLength.V},
		SuppressGroup:     netif.Suppress{Set: r.SuppressIfGroup.Set, Value: r.SuppressIfGroup.V},
	}
	if r.Family == config.IPv6 {
		k.Family = unix.AF_INET6
	}
	return k
}
