package dump

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/dump"
)

// routeTypes are the names of route types other than unicast.
var routeTypes = map[uint8]string{
	2: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole",
	7: "unreachable", 8: "prohibit", 9: "throw", 10: "nat", 11: "xresolve",
}

const (
	tableMain = 254
	// protocolOurs marks routes and rules of keepalived.
	protocolOurs = 18
)

func routeText(r config.Route) string {
	var w words
	w.add("%s", cmp.Or(string(r.Add), "prepend"))
	if name := routeTypes[r.Type]; name != "" {
		w.add("%s", name)
	}
	w.add("%s", prefixText(r.Dst))
	w.addIf(r.Src.IsValid(), "from %s", r.Src)
	w.addIf(r.PrefSrc.IsValid(), "src %s", r.PrefSrc)
	encapText(&w, r.Encap)
	viaText(&w, r.Via)
	w.addIf(r.TOS != 0, "tos %d", r.TOS)
	w.addIf(r.Dev != "", "dev %s", r.Dev)
	w.addIf(r.VRF != "", "vrf %s", r.VRF)
	w.addIf(r.Table != tableMain && r.VRF == "", "table %d", r.Table)
	w.addIf(protocolShown(r.Protocol, r.NoTrack), "proto %d", r.Protocol)
	w.addIf(r.Scope.Set, "scope %d", r.Scope.V)
	w.addIf(r.Metric.Set, "metric %d", r.Metric.V)
	w.addIf(r.OnLink, "onlink")
	w.addIf(r.Expires.Set, "expires %dsec", r.Expires.V)
	metricsText(&w, &r.Metrics)
	realmsText(&w, r.Realms)
	if r.Pref.Set {
		w.add("pref %s", preference(r.Pref.V))
	}
	w.addIf(r.TTLPropagate.Set, "ttl-propagate %s", dump.Choose(r.TTLPropagate.V, "enabled", "disabled"))
	for _, h := range r.NextHops {
		w.add("nexthop")
		encapText(&w, h.Encap)
		viaText(&w, h.Via)
		w.addIf(h.Dev != "", "dev %s", h.Dev)
		w.addIf(h.Weight > 1, "weight %d", h.Weight)
		w.addIf(h.OnLink, "onlink")
		realmsText(&w, h.Realms)
	}
	w.addIf(r.TrackGroup != "", "track_group %s", r.TrackGroup)
	w.addIf(r.NoTrack, "no_track")
	return w.String()
}

// protocolShown: what nobody watches needs no mark of ours.
func protocolShown(protocol uint8, untracked bool) bool {
	return protocol != 0 && !(untracked && protocol == protocolOurs)
}

func viaText(w *words, via netip.Addr) {
	if via.IsValid() {
		w.add("via %s %s", familyWord(via), via)
	}
}

func familyWord(a netip.Addr) string {
	if a.Is6() {
		return "inet6"
	}
	return "inet"
}

func encapText(w *words, e config.Encap) {
	switch e.Type {
	case config.EncapNone:
		return
	case config.EncapMPLS:
		var labels []string
		for _, l := range e.Labels {
			labels = append(labels, strconv.FormatUint(uint64(l), 10))
		}
		w.add("encap mpls %s", strings.Join(labels, "/"))
		return
	}
	w.add("encap %s", e.Type)
	w.addIf(e.ID.Set, "id %d", e.ID.V)
	w.addIf(e.Dst.IsValid(), "dst %s", e.Dst)
	w.addIf(e.Src.IsValid(), "src %s", e.Src)
	w.addIf(e.TOS.Set, "tos %d", e.TOS.V)
	w.addIf(e.TTL.Set, "ttl %d", e.TTL.V)
	w.addIf(e.Flags.Set, "flags 0x%x", e.Flags.V)
	if e.Locator.Set {
		v := e.Locator.V
		w.add("%x:%x:%x:%x", v>>48, v>>32&0xffff, v>>16&0xffff, v&0xffff)
	}
}

func metricsText(w *words, m *config.RouteMetrics) {
	for _, x := range []struct {
		name string
		of   config.Metric
		unit string
		div  uint32
	}{
		{"mtu", m.MTU, "", 1}, {"hoplimit", m.HopLimit, "", 1}, {"advmss", m.AdvMSS, "", 1},
		{"rtt", m.RTT, "ms", 8}, {"rttvar", m.RTTVar, "ms", 4}, {"reordering", m.Reordering, "", 1},
		{"window", m.Window, "", 1}, {"cwnd", m.Cwnd, "", 1}, {"ssthresh", m.SSThresh, "", 1},
		{"rto_min", m.RTOMin, "ms", 1}, {"initcwnd", m.InitCwnd, "", 1}, {"initrwnd", m.InitRwnd, "", 1},
	} {
		if x.of.Set {
			w.add("%s%s %d%s", x.name, lock(x.of.Lock), x.of.V/x.div, x.unit)
		}
	}
	w.addIf(m.FeaturesECN, "features ecn")
	if m.QuickAck.Set {
		w.add("quickack %d", dump.Bit(m.QuickAck.V))
	}
	w.addIf(m.CongCtl != "", "congctl%s %s", lock(m.CongCtlLock), m.CongCtl)
	if m.FastOpenNoCookie.Set {
		w.add("fastopen_no_cookie %d", dump.Bit(m.FastOpenNoCookie.V))
	}
}

func lock(locked bool) string {
	if locked {
		return " lock"
	}
	return ""
}

func realmsText(w *words, r config.Opt[uint32]) {
	if !r.Set {
		return
	}
	if from := r.V >> 16; from != 0 {
		w.add("realms %d/%d", from, r.V&0xffff)
		return
	}
	w.add("realms %d", r.V)
}

// preference names an IPv6 router preference (RFC 4191 2.1).
func preference(v uint8) string {
	switch v {
	case 0:
		return "medium"
	case 1:
		return "high"
	case 3:
		return "low"
	}
	return fmt.Sprint(v)
}
