package lint

import (
	"fmt"
	"net/netip"
	"slices"

	"keepalived/internal/config"
	"keepalived/internal/config/explain"
	"keepalived/internal/config/lang"
)

// peer compares an instance with the same virtual router on the other node.
func (l *linter) peer(in *config.Instance) {
	other := explain.Counterpart(in, l.Peer)
	if other == nil {
		return
	}
	there := originPos(other.Origin)
	if in.Priority == other.Priority {
		l.add(Finding{Rule: EqualPriority, Pos: l.at(in.Origin, "priority"), Related: []lang.Pos{there},
			Help: "give the node that is to be master the higher priority",
			Text: fmt.Sprintf("(%s) both nodes have priority %d: the higher address decides who is master", in.Name, in.Priority)})
	}
	for _, m := range mismatches(in, other) {
		l.add(Finding{Rule: PeerMismatch, Pos: l.at(in.Origin, m.keyword), Related: []lang.Pos{there},
			Help: "write the same on both nodes", Text: fmt.Sprintf("(%s) %s", in.Name, m.text)})
	}
	l.unicast(in, other)
}

type mismatch struct{ keyword, text string }

// mismatches are the settings without which routers do not understand each other.
func mismatches(in, other *config.Instance) []mismatch {
	var out []mismatch
	add := func(differ bool, keyword, format string, args ...any) {
		if differ {
			out = append(out, mismatch{keyword, fmt.Sprintf(format, args...)})
		}
	}
	add(in.Version != other.Version, "version", "VRRP version %d here and %d there: neither accepts the other's adverts",
		in.Version, other.Version)
	add(in.Version == 2 && other.Version == 2 && in.AdvertInt != other.AdvertInt, "advert_int",
		"advert_int %g here and %g there: version 2 discards such adverts", in.AdvertInt.Seconds(), other.AdvertInt.Seconds())
	add(in.Auth != other.Auth, "authentication", "the authentication differs: neither accepts the other's adverts")
	add(in.Unicast != other.Unicast, "unicast_peer", "one node sends unicast, the other multicast: they do not hear each other")
	add(!slices.Equal(addresses(in), addresses(other)), "virtual_ipaddress", "the virtual addresses differ")
	return out
}

func addresses(in *config.Instance) []netip.Addr {
	var out []netip.Addr
	for _, a := range in.VIPs {
		out = append(out, a.Addr())
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// unicast says when the other node's own address is not one of our peers.
func (l *linter) unicast(in, other *config.Instance) {
	if !in.Unicast || !other.Unicast || !other.SrcIP.IsValid() {
		return
	}
	for _, p := range in.UnicastPeers {
		if p.Addr == other.SrcIP {
			return
		}
	}
	l.add(Finding{Rule: PeerUnknown, Pos: l.at(in.Origin, "unicast_peer"), Related: []lang.Pos{originPos(other.Origin)},
		Help: fmt.Sprintf("add %s", other.SrcIP),
		Text: fmt.Sprintf("(%s) the peer sends from %s, which is not in unicast_peer: it gets no adverts", in.Name, other.SrcIP)})
}
