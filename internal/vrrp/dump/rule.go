package dump

import (
	"fmt"
	"net/netip"

	"keepalived/internal/config"
)

func ruleText(r config.Rule) string {
	var w words
	w.addIf(r.Not, "not")
	w.add("from %s", selector(r.From))
	w.addIf(r.To.IsValid(), "to %s", prefixText(r.To))
	w.add("priority %d tos 0x%x", r.Preference, r.TOS)
	if r.Fwmark.Set {
		w.add("fwmark 0x%x", r.Fwmark.V)
		if r.FwmarkMask.Set && r.FwmarkMask.V != 0xffffffff {
			fmt.Fprintf(&w, "/0x%x", r.FwmarkMask.V)
		}
	}
	w.addIf(r.IIF != "", "iif %s", r.IIF)
	w.addIf(r.OIF != "", "oif %s", r.OIF)
	w.addIf(r.SuppressPrefixLength.Set, "suppress_prefixlen %d", r.SuppressPrefixLength.V)
	w.addIf(r.SuppressIfGroup.Set, "suppress_ifgroup %d", r.SuppressIfGroup.V)
	w.addIf(r.TunnelID.Set, "tunnel-id %d", r.TunnelID.V)
	rangeText(&w, "uidrange", r.UIDRange)
	w.addIf(r.L3MDev, "l3mdev")
	w.addIf(protocolShown(r.Protocol, r.NoTrack), "protocol %d", r.Protocol)
	w.addIf(r.IPProto.Set, "ipproto %d", r.IPProto.V)
	rangeText(&w, "sport", r.SPort)
	rangeText(&w, "dport", r.DPort)
	realmsText(&w, r.Realms)
	actionText(&w, r)
	w.addIf(r.TrackGroup != "", "track_group %s", r.TrackGroup)
	w.addIf(r.NoTrack, "no_track")
	return w.String()
}

func actionText(w *words, r config.Rule) {
	switch r.Action {
	case config.RuleTable:
		w.addIf(!r.L3MDev, "lookup %d", r.Table)
	case config.RuleGoto:
		w.add("goto %d", r.Goto)
	case config.RuleNop:
		w.add("nop")
	default:
		w.add("type %s", r.Action)
	}
}

func rangeText(w *words, name string, r config.Opt[config.Range]) {
	w.addIf(r.Set, "%s %d-%d", name, r.V.From, r.V.To)
}

// selector is what a rule applies to.
func selector(p netip.Prefix) string {
	if !p.IsValid() {
		return "all"
	}
	return prefixText(p)
}
