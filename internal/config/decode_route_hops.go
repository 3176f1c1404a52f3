package config

import (
	"net/netip"
	"strconv"
	"strings"
)

// routeNextHops reads the rest of the line. A next hop that cannot be used ends
// it; those before it count.
func routeNextHops(r *routeReader) {
	if r.or != nil {
		r.complain(`Cannot specify nexthops with "or" route`)
		r.fail("Route has trailing nonsense - nexthop")
		return
	}
	for r.more() && r.s.arg(r.i) == "nexthop" {
		r.i++
		if h := r.nextHop(); !r.bad {
			r.r.NextHops = append(r.r.NextHops, h)
		}
	}
	if r.more() {
		r.fail("Route has trailing nonsense after nexthops - %s", r.s.arg(r.i))
	}
	if _, aborted := r.d.diags.Aborted(); r.bad && !aborted {
		r.bad, r.lost, r.i = false, len(r.r.NextHops) == 0, r.s.n()
	}
}

func (r *routeReader) nextHop() NextHop {
	h := NextHop{Weight: 1}
	for ; r.more(); r.i++ {
		switch r.s.arg(r.i) {
		case "via":
			h.Via = r.hopVia()
		case "dev":
			h.Dev = r.interfaceName("WARNING - interface %s for VROUTE nexthop doesn't exist")
		case "weight":
			h.Weight = r.hopWeight()
		case "onlink":
			h.OnLink = true
		case "encap":
			h.Encap = r.encap()
		case "realms":
			h.Realms = r.realms("Invalid realms %s for route")
			if !r.bad && !r.family(IPv4) {
				r.fail("realms are only supported for IPv4")
			}
		case "as":
			r.value()
			r.fail("'as [to]' (nat) not supported")
		default:
			return h
		}
	}
	return h
}

// hopVia reads [inet|inet6] ADDR; with inet6 the gateway of an IPv4 route may be
// an IPv6 address.
func (r *routeReader) hopVia() netip.Addr {
	word := r.value()
	other := word == "inet6" && r.r.Family == IPv4
	if word == "inet" && r.r.Family == IPv6 {
		r.fail("IPv4/6 mismatch for nexthop")
	}
	if word == "inet" || word == "inet6" {
		r.i++
	}
	a := r.addressHere("invalid nexthop address %s")
	if r.bad {
		return a
	}
	told := word != "inet" && word != "inet6" || (word == "inet6") == a.Is6()
	if mixed := r.r.Family != FamilyUnset && FamilyOf(a) != r.r.Family; mixed != other || !told {
		r.fail("Address family mismatch for next hop")
	}
	r.family(FamilyOf(a))
	return a
}

func (r *routeReader) hopWeight() int {
	v := r.number(256, "Invalid weight %s specified for route")
	if v == 0 {
		r.fail("Invalid weight 0 specified for route")
	}
	return int(v)
}

// encap reads a lightweight tunnel. What is wrong with it loses the route, but its
// line is read on, as the C daemon does.
func (r *routeReader) encap() Encap {
	if r.i+1 >= r.s.n() {
		r.complain("Missing encap type")
		r.i, r.lost = r.s.n(), true
		return Encap{}
	}
	switch word := r.value(); EncapType(word) {
	case EncapMPLS:
		return r.encapMPLS()
	case EncapIP, EncapIP6:
		return r.encapIP(EncapType(word))
	case EncapILA:
		return r.encapILA()
	default:
		r.complain("Unknown encap type - %s", word)
		r.i, r.lost = r.i+1, true
	}
	return Encap{}
}

func (r *routeReader) encapMPLS() Encap {
	e := Encap{Type: EncapMPLS}
	if r.i+1 >= r.s.n() {
		r.lose("missing address for MPLS encapsulation")
		return e
	}
	word := r.value()
	for label := range strings.SplitSeq(word, "/") {
		v, err := strconv.ParseUint(label, 0, 20)
		if err != nil {
			r.lose("invalid mpls address %s for encapsulation", word)
			break
		}
		e.Labels = append(e.Labels, uint32(v))
	}
	return e
}

// lose loses the route; its line is read on.
func (r *routeReader) lose(format string, args ...any) {
	r.complain(format, args...)
	r.lost = true
}

func (r *routeReader) encapILA() Encap {
	e := Encap{Type: EncapILA}
	if r.i+1 >= r.s.n() {
		r.lose("missing locator for ILA encapsulation")
		return e
	}
	word := r.value()
	parts := strings.Split(word, ":")
	var v uint64
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(parts) != 4 {
			r.lose("invalid locator %s for ila encapsulation", word)
			return e
		}
		v = v<<16 | n
	}
	e.Locator = Some(v)
	return e
}

// encapIP reads pairs of words up to one that is none of its own. At one with a
// wrong value the line is read on.
func (r *routeReader) encapIP(t EncapType) Encap {
	e := Encap{Type: t}
	for r.i+2 < r.s.n() {
		option := encapOptions[t][r.s.arg(r.i+1)]
		if option == nil {
			break
		}
		at := r.i
		r.i++
		if option(r, &e); r.bad {
			r.i, r.bad, r.lost = at, false, true
			return e
		}
	}
	if !e.Dst.IsValid() && !e.ID.Set {
		r.lose("address or id missing for %s encapsulation", t)
	}
	return e
}

// encapOptions are the words of an IP tunnel, each with a value.
var encapOptions = map[EncapType]map[string]func(r *routeReader, e *Encap){
	EncapIP: {
		"id":  func(r *routeReader, e *Encap) { e.ID = Some(r.number64("encap id %s value is invalid")) },
		"dst": func(r *routeReader, e *Encap) { e.Dst = r.tunnelEnd("dst", IPv4) },
		"src": func(r *routeReader, e *Encap) { e.Src = r.tunnelEnd("src", IPv4) },
		"tos": func(r *routeReader, e *Encap) {
			e.TOS = Some(uint8(r.named(tableDSField, 255, "dsfield %s not valid for ip encapsulation")))
		},
		"ttl": func(r *routeReader, e *Encap) {
			e.TTL = Some(uint8(r.number(255, "ttl %s is not valid for ip encapsulation")))
		},
		"flags": func(r *routeReader, e *Encap) {
			e.Flags = Some(uint16(r.number(65535, "flags %s is not valid for ip encapsulation")))
		},
	},
	EncapIP6: {
		"id":  func(r *routeReader, e *Encap) { e.ID = Some(r.number64("id %s value invalid for IPv6 encapsulation")) },
		"dst": func(r *routeReader, e *Encap) { e.Dst = r.tunnelEnd("dst", IPv6) },
		"src": func(r *routeReader, e *Encap) { e.Src = r.tunnelEnd("src", IPv6) },
		"tc":  encapTrafficClass,
		"hoplimit": func(r *routeReader, e *Encap) {
			e.TTL = Some(uint8(r.number(255, "Invalid hoplimit %s specified for ip6 encapsulation")))
		},
		"flags": func(r *routeReader, e *Encap) {
			e.Flags = Some(uint16(r.number(65535, "flags %s is not valid for ip6 encapsulation")))
		},
	},
}

func encapTrafficClass(r *routeReader, e *Encap) {
	v, ok := r.d.table(tableDSField, r.value(), 255)
	if !ok {
		r.fail("tc value %s is invalid for ip6 encapsulation", "tc")
	}
	e.TOS = Some(uint8(v))
}

// tunnelEnd reads an address of a tunnel.
func (r *routeReader) tunnelEnd(name string, f Family) netip.Addr {
	tunnel, other := "ip", "IPv6"
	if f == IPv6 {
		tunnel, other = "ip6", "IPv4"
	}
	a := r.address("Invalid encap " + tunnel + " " + name + " %s")
	if !r.bad && FamilyOf(a) != f {
		r.fail("%s address %s not valid for %s encapsulation", other, r.s.arg(r.i), tunnel)
	}
	return a
}
