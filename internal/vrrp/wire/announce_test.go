package wire

import (
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/mdlayher/arp"
	"github.com/mdlayher/ethernet"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

var (
	vip4 = netip.MustParseAddr("192.0.2.100")
	vip6 = netip.MustParseAddr("2001:db8::99")
)

func newAnnouncer(t testing.TB) *Announcer {
	t.Helper()
	a, err := NewAnnouncer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func (c *cable) nearInterface() Interface {
	return Interface{Index: c.nearIndex, Type: unix.ARPHRD_ETHER, HardwareAddr: c.nearMAC}
}

func TestGratuitousARP(t *testing.T) {
	c := newCable(t)
	ip(t, "address flush dev v0") // the interface of a VMAC has none
	frames := c.capture(t)
	if n, err := newAnnouncer(t).Announce(c.nearInterface(), []netip.Addr{vip4}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	b := nextFrame(t, frames, func(b []byte) bool { return b[12] == 8 && b[13] == 6 })
	if len(b) != 42 {
		t.Errorf("%d bytes, want 42", len(b))
	}
	var f ethernet.Frame
	var p arp.Packet
	if err := f.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if err := p.UnmarshalBinary(f.Payload); err != nil {
		t.Fatal(err)
	}
	if f.Destination.String() != ethernet.Broadcast.String() || f.Source.String() != c.nearMAC.String() {
		t.Errorf("frame from %v to %v", f.Source, f.Destination)
	}
	if p.HardwareType != 1 || p.Operation != arp.OperationRequest || p.SenderIP != vip4 || p.TargetIP != vip4 ||
		p.SenderHardwareAddr.String() != c.nearMAC.String() || p.TargetHardwareAddr.String() != ethernet.Broadcast.String() {
		t.Errorf("packet %+v", p)
	}
}

func TestUnsolicitedNeighbourAdvertisement(t *testing.T) {
	c := newCable(t)
	a := newAnnouncer(t)
	frames := c.capture(t)
	for _, router := range []bool{false, true} {
		i := c.nearInterface()
		i.Router = router
		if n, err := a.Announce(i, []netip.Addr{vip6}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		b := nextFrame(t, frames, func(b []byte) bool { return b[12] == 0x86 && len(b) > 54 && b[54] == 136 })
		checkAdvert(t, c, b, router)
	}
}

func checkAdvert(t *testing.T, c *cable, b []byte, router bool) {
	t.Helper()
	if want := append([]byte{0x33, 0x33, 0, 0, 0, 1}, c.nearMAC...); !bytes.Equal(b[:12], want) {
		t.Errorf("ethernet header % x", b[:12])
	}
	h, err := ipv6.ParseHeader(b[14:])
	if err != nil {
		t.Fatal(err)
	}
	if !h.Src.Equal(vip6.AsSlice()) || !h.Dst.Equal(net.IPv6linklocalallnodes) || h.HopLimit != 255 || h.NextHeader != 58 || h.PayloadLen != len(b)-54 {
		t.Errorf("header %+v", h)
	}
	body := b[54:]
	m, err := icmp.ParseMessage(58, body)
	if err != nil || m.Type != ipv6.ICMPTypeNeighborAdvertisement || m.Code != 0 {
		t.Errorf("message %+v, %v", m, err)
	}
	if sum := checksum(body, pseudoSum6(vip6.As16(), allNodes6, 58, len(body))); sum != 0 {
		t.Errorf("checksum is off by %#x", sum)
	}
	flags := byte(0x20)
	if router {
		flags = 0xa0
	}
	if body[4] != flags || !bytes.Equal(body[8:24], vip6.AsSlice()) || !bytes.Equal(body[24:], append([]byte{2, 1}, c.nearMAC...)) {
		t.Errorf("advertisement % x", body)
	}
}

// What the neighbours make of announcements is what counts.
func TestNeighboursBelieveAnnouncements(t *testing.T) {
	c := newCable(t)
	c.onFar(t, func() {
		ip(t, "neigh add 192.0.2.100 lladdr 02:00:00:00:00:99 nud stale dev v0")
		ip(t, "neigh add 2001:db8::99 lladdr 02:00:00:00:00:99 nud stale dev v0")
	})
	frames := c.capture(t)
	addrs := []netip.Addr{vip6, vip4}
	if n, err := newAnnouncer(t).Announce(c.nearInterface(), addrs); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	nextFrame(t, frames, func(b []byte) bool { return b[12] == 8 && b[13] == 6 }) // the last of the two
	c.onFar(t, func() {
		for _, a := range addrs {
			if got := show(t, "neigh show "+a.String()+" dev v0"); !strings.Contains(got, c.nearMAC.String()) {
				t.Errorf("the neighbour has %q, want %s", got, c.nearMAC)
			}
		}
	})
}

func TestManyAnnouncementsLeaveNoneOut(t *testing.T) {
	c := newCable(t)
	frames := c.capture(t)
	var addrs []netip.Addr
	for n := range 1000 {
		addrs = append(addrs, netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}))
	}
	if n, err := newAnnouncer(t).Announce(c.nearInterface(), addrs); n != len(addrs) || err != nil {
		t.Fatal(n, err)
	}
	for _, a := range addrs {
		b := nextFrame(t, frames, func(b []byte) bool { return b[12] == 8 && b[13] == 6 })
		if !bytes.Equal(b[28:32], a.AsSlice()) || !bytes.Equal(b[38:42], a.AsSlice()) {
			t.Fatalf("want %v, got % x", a, b)
		}
	}
}

func TestAnnouncerFollowsTheInterface(t *testing.T) {
	var f frames
	i := Interface{Index: 3, Type: unix.ARPHRD_ETHER, HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}}
	for last := range byte(3) {
		i.HardwareAddr[5] = last
		if err := f.prepare(i); err != nil {
			t.Fatal(err)
		}
		if got := f.arpFor(vip4).data; got[11] != last || got[27] != last {
			t.Errorf("hardware address %d is not used: % x", last, got)
		}
	}
}

func TestAnnounceErrors(t *testing.T) {
	c := newCable(t)
	a := newAnnouncer(t)
	for _, i := range []Interface{
		{Index: c.nearIndex, Type: unix.ARPHRD_NONE},
		{Index: c.nearIndex, Type: unix.ARPHRD_ETHER, HardwareAddr: c.nearMAC[:5]},
		{Index: c.nearIndex, Type: unix.ARPHRD_INFINIBAND, HardwareAddr: make([]byte, 20)},
		{Index: 9999, Type: unix.ARPHRD_ETHER, HardwareAddr: c.nearMAC},
	} {
		if n, err := a.Announce(i, []netip.Addr{vip4}); n != 0 || err == nil {
			t.Errorf("%+v: got %d, %v", i, n, err)
		}
	}
	i := c.nearInterface()
	if n, err := a.Announce(i, []netip.Addr{vip4, {}, vip4}); n != 1 || err == nil {
		t.Errorf("invalid address: got %d, %v", n, err)
	}
	frames := c.capture(t)
	i.NoARP = true
	if n, err := a.Announce(i, []netip.Addr{vip4}); n != 1 || err != nil {
		t.Errorf("without ARP: got %d, %v", n, err)
	}
	i.NoARP = false
	if _, err := a.Announce(i, []netip.Addr{far4}); err != nil {
		t.Fatal(err)
	}
	b := nextFrame(t, frames, func(b []byte) bool { return b[12] == 8 && b[13] == 6 })
	if !bytes.Equal(b[28:32], far4.AsSlice()) {
		t.Errorf("announced % x on an interface without ARP", b[28:32])
	}
}

// RFC 4391 sections 4, 9.1.1 and 9.3.
func TestInfiniBandFrames(t *testing.T) {
	mac := make(net.HardwareAddr, 20)
	for n := range mac {
		mac[n] = byte(n + 1)
	}
	broadcast, err := net.ParseMAC("00:ff:ff:ff:ff:12:40:1b:80:01:00:00:00:00:00:00:ff:ff:ff:ff")
	if err != nil {
		t.Fatal(err)
	}
	var f frames
	if err := f.prepare(Interface{Index: 3, Type: unix.ARPHRD_INFINIBAND, HardwareAddr: mac, Broadcast: broadcast}); err != nil {
		t.Fatal(err)
	}
	got := f.arpFor(vip4)
	want := bytes.Join([][]byte{{0, 32, 8, 0, 20, 4, 0, 1}, mac, vip4.AsSlice(), broadcast, vip4.AsSlice()}, nil)
	if !bytes.Equal(got.data, want) || !bytes.Equal(got.dst, broadcast) || got.protocol != 0x806 {
		t.Errorf("ARP % x to % x", got.data, got.dst)
	}
	got = f.naFor(vip6)
	option := append([]byte{2, 3, 0, 0}, mac...)
	group := []byte{0, 255, 255, 255, 255, 0x12, 0x60, 0x1b, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	if !bytes.Equal(got.data[64:], option) || !bytes.Equal(got.dst, group) || got.data[5] != 48 {
		t.Errorf("advertisement % x to % x", got.data, got.dst)
	}
	if sum := checksum(got.data[40:], pseudoSum6(vip6.As16(), allNodes6, 58, 48)); sum != 0 {
		t.Errorf("checksum is off by %#x", sum)
	}
}

// The link header that the kernel makes for InfiniBand is tried on Ethernet.
func TestKernelAddsLinkHeader(t *testing.T) {
	c := newCable(t)
	a := newAnnouncer(t)
	frames := c.capture(t)
	dst := []byte{0x33, 0x33, 0, 0, 0, 9}
	a.to.set(c.nearInterface(), frame{protocol: unix.ETH_P_ARP, dst: dst})
	if err := sendto(a.cooked, []byte("payload"), &a.to); err != nil {
		t.Fatal(err)
	}
	b := nextFrame(t, frames, func(b []byte) bool { return bytes.HasPrefix(b, dst) })
	if want := append(bytes.Clone(c.nearMAC), 8, 6); !bytes.Equal(b[6:14], want) || !bytes.HasPrefix(b[14:], []byte("payload")) {
		t.Errorf("frame % x", b)
	}
}

func TestAnnounceDoesNotAllocate(t *testing.T) {
	c := newCable(t)
	a, i, addrs := newAnnouncer(t), c.nearInterface(), []netip.Addr{vip4, vip6, vip4}
	var failed error
	n := testing.AllocsPerRun(200, func() {
		if _, err := a.Announce(i, addrs); err != nil {
			failed = err
		}
	})
	if failed != nil || n != 0 {
		t.Errorf("%v allocations, error %v", n, failed)
	}
}

func BenchmarkAnnounce(b *testing.B) {
	c := newCable(b)
	a, i, addrs := newAnnouncer(b), c.nearInterface(), []netip.Addr{vip4}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Announce(i, addrs); err != nil {
			b.Fatal(err)
		}
	}
}

// Recorded from C keepalived 2.4.3.
func TestFramesEqualTheOriginals(t *testing.T) {
	var f frames
	if err := f.prepare(Interface{Index: 3, Type: unix.ARPHRD_ETHER, HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		got  frame
		want string
	}{
		{f.arpFor(vip4), "ffffffffffff02000000000108060001080006040001020000000001c0000264ffffffffffffc0000264"},
		{f.naFor(vip6), "33330000000102000000000186dd6000000000203aff20010db8000000000000000000000099" +
			"ff0200000000000000000000000000018800f7fa2000000020010db80000000000000000000000990201020000000001"},
	} {
		if got := hex.EncodeToString(tt.got.data); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
