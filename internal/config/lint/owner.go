package lint

import (
	"fmt"
	"net/netip"
	"strings"

	"keepalived/internal/config"
	"keepalived/internal/config/lang"
)

// ownerPriority is that of the router that owns the addresses (RFC 9568 6.1).
const ownerPriority = 255

func (l *linter) owner(in *config.Instance) {
	if in.Priority != ownerPriority {
		return
	}
	foreign := l.foreign(in)
	if !foreign.IsValid() {
		return
	}
	f := Finding{Rule: OwnerPriority, Help: "write a priority of 254 or less, unless the address is also configured on an interface"}
	pos, _, given := l.find(in.Origin, "priority")
	f.Pos = pos
	what := "priority 255"
	if !given {
		f.Pos = l.at(in.Origin, "state")
		what = "state MASTER without priority means 255, which"
		f.Help = "add a priority of 254 or less, unless the address is also configured on an interface"
	}
	f.Text = fmt.Sprintf("(%s) %s is for the router that owns the addresses, and %s is not known to be its own", in.Name, what, foreign)
	l.add(f)
}

// foreign is an address of the instance that is not this machine's own.
func (l *linter) foreign(in *config.Instance) netip.Addr {
	for _, vip := range in.VIPs {
		if !l.owns(vip.Addr()) {
			return vip.Addr()
		}
	}
	return netip.Addr{}
}

func (l *linter) owns(a netip.Addr) bool {
	for _, s := range l.cfg.VRRP.StaticAddresses {
		if s.Addr() == a {
			return true
		}
	}
	return l.Owns != nil && l.Owns(a)
}

// strict notes an instance whose addresses do not answer.
func (l *linter) strict(in *config.Instance) {
	if !in.Strict || in.Accept || in.Priority == ownerPriority || len(in.VIPs) == 0 {
		return
	}
	at, _, own := l.find(in.Origin, "strict_mode")
	if !own {
		if pos, _, ok := l.find(l.cfg.Global.Origin, "vrrp_strict"); ok {
			at = pos
		}
	}
	if l.strictNames == nil {
		l.strictNames = map[lang.Pos][]string{}
	}
	if l.strictNames[at] == nil {
		l.strictAt = append(l.strictAt, at)
	}
	l.strictNames[at] = append(l.strictNames[at], in.Name)
}

// strictFindings tells once for each keyword which instances it concerns.
func (l *linter) strictFindings() {
	for _, at := range l.strictAt {
		l.add(Finding{Rule: StrictUnreachable, Pos: at,
			Help: "remove it, or use version 3 and add accept to the instance",
			Text: fmt.Sprintf("strict mode drops what is sent to the virtual addresses of %s: neither ping nor a service answers there",
				someOf(l.strictNames[at]))})
	}
}

// someOf lists names, but not too many.
func someOf(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
