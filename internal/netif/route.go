package netif

import (
	"fmt"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// Route is a route as ip-route(8) describes it. Values left at zero are not
// sent, except where the comment says otherwise.
type Route struct {
	Type     uint8        // RTN_*; 0 means unicast
	Dst      netip.Prefix // 0.0.0.0/0 or ::/0 for the default route: it also says the family
	From     netip.Prefix // source prefix; IPv6
	Src      netip.Addr   // preferred source
	Via      netip.Addr   // gateway; may be of the other family
	Index    int          // outgoing interface
	TOS      uint8
	Table    uint32 // 0 means main
	Protocol uint8
	Scope    uint8 // RT_SCOPE_*, sent as it is: 0 is global
	Metric   uint32
	OnLink   bool
	Realms   Realms // IPv4
	Expires  uint32 // seconds; IPv6

	Preference   RouterPreference // IPv6
	TTLPropagate Switch           // MPLS
	Metrics      []Metric
	Congestion   CongestionControl
	Encap        Encap
	Nexthops     []Nexthop // of a multipath route, instead of Via, Index, OnLink and Encap
}

// Nexthop is one member of a multipath route.
type Nexthop struct {
	Via    netip.Addr
	Index  int
	Weight int // 1 to 256; 0 means 1
	OnLink bool
	Realms Realms
	Encap  Encap
}

// Metric is one of a route's parameters for the connections that use it.
type Metric struct {
	ID    uint16 // unix.RTAX_MTU, ...; times are in the kernel's units
	Value uint32
	Lock  bool // the kernel may not adjust it
}

// CongestionControl names a TCP congestion control algorithm; the zero value
// leaves the system's.
type CongestionControl struct {
	Name string
	Lock bool
}

// Realms classify IPv4 traffic, tc-route(8); zero values are none.
type Realms struct{ From, To uint16 }

func (r Realms) word() uint32 { return uint32(r.From)<<16 | uint32(r.To) }

// Switch is a setting that may also be left alone.
type Switch uint8

const (
	SwitchUnset Switch = iota
	SwitchOff
	SwitchOn
)

// RouterPreference of an IPv6 route, RFC 4191; the zero value sends none.
type RouterPreference uint8

const (
	PreferenceUnset RouterPreference = iota
	PreferenceLow
	PreferenceMedium
	PreferenceHigh
	preferenceInvalid // what the kernel calls so, and treats as medium
)

// preferences gives the value of RFC 4191 section 2.1 for each preference.
var preferences = map[RouterPreference]uint8{
	PreferenceMedium: 0, PreferenceHigh: 1, preferenceInvalid: 2, PreferenceLow: 3,
}

func preferenceOf(v uint8) RouterPreference {
	for p, n := range preferences {
		if n == v {
			return p
		}
	}
	return PreferenceUnset
}

// PreferenceNumber is the preference that goes by the number v, 0 to 3, in
// iproute2's "pref NUMBER".
func PreferenceNumber(v uint8) (RouterPreference, error) {
	if p := preferenceOf(v); p != PreferenceUnset {
		return p, nil
	}
	return PreferenceUnset, fmt.Errorf("router preference %d is not in 0 to 3", v)
}

// Is6 reports whether the route is an IPv6 one.
func (r Route) Is6() bool { return r.Dst.Addr().Is6() }

// RouteKey is what tells two routes apart in the kernel's tables.
type RouteKey struct {
	Dst, From netip.Prefix
	Type, TOS uint8
	Table     uint32
	Metric    uint32
}

// metric6 is what the kernel makes of an IPv6 route without a metric.
const metric6 = 1024

// Key is the same for a route as it was sent and as the kernel reports it.
func (r Route) Key() RouteKey {
	k := RouteKey{Dst: r.Dst.Masked(), Type: r.Type, TOS: r.TOS, Table: r.Table, Metric: r.Metric}
	if r.From.IsValid() && r.From.Bits() > 0 {
		k.From = r.From.Masked()
	}
	if k.Type == 0 {
		k.Type = unix.RTN_UNICAST
	}
	if k.Table == 0 {
		k.Table = unix.RT_TABLE_MAIN
	}
	if r.Is6() && k.Metric == 0 {
		k.Metric = metric6
	}
	return k
}

func (r Route) String() string {
	s := "route " + r.Dst.String()
	if r.From.IsValid() {
		s += " from " + r.From.String()
	}
	if r.Via.IsValid() {
		s += " via " + r.Via.String()
	}
	if r.Index != 0 {
		s += fmt.Sprintf(" on interface %d", r.Index)
	}
	if r.Table != 0 && r.Table != unix.RT_TABLE_MAIN {
		s += fmt.Sprintf(" table %d", r.Table)
	}
	if r.Metric != 0 {
		s += fmt.Sprintf(" metric %d", r.Metric)
	}
	return s
}

func (r Route) check() error {
	switch {
	case !r.Dst.IsValid() || r.Dst.Addr().Is4In6():
		return fmt.Errorf("no destination given")
	case r.From.IsValid() && (!r.Is6() || r.From.Addr().Is4()):
		return fmt.Errorf("a source prefix is for IPv6 only")
	case r.Src.IsValid() && r.Src.Is4() == r.Is6():
		return fmt.Errorf("source %s is of another family", r.Src)
	case r.Is6() && r.Via.Is4():
		return fmt.Errorf("gateway %s is of another family", r.Via)
	case len(r.Nexthops) > 0 && (r.Via.IsValid() || r.Encap != nil):
		return fmt.Errorf("a multipath route has its gateways in its nexthops")
	}
	for _, m := range r.Metrics {
		if m.ID <= unix.RTAX_LOCK || m.ID == unix.RTAX_CC_ALGO || m.ID > unix.RTAX_FASTOPEN_NO_COOKIE {
			return fmt.Errorf("no metric has the number %d", m.ID)
		}
	}
	if err := checkEncap(r.Encap); err != nil {
		return err
	}
	return r.checkNexthops()
}

func (r Route) checkNexthops() error {
	for _, n := range r.Nexthops {
		if n.Weight < 0 || n.Weight > 256 {
			return fmt.Errorf("weight %d is not in 1 to 256", n.Weight)
		}
		if r.Is6() && n.Via.Is4() {
			return fmt.Errorf("gateway %s is of another family", n.Via)
		}
		if err := checkEncap(n.Encap); err != nil {
			return err
		}
	}
	return nil
}

// sortedMetrics are in the order of their numbers, as iproute2 sends them.
func (r Route) sortedMetrics() []Metric {
	return slices.SortedFunc(slices.Values(r.Metrics), func(a, b Metric) int { return int(a.ID) - int(b.ID) })
}
