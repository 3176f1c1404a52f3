package check

import (
	"errors"
	"net/netip"

	"keepalived/internal/check/dump"
	"keepalived/internal/check/marker"
	"keepalived/internal/config"
)

// marks are the firewall marks of groups with nftables_ipvs: one for each group
// and protocol, in the order of their first use.
type marks struct {
	next uint32
	of   map[markKey]uint32
}

type markKey struct {
	group    string
	protocol config.Protocol
}

// allot gives the groups of a configuration their marks; those that have one
// keep it.
func (m marks) allot(c *config.Config) marks {
	out := marks{next: m.next, of: map[markKey]uint32{}}
	if c.Global.Firewall.NftablesIPVS == "" {
		return out
	}
	if out.next == 0 {
		out.next = c.Global.Firewall.NftablesIPVSStartFwmark
	}
	groups := groupsByName(&c.LVS)
	for i := range c.LVS.VirtualServers {
		v := &c.LVS.VirtualServers[i]
		g, key := groups[v.Group], markKey{v.Group, v.Protocol}
		if g == nil || g.HasFwmark() || out.of[key] != 0 {
			continue
		}
		mark, kept := m.of[key]
		if !kept {
			mark = out.next
			out.next++
		}
		out.of[key] = mark
	}
	return out
}

// mark is that of a virtual server, 0 for none.
func (m marks) mark(v *config.VirtualServer) uint32 { return m.of[markKey{v.Group, v.Protocol}] }

// elements is what nftables marks.
func (m marks) elements(c *config.Config) []marker.Element {
	var out []marker.Element
	groups := groupsByName(&c.LVS)
	for i := range c.LVS.VirtualServers {
		v := &c.LVS.VirtualServers[i]
		mark := m.mark(v)
		if mark == 0 {
			continue
		}
		for _, e := range groups[v.Group].Entries {
			out = append(out, marker.Element{First: e.First, Last: e.Last, Port: e.Port, Protocol: uint8(v.Protocol), Mark: mark})
		}
	}
	return out
}

// show adds the marks to what is known of groups.
func (m marks) show(groups map[string]dump.Group) {
	for key, mark := range m.of {
		g := groups[key.group]
		if g.Marks == nil {
			g.Marks = map[config.Protocol]uint32{}
		}
		g.Marks[key.protocol] = mark
		groups[key.group] = g
	}
}

// newMarker is the tables of a configuration, nil for none.
func newMarker(c *config.Config) *marker.Marker {
	f := c.Global.Firewall
	if f.NftablesIPVS == "" {
		return nil
	}
	return marker.New(marker.Options{Table: f.NftablesIPVS, Priority: f.NftablesIPVSPriority, Counters: f.NftablesCounters})
}

// mark has nftables mark what it should.
func (k *keeper) mark(elements []marker.Element) {
	if k.marker == nil {
		return
	}
	if err := k.marker.Set(elements); err != nil {
		k.log.Infof("%v", err)
		k.patrol.known(err)
	}
}

// patrolMarks makes tables of nftables again that somebody else has removed, and
// tries again what has failed.
func (k *keeper) patrolMarks() {
	if k.marker == nil {
		return
	}
	missed, err := k.marker.Missed()
	if missed {
		k.log.Infof("The nftables table %s was removed by somebody else: putting it back", k.conf.Global.Firewall.NftablesIPVS)
	}
	if err = errors.Join(err, k.marker.Set(k.marks.elements(k.conf))); err != nil && !k.patrol.known(err) {
		k.log.Infof("%v", err)
	}
}

// unmark removes the tables.
func (k *keeper) unmark() {
	if k.marker == nil {
		return
	}
	if err := k.marker.Close(); err != nil {
		k.log.Infof("%v", err)
	}
}

// addressed says whether a virtual server has the address.
func (v *virtual) addressed(a netip.Addr) bool {
	if v.conf.Group == "" {
		return v.conf.Addr == a
	}
	if v.group == nil {
		return false
	}
	for _, e := range v.group.Entries {
		if !e.IsFwmark && e.First.Compare(a) <= 0 && a.Compare(e.Last) <= 0 {
			return true
		}
	}
	return false
}
