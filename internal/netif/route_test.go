package netif

import (
	"net/netip"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

var (
	prefix = netip.MustParsePrefix
	addr   = netip.MustParseAddr
)

// routeTests say each route twice: as ours and in iproute2's words. The
// interfaces d0 and d1 have index 0 and 1 here, which the test replaces.
var routeTests = []struct {
	route Route
	words string
}{
	{Route{Dst: prefix("198.51.100.0/24"), Via: addr("192.0.2.2")}, "198.51.100.0/24 via 192.0.2.2"},
	{Route{Dst: prefix("0.0.0.0/0"), Via: addr("192.0.2.2"), Metric: 50, Protocol: Protocol}, "default via 192.0.2.2 metric 50 proto 18"},
	{Route{Dst: prefix("198.51.100.7/32"), Index: 1, Scope: unix.RT_SCOPE_LINK, Src: addr("192.0.2.1"), TOS: 0x10},
		"198.51.100.7 dev d0 scope link src 192.0.2.1 tos 0x10"},
	{Route{Dst: prefix("198.51.100.0/24"), Via: addr("203.0.113.1"), Index: 1, OnLink: true, Table: 1000},
		"198.51.100.0/24 via 203.0.113.1 dev d0 onlink table 1000"},
	{Route{Dst: prefix("198.51.100.0/24"), Via: addr("192.0.2.2"), Table: 200, Realms: Realms{3, 4}}, "198.51.100.0/24 via 192.0.2.2 table 200 realms 3/4"},
	{Route{Dst: prefix("198.51.100.0/24"), Via: addr("fe80::9"), Index: 1}, "198.51.100.0/24 via inet6 fe80::9 dev d0"},
	{Route{Dst: prefix("198.51.100.0/24"), Type: unix.RTN_BLACKHOLE}, "blackhole 198.51.100.0/24"},
	{Route{Dst: prefix("198.51.100.0/24"), Type: unix.RTN_PROHIBIT, Metric: 7}, "prohibit 198.51.100.0/24 metric 7"},
	{Route{Dst: prefix("198.51.100.0/24"), Type: unix.RTN_UNREACHABLE}, "unreachable 198.51.100.0/24"},
	{Route{Dst: prefix("198.51.100.0/24"), Type: unix.RTN_THROW, Table: 9}, "throw 198.51.100.0/24 table 9"},
	{Route{Dst: prefix("198.51.100.3/32"), Type: unix.RTN_LOCAL, Scope: unix.RT_SCOPE_HOST, Index: 1, Table: unix.RT_TABLE_LOCAL},
		"local 198.51.100.3 dev d0 table local"},
	{Route{Dst: prefix("198.51.100.0/24"), Via: addr("192.0.2.2"), Metrics: []Metric{
		{ID: unix.RTAX_HOPLIMIT, Value: 9}, {ID: unix.RTAX_MTU, Value: 1400, Lock: true}, {ID: unix.RTAX_ADVMSS, Value: 1300, Lock: true},
		{ID: unix.RTAX_RTT, Value: 800, Lock: true}, {ID: unix.RTAX_RTTVAR, Value: 400}, {ID: unix.RTAX_RTO_MIN, Value: 300, Lock: true},
		{ID: unix.RTAX_REORDERING, Value: 5}, {ID: unix.RTAX_WINDOW, Value: 1000}, {ID: unix.RTAX_CWND, Value: 20, Lock: true},
		{ID: unix.RTAX_SSTHRESH, Value: 30}, {ID: unix.RTAX_INITCWND, Value: 11}, {ID: unix.RTAX_INITRWND, Value: 12},
		{ID: unix.RTAX_FEATURES, Value: unix.RTAX_FEATURE_ECN}, {ID: unix.RTAX_QUICKACK, Value: 1}, {ID: unix.RTAX_FASTOPEN_NO_COOKIE, Value: 1},
	}, Congestion: CongestionControl{Name: "reno", Lock: true}},
		"198.51.100.0/24 via 192.0.2.2 hoplimit 9 mtu lock 1400 advmss lock 1300 rtt lock 100ms rttvar 100ms rto_min 300ms reordering 5 " +
			"window 1000 cwnd lock 20 ssthresh 30 initcwnd 11 initrwnd 12 features ecn quickack 1 fastopen_no_cookie 1 congctl lock reno"},
	{Route{Dst: prefix("198.51.100.0/24"), Nexthops: []Nexthop{
		{Via: addr("192.0.2.2"), Weight: 3}, {Via: addr("203.0.113.9"), Index: 2, OnLink: true, Realms: Realms{To: 5}}, {Via: addr("fe80::7"), Index: 1, Weight: 256}}},
		"198.51.100.0/24 nexthop via 192.0.2.2 weight 3 nexthop via 203.0.113.9 dev d1 onlink realms 5 nexthop via inet6 fe80::7 dev d0 weight 256"},
	{Route{Dst: prefix("198.51.100.0/24"), Index: 1, Scope: unix.RT_SCOPE_LINK,
		Encap: EncapIP{ID: 77, Dst: addr("192.0.2.9"), Src: addr("192.0.2.1"), TTL: 8, TOS: 4}},
		"198.51.100.0/24 dev d0 encap ip id 77 dst 192.0.2.9 src 192.0.2.1 ttl 8 tos 4"},
	{Route{Dst: prefix("198.51.100.0/24"), Index: 1, Scope: unix.RT_SCOPE_LINK,
		Encap: EncapIP6{ID: 78, Dst: addr("2001:db8::9"), Src: addr("2001:db8::1"), HopLimit: 8, TrafficClass: 4}},
		"198.51.100.0/24 dev d0 encap ip6 id 78 dst 2001:db8::9 src 2001:db8::1 hoplimit 8 tc 4"},
	{Route{Dst: prefix("2001:db8:1::/48"), Via: addr("fe80::9"), Index: 1}, "2001:db8:1::/48 via fe80::9 dev d0"},
	{Route{Dst: prefix("::/0"), Via: addr("2001:db8::2"), Metric: 5, Preference: PreferenceHigh}, "default via 2001:db8::2 metric 5 pref high"},
	{Route{Dst: prefix("2001:db8:1::/48"), Via: addr("2001:db8::2"), Preference: PreferenceLow, Src: addr("2001:db8::1")},
		"2001:db8:1::/48 via 2001:db8::2 pref low src 2001:db8::1"},
	{Route{Dst: prefix("2001:db8:1::/48"), From: prefix("2001:db8:2::/48"), Via: addr("2001:db8::2")},
		"2001:db8:1::/48 from 2001:db8:2::/48 via 2001:db8::2"},
	{Route{Dst: prefix("2001:db8:1::/48"), Via: addr("2001:db8::2"), Expires: 500, Table: 300}, "2001:db8:1::/48 via 2001:db8::2 expires 500 table 300"},
	{Route{Dst: prefix("2001:db8:1::/48"), Nexthops: []Nexthop{{Via: addr("2001:db8::2")}, {Via: addr("2001:db8::3"), Weight: 4}}},
		"2001:db8:1::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3 weight 4"},
	{Route{Dst: prefix("2001:db8:1::/48"), Type: unix.RTN_UNREACHABLE, Index: 0, Protocol: Protocol}, "unreachable 2001:db8:1::/48 proto 18"},
}

// routers gives the namespace two interfaces and returns their indices behind a
// zero.
func routers(t *testing.T) []int {
	t.Helper()
	need.Namespace(t)
	index := []int{0, ether(t, "d0"), ether(t, "d1")}
	ip(t, "link set lo up")
	ip(t, "address add 192.0.2.1/24 dev d0")
	ip(t, "address add 2001:db8::1/64 dev d0 nodad")
	return index
}

func (r Route) on(index []int) Route {
	if r.Protocol == 0 {
		r.Protocol = unix.RTPROT_BOOT // iproute2's
	}
	r.Index = index[r.Index]
	hops := append([]Nexthop(nil), r.Nexthops...)
	for i := range hops {
		hops[i].Index = index[hops[i].Index]
	}
	r.Nexthops = hops
	return r
}

// shown is what iproute2 shows beyond the routes that are always there.
func shown(t *testing.T, family string) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(ip(t, family+" -d route show table all")) {
		if strings.Contains(line, "198.51.100.") || strings.Contains(line, "2001:db8:1::") || strings.Contains(line, "default") {
			lines = append(lines, oneSpace(line))
		}
	}
	return steady(strings.Join(lines, "\n"))
}

func TestRoutesEqualIproute2(t *testing.T) {
	index := routers(t)
	w := testWriter(t)
	for _, tt := range routeTests {
		r, family := tt.route.on(index), "-4"
		if r.Is6() {
			family = "-6"
		}
		if err := w.One(AddRoute(r, RouteAdd)); err != nil {
			t.Errorf("%s: %v", tt.words, err)
			continue
		}
		ours := shown(t, family)
		if err := w.One(AddRoute(r, RouteAdd)); !AlreadyThere(err) {
			t.Errorf("%s: adding again: %v", tt.words, err)
		}
		if err := w.One(DeleteRoute(r)); err != nil {
			t.Errorf("%s: %v", tt.words, err)
		}
		if rest := shown(t, family); rest != "" {
			t.Errorf("%s: not deleted:\n%s", tt.words, rest)
		}
		if err := w.One(DeleteRoute(r)); !AlreadyGone(err) {
			t.Errorf("%s: deleting again: %v", tt.words, err)
		}
		ip(t, family+" route add "+tt.words)
		if theirs := shown(t, family); ours != theirs || ours == "" {
			t.Errorf("%s:\nours   %s\ntheirs %s", tt.words, ours, theirs)
		}
		ip(t, family+" route del "+tt.words)
	}
}

func TestRouteKeyEqualsTheKernels(t *testing.T) {
	index := routers(t)
	w := testWriter(t)
	for _, tt := range routeTests {
		r := tt.route.on(index)
		r.Protocol = Protocol
		if err := w.One(AddRoute(r, RouteAdd)); err != nil {
			t.Errorf("%s: %v", tt.words, err)
			continue
		}
		snap, err := List(Options{Routes: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(snap.Routes) == 0 || snap.Routes[0].Key() != r.Key() {
			t.Errorf("%s: wrote %+v, listed %+v", tt.words, r.Key(), snap.Routes)
		}
		if err := w.One(DeleteRoute(r)); err != nil {
			t.Error(err)
		}
	}
}

func TestRouteModes(t *testing.T) {
	routers(t)
	w := testWriter(t)
	for i, mode := range []RouteMode{RouteAdd, RoutePrepend, RouteAppend} {
		r := Route{Dst: prefix("198.51.100.0/24"), Via: netip.AddrFrom4([4]byte{192, 0, 2, byte(10 + i)})}
		if err := w.One(AddRoute(r, mode)); err != nil {
			t.Fatal(err)
		}
	}
	order := func() (s string) {
		for line := range strings.Lines(shown(t, "-4")) {
			s += strings.Fields(line)[3] + " "
		}
		return s
	}
	if got := order(); got != "192.0.2.11 192.0.2.10 192.0.2.12 " {
		t.Errorf("order: %s", got)
	}
	if err := w.One(AddRoute(Route{Dst: prefix("198.51.100.0/24"), Via: addr("192.0.2.20")}, RouteReplace)); err != nil {
		t.Fatal(err)
	}
	if got := order(); got != "192.0.2.20 192.0.2.10 192.0.2.12 " {
		t.Errorf("order after replacing: %s", got)
	}
}

func TestInvalidRoutesAreNotSent(t *testing.T) {
	dst4, dst6 := prefix("198.51.100.0/24"), prefix("2001:db8:1::/48")
	for _, tt := range []struct {
		route Route
		want  string
	}{
		{Route{}, "no destination"},
		{Route{Dst: dst4, From: dst4}, "IPv6 only"},
		{Route{Dst: dst4, Src: addr("::1")}, "another family"},
		{Route{Dst: dst6, Via: addr("192.0.2.1")}, "another family"},
		{Route{Dst: dst4, Via: addr("192.0.2.1"), Nexthops: []Nexthop{{}}}, "nexthops"},
		{Route{Dst: dst4, Metrics: []Metric{{ID: unix.RTAX_LOCK}}}, "number 1"},
		{Route{Dst: dst4, Metrics: []Metric{{ID: 99}}}, "number 99"},
		{Route{Dst: dst4, Nexthops: []Nexthop{{Weight: 257}}}, "weight 257"},
		{Route{Dst: dst6, Nexthops: []Nexthop{{Via: addr("192.0.2.1")}}}, "another family"},
		{Route{Dst: dst4, Encap: EncapMPLS{}}, "no MPLS label"},
		{Route{Dst: dst4, Encap: EncapMPLS{Labels: []uint32{1 << 20}}}, "1048576"},
		{Route{Dst: dst4, Encap: EncapIP{Dst: addr("::1")}}, "must be IPv4"},
		{Route{Dst: dst4, Nexthops: []Nexthop{{Encap: EncapIP6{Dst: addr("192.0.2.1")}}}}, "must be IPv6"},
	} {
		if err := AddRoute(tt.route, RouteAdd).invalid; err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.route, err, tt.want)
		}
	}
}

// Values that the other tests leave out: the kernel at hand has no MPLS routes.
func TestSwitchesAndPreferences(t *testing.T) {
	values := func(r Route, typ uint16) (found []byte) {
		var e encoder
		r.encode(&e)
		attrs(e.b[unix.SizeofRtMsg:], func(a attr) {
			if a.typ == typ {
				found = append(found, a.data...)
			}
		})
		return found
	}
	for s, want := range map[Switch]string{SwitchUnset: "", SwitchOff: "\x00", SwitchOn: "\x01"} {
		r := Route{Dst: prefix("198.51.100.0/24"), TTLPropagate: s}
		if got := string(values(r, unix.RTA_TTL_PROPAGATE)); got != want {
			t.Errorf("switch %d: %q, want %q", s, got, want)
		}
	}
	for v := range uint8(4) {
		p, err := PreferenceNumber(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := values(Route{Dst: prefix("::/0"), Preference: p}, unix.RTA_PREF); string(got) != string([]byte{v}) {
			t.Errorf("preference %d is sent as %v", v, got)
		}
	}
	if _, err := PreferenceNumber(4); err == nil {
		t.Error("preference 4 is taken")
	}
}
