package dump

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"keepalived/internal/config"
)

// words builds the text of an address, route or rule.
type words struct{ strings.Builder }

func (w *words) add(format string, args ...any) {
	if w.Len() > 0 {
		w.WriteByte(' ')
	}
	fmt.Fprintf(w, format, args...)
}

// addIf adds a word when there is reason to.
func (w *words) addIf(yes bool, format string, args ...any) {
	if yes {
		w.add(format, args...)
	}
}

// scopes are the names of address scopes (ip-address(8)).
var scopes = map[uint8]string{0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}

func scopeName(s uint8) string {
	if name, ok := scopes[s]; ok {
		return name
	}
	return strconv.Itoa(int(s))
}

// placed is where an address goes and whether it is there.
type placed struct {
	dev, base string
	set       bool
	blocked   bool
}

func addressText(a config.Address, p placed) string {
	var w words
	length := a.Prefix
	if a.Peer.IsValid() {
		length = a.Peer
	}
	w.add("%s", prefix(a.Addr(), length.Bits(), a.Peer.IsValid()))
	w.addIf(a.Broadcast.IsValid(), "brd %s", a.Broadcast)
	dev := p.dev
	if p.base != "" {
		dev += "@" + p.base
	}
	w.addIf(dev != "", "dev %s", dev)
	w.add("scope %s", scopeName(a.Scope))
	w.addIf(a.Label != "", "label %s", a.Label)
	w.addIf(a.Home, "home")
	w.addIf(a.DAD && a.Addr().Is6(), "-nodad")
	w.addIf(a.MngTmpAddr, "mngtmpaddr")
	w.addIf(a.NoPrefixRoute, "noprefixroute")
	w.addIf(a.AutoJoin, "autojoin")
	if a.Addr().Is6() {
		w.add("%s", lifetime(a.PreferredLft))
	}
	w.addIf(a.Peer.IsValid(), "peer %s", a.Peer)
	w.addIf(a.TrackGroup != "", "track_group %s", a.TrackGroup)
	w.addIf(a.NoTrack, "no_track")
	w.addIf(p.set, "set")
	w.addIf(p.set && p.blocked, "nftable_set")
	return w.String()
}

func lifetime(preferred uint32) string {
	switch preferred {
	case 0:
		return "deprecated"
	case config.LifetimeForever:
		return "preferred_lft forever"
	}
	return fmt.Sprintf("preferred_lft %d", preferred)
}

// prefix is an address with its length, unless that is all of it.
func prefix(a netip.Addr, bits int, peer bool) string {
	if bits == a.BitLen() || peer {
		return a.String()
	}
	return fmt.Sprintf("%s/%d", a, bits)
}

func prefixText(p netip.Prefix) string { return prefix(p.Addr(), p.Bits(), false) }
