package netif

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// encode writes the payload of RTM_NEWROUTE or RTM_DELROUTE. Order and choice of
// attributes do not matter to the kernel.
func (r Route) encode(e *encoder) {
	r.encodeHeader(e)
	e.prefix(unix.RTA_DST, r.Dst)
	e.prefix(unix.RTA_SRC, r.From)
	if r.Table > 255 {
		e.u32(unix.RTA_TABLE, r.Table)
	}
	if r.Src.IsValid() {
		e.addr(unix.RTA_PREFSRC, r.Src)
	}
	if r.Metric != 0 {
		e.u32(unix.RTA_PRIORITY, r.Metric)
	}
	hop := Nexthop{Via: r.Via, Realms: r.Realms, Encap: r.Encap}
	hop.encodeAttrs(e, r.Is6())
	if r.Index != 0 {
		e.u32(unix.RTA_OIF, uint32(r.Index))
	}
	r.encodeMetrics(e)
	r.encodeExtras(e)
	r.encodeNexthops(e)
}

func (r Route) encodeHeader(e *encoder) {
	k := r.Key()
	table := uint8(k.Table)
	if k.Table > 255 {
		table = unix.RT_TABLE_UNSPEC
	}
	from := uint8(0)
	if r.From.IsValid() {
		from = uint8(r.From.Bits())
	}
	e.b = append(e.b, family(r.Dst.Addr()), uint8(r.Dst.Bits()), from, r.TOS, table, r.Protocol, r.Scope, k.Type)
	e.b = host.AppendUint32(e.b, uint32(hopFlags(r.OnLink)))
}

func hopFlags(onLink bool) uint8 {
	if onLink {
		return unix.RTNH_F_ONLINK
	}
	return 0
}

// prefix writes the address of p unless p is everything: the length of zero
// says so already.
func (e *encoder) prefix(typ uint16, p netip.Prefix) {
	if p.IsValid() && p.Bits() > 0 {
		e.addr(typ, p.Masked().Addr())
	}
}

func (n Nexthop) encodeAttrs(e *encoder, is6 bool) {
	switch {
	case !n.Via.IsValid():
	case n.Via.Is6() != is6:
		at := e.begin(unix.RTA_VIA)
		e.b = host.AppendUint16(e.b, uint16(family(n.Via)))
		e.b = append(e.b, n.Via.AsSlice()...)
		e.end(at)
	default:
		e.addr(unix.RTA_GATEWAY, n.Via)
	}
	if n.Realms != (Realms{}) {
		e.u32(unix.RTA_FLOW, n.Realms.word())
	}
	if n.Encap != nil {
		e.u16(unix.RTA_ENCAP_TYPE, n.Encap.encapType())
		at := e.begin(unix.RTA_ENCAP | unix.NLA_F_NESTED)
		n.Encap.encode(e)
		e.end(at)
	}
}

// encodeMetrics gathers all locks in one bit mask: a second one would replace
// the first.
func (r Route) encodeMetrics(e *encoder) {
	if len(r.Metrics) == 0 && r.Congestion.Name == "" {
		return
	}
	at := e.begin(unix.RTA_METRICS | unix.NLA_F_NESTED)
	locks := uint32(0)
	for _, m := range r.sortedMetrics() {
		e.u32(m.ID, m.Value)
		if m.Lock {
			locks |= 1 << m.ID
		}
	}
	if r.Congestion.Name != "" {
		e.text(unix.RTAX_CC_ALGO, r.Congestion.Name)
		if r.Congestion.Lock {
			locks |= 1 << unix.RTAX_CC_ALGO
		}
	}
	if locks != 0 {
		e.u32(unix.RTAX_LOCK, locks)
	}
	e.end(at)
}

func (r Route) encodeExtras(e *encoder) {
	if r.Expires != 0 {
		e.u32(unix.RTA_EXPIRES, r.Expires)
	}
	if r.Preference != PreferenceUnset {
		e.u8(unix.RTA_PREF, preferences[r.Preference])
	}
	if r.TTLPropagate != SwitchUnset {
		on := uint8(0)
		if r.TTLPropagate == SwitchOn {
			on = 1
		}
		e.u8(unix.RTA_TTL_PROPAGATE, on)
	}
}

func (r Route) encodeNexthops(e *encoder) {
	if len(r.Nexthops) == 0 {
		return
	}
	list := e.begin(unix.RTA_MULTIPATH)
	for _, n := range r.Nexthops {
		at := len(e.b)
		e.b = append(e.b, 0, 0, hopFlags(n.OnLink), uint8(max(n.Weight, 1)-1))
		e.b = host.AppendUint32(e.b, uint32(n.Index))
		n.encodeAttrs(e, r.Is6())
		host.PutUint16(e.b[at:], uint16(len(e.b)-at))
	}
	e.end(list)
}

// decodeRoute reads the payload of RTM_NEWROUTE or RTM_DELROUTE. Routes of
// other families and cached ones are not ok. Metrics, congestion control and
// encapsulations are left out: they do not identify a route.
func decodeRoute(b []byte) (r Route, ok bool) {
	if len(b) < unix.SizeofRtMsg || host.Uint32(b[8:])&unix.RTM_F_CLONED != 0 {
		return Route{}, false
	}
	var zero netip.Addr
	switch b[0] {
	case unix.AF_INET:
		zero = netip.IPv4Unspecified()
	case unix.AF_INET6:
		zero = netip.IPv6Unspecified()
	default:
		return Route{}, false
	}
	r = Route{TOS: b[3], Table: uint32(b[4]), Protocol: b[5], Scope: b[6], Type: b[7]}
	r.OnLink = host.Uint32(b[8:])&unix.RTNH_F_ONLINK != 0
	dst, from := zero, netip.Addr{}
	attrs(b[unix.SizeofRtMsg:], func(a attr) {
		switch a.typ {
		case unix.RTA_DST:
			dst = a.addr()
		case unix.RTA_SRC:
			from = a.addr()
		default:
			r.decode(a)
		}
	})
	r.Dst = netip.PrefixFrom(dst, int(b[1]))
	if b[2] > 0 {
		r.From = netip.PrefixFrom(from, int(b[2]))
	}
	return r, r.Dst.IsValid() && dst.BitLen() == zero.BitLen()
}

func (r *Route) decode(a attr) {
	switch a.typ {
	case unix.RTA_TABLE:
		r.Table = a.u32()
	case unix.RTA_PREFSRC:
		r.Src = a.addr()
	case unix.RTA_PRIORITY:
		r.Metric = a.u32()
	case unix.RTA_GATEWAY, unix.RTA_VIA:
		r.Via = gateway(a)
	case unix.RTA_OIF:
		r.Index = int(a.u32())
	case unix.RTA_FLOW:
		r.Realms = realmsOf(a)
	case unix.RTA_PREF:
		r.Preference = preferenceOf(a.u8())
	case unix.RTA_MULTIPATH:
		r.Nexthops = decodeNexthops(a.data)
	}
}

func gateway(a attr) netip.Addr {
	if a.typ == unix.RTA_VIA && len(a.data) > 2 {
		a.data = a.data[2:]
	}
	return a.addr()
}

func realmsOf(a attr) Realms { return Realms{From: uint16(a.u32() >> 16), To: uint16(a.u32())} }

func decodeNexthops(b []byte) (hops []Nexthop) {
	for len(b) >= unix.SizeofRtNexthop {
		n := int(host.Uint16(b))
		if n < unix.SizeofRtNexthop || n > len(b) {
			return hops
		}
		hop := Nexthop{OnLink: b[2]&unix.RTNH_F_ONLINK != 0, Weight: int(b[3]) + 1, Index: int(int32(host.Uint32(b[4:])))}
		attrs(b[unix.SizeofRtNexthop:n], func(a attr) {
			switch a.typ {
			case unix.RTA_GATEWAY, unix.RTA_VIA:
				hop.Via = gateway(a)
			case unix.RTA_FLOW:
				hop.Realms = realmsOf(a)
			}
		})
		hops = append(hops, hop)
		b = b[min((n+unix.NLA_ALIGNTO-1)&^(unix.NLA_ALIGNTO-1), len(b)):]
	}
	return hops
}
