package wire

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var (
	near4, far4 = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	near6, far6 = netip.MustParseAddr("fe80::1"), netip.MustParseAddr("fe80::2")
	wide6       = netip.MustParseAddr("2001:db8::2")
	group4      = netip.MustParseAddr("224.0.0.18")
	group6      = netip.MustParseAddr("ff02::12")
)

// advert6 is a VRRPv3 packet whose checksum is left to the kernel.
var advert6 = []byte{0x31, 51, 100, 1, 0, 100, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}

func advert4(dst netip.Addr, ttl uint8, id uint16) []byte {
	payload := []byte{0x31, 51, 100, 1, 0, 100, 0xab, 0xcd, 192, 0, 2, 9}
	h := IPv4Header{Src: near4, Dst: dst, Protocol: 112, TTL: ttl, ID: id}
	return append(AppendIPv4Header(nil, h, len(payload)), payload...)
}

func newSender(t testing.TB, e Endpoint) *Sender {
	t.Helper()
	s, err := NewSender(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (c *cable) farReceiver(t testing.TB, e Endpoint, o ReceiveOptions) *Receiver {
	t.Helper()
	var r *Receiver
	c.onFar(t, func() {
		var err error
		if r, err = NewReceiver(e, o); err != nil {
			t.Fatal(err)
		}
	})
	t.Cleanup(r.Close)
	return r
}

func receive(t testing.TB, r *Receiver) ([]byte, Meta) {
	t.Helper()
	waitReadable(t, r.FD())
	buf := make([]byte, 2048)
	n, meta, err := r.Recv(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n], meta
}

func send(t testing.TB, s *Sender, b []byte, to Target) {
	t.Helper()
	if err := s.Send(b, to); err != nil {
		t.Fatal(err)
	}
}

func wouldBlock(t testing.TB, r *Receiver) {
	t.Helper()
	if _, _, err := r.Recv(make([]byte, 100)); err != ErrWouldBlock {
		t.Errorf("want nothing more, got %v", err)
	}
}

func TestMulticastIPv4(t *testing.T) {
	c := newCable(t)
	frames := c.capture(t)
	for _, protocol := range []int{112, 51} {
		r := c.farReceiver(t, Endpoint{Protocol: protocol, Index: c.farIndex, Group: group4}, ReceiveOptions{Timestamps: true})
		wouldBlock(t, r)
		e := Endpoint{Protocol: protocol, Index: c.nearIndex, Group: group4}
		s := newSender(t, e)
		own, err := NewReceiver(e, ReceiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer own.Close()
		pkt := advert4(group4, 255, 0x1234)
		pkt[9] = byte(protocol)
		before := time.Now().Add(-time.Second)
		send(t, s, pkt, Target{Dst: group4})

		got, meta := receive(t, r)
		if meta.Src != near4 || meta.Dst != group4 || meta.TTL != 255 || meta.IfIndex != c.farIndex || meta.Truncated {
			t.Errorf("protocol %d: meta %+v", protocol, meta)
		}
		if meta.At.Before(before) || meta.At.After(time.Now().Add(time.Second)) {
			t.Errorf("arrived at %v", meta.At)
		}
		if len(got) != len(pkt) || !bytes.Equal(got[20:], pkt[20:]) {
			t.Errorf("got % x, want % x", got, pkt)
		}
		wouldBlock(t, r)
		wouldBlock(t, own) // not looped back
		checkIPv4Frame(t, c, nextFrame(t, frames, func(b []byte) bool { return b[12] == 8 && b[23] == byte(protocol) }))
	}
}

// checkIPv4Frame compares the headers on the cable with RFC 9568 5.1.1.
func checkIPv4Frame(t *testing.T, c *cable, f []byte) {
	t.Helper()
	if want := append([]byte{1, 0, 0x5e, 0, 0, 18}, c.nearMAC...); !bytes.Equal(f[:12], want) {
		t.Errorf("ethernet header % x, want % x", f[:12], want)
	}
	h := bytes.Clone(f[14:34])
	if sum := checksum(h, 0); sum != 0 {
		t.Errorf("IP header checksum is off by %#x", sum)
	}
	h[10], h[11] = 0, 0
	want := AppendIPv4Header(nil, IPv4Header{Src: near4, Dst: group4, Protocol: h[9], TTL: 255, ID: 0x1234}, 12)
	if !bytes.Equal(h, want) {
		t.Errorf("IP header % x, want % x", h, want)
	}
}

func TestMulticastIPv6(t *testing.T) {
	c := newCable(t)
	r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group6}, ReceiveOptions{})
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group6})
	frames := c.capture(t)
	send(t, s, advert6, Target{Dst: group6, Src: near6})
	got, meta := receive(t, r)
	if meta.Src != near6 || meta.Dst != group6 || meta.TTL != 255 || meta.IfIndex != c.farIndex || !meta.At.IsZero() {
		t.Errorf("meta %+v", meta)
	}
	got[6], got[7] = 0, 0
	if !bytes.Equal(got, advert6) {
		t.Errorf("got % x, want % x", got, advert6)
	}
	f := nextFrame(t, frames, func(b []byte) bool { return b[12] == 0x86 && b[20] == 112 })
	if !bytes.Equal(f[:6], []byte{0x33, 0x33, 0, 0, 0, 0x12}) || f[14] != 0x6c || f[15]>>4 != 0 || f[21] != 255 {
		t.Errorf("frame % x", f[:22])
	}
	if sum := checksum(f[54:], pseudoSum6(near6.As16(), group6.As16(), 112, len(advert6))); sum != 0 {
		t.Errorf("VRRP checksum is off by %#x", sum)
	}
	wouldBlock(t, r)
}

func TestUnicast(t *testing.T) {
	tests := []struct {
		name     string
		dst, src netip.Addr
		pkt      []byte
		hops     int // asked for
		want     int
		bound    bool // to the interface
	}{
		{name: "IPv4", dst: far4, src: near4, pkt: advert4(far4, 77, 1), want: 77, bound: true},
		{name: "IPv4 without interface", dst: far4, src: near4, pkt: advert4(far4, 255, 1), want: 255},
		{name: "IPv6", dst: wide6, src: netip.MustParseAddr("2001:db8::1"), pkt: advert6, hops: 33, want: 33, bound: true},
		{name: "IPv6 without interface", dst: wide6, src: netip.MustParseAddr("2001:db8::1"), pkt: advert6, hops: 255, want: 255},
		{name: "IPv6 default hop limit", dst: wide6, src: netip.MustParseAddr("2001:db8::1"), pkt: advert6, want: 64, bound: true},
		{name: "IPv6 link-local", dst: far6, src: near6, pkt: advert6, hops: 255, want: 255, bound: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCable(t)
			to, from := Endpoint{Protocol: 112, Source: tt.dst}, Endpoint{Protocol: 112, Source: tt.src}
			if tt.bound {
				to.Index, from.Index = c.farIndex, c.nearIndex
			}
			r := c.farReceiver(t, to, ReceiveOptions{})
			s := newSender(t, from)
			send(t, s, tt.pkt, Target{Dst: tt.dst, Src: tt.src, HopLimit: tt.hops})
			_, meta := receive(t, r)
			if meta.Src != tt.src || meta.Dst != tt.dst || meta.TTL != tt.want || meta.IfIndex != c.farIndex {
				t.Errorf("meta %+v", meta)
			}
		})
	}
}

// A socket hears its own interface, address and group only. The advert sent
// last shows that the earlier ones had time to arrive.
func TestSocketsHearOnlyTheirOwn(t *testing.T) {
	c := newCable(t)
	group := netip.MustParseAddr("224.0.0.99")
	var loop int
	c.onFar(t, func() {
		ip(t, "address add 192.0.2.3/24 dev v0")
		loop = 1
	})
	r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group4}, ReceiveOptions{})
	other := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group}, ReceiveOptions{})
	elsewhere := c.farReceiver(t, Endpoint{Protocol: 112, Index: loop, Source: far4}, ReceiveOptions{})
	third := c.farReceiver(t, Endpoint{Protocol: 112, Source: netip.MustParseAddr("192.0.2.3")}, ReceiveOptions{})
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Source: near4})
	m := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group4})
	send(t, m, advert4(group, 255, 1), Target{Dst: group})
	send(t, s, advert4(far4, 255, 2), Target{Dst: far4})
	send(t, m, advert4(group4, 255, 3), Target{Dst: group4})
	if _, meta := receive(t, r); meta.Dst != group4 {
		t.Errorf("heard %v", meta.Dst)
	}
	if _, meta := receive(t, other); meta.Dst != group {
		t.Errorf("heard %v", meta.Dst)
	}
	for _, r := range []*Receiver{r, other, elsewhere, third} {
		wouldBlock(t, r)
	}
}

func TestGroupsAreJoinedAndLeft(t *testing.T) {
	c := newCable(t)
	groups := func() (list string) {
		for _, name := range []string{"igmp", "igmp6"} {
			b, err := os.ReadFile("/proc/thread-self/net/" + name)
			if err != nil {
				t.Fatal(err)
			}
			list += string(b)
		}
		return list
	}
	for _, tt := range []struct {
		group netip.Addr
		entry string
	}{
		{group4, "120000E0"},
		{group6, "ff020000000000000000000000000012"},
	} {
		if strings.Contains(groups(), tt.entry) {
			t.Fatalf("%s is joined from the start", tt.group)
		}
		r, err := NewReceiver(Endpoint{Protocol: 112, Index: c.nearIndex, Group: tt.group}, ReceiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(groups(), tt.entry) {
			t.Errorf("%s is not joined:\n%s", tt.group, groups())
		}
		r.Close()
		if strings.Contains(groups(), tt.entry) {
			t.Errorf("%s is not left:\n%s", tt.group, groups())
		}
	}
}

func TestUnicastSourceNeedNotExist(t *testing.T) {
	c := newCable(t)
	for _, a := range []string{"192.0.2.200", "2001:db8::200"} {
		r, err := NewReceiver(Endpoint{Protocol: 112, Index: c.nearIndex, Source: netip.MustParseAddr(a)}, ReceiveOptions{})
		if err != nil {
			t.Error(err)
			continue
		}
		r.Close()
	}
}

func TestReceiveBuffer(t *testing.T) {
	c := newCable(t)
	r, err := NewReceiver(Endpoint{Protocol: 112, Index: c.nearIndex, Group: group4}, ReceiveOptions{Buffer: 3 << 20, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, _ := unix.GetsockoptInt(r.FD(), unix.SOL_SOCKET, unix.SO_RCVBUF); n != 6<<20 {
		t.Errorf("the buffer has %d bytes, want twice 3 MiB", n)
	}
}

func TestTruncatedPacketIsMarked(t *testing.T) {
	c := newCable(t)
	r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group4}, ReceiveOptions{})
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group4})
	send(t, s, advert4(group4, 255, 1), Target{Dst: group4})
	waitReadable(t, r.FD())
	n, meta, err := r.Recv(make([]byte, 24))
	if err != nil || n != 24 || !meta.Truncated {
		t.Errorf("got %d bytes, %+v, %v", n, meta, err)
	}
}

func TestSocketErrors(t *testing.T) {
	c := newCable(t)
	for _, e := range []Endpoint{
		{Protocol: 112, Index: c.nearIndex},
		{Protocol: 112, Group: group4},
		{Protocol: 112, Index: c.nearIndex, Group: near4},
		{Protocol: 112, Index: 9999, Group: group4},
	} {
		if r, err := NewReceiver(e, ReceiveOptions{}); err == nil {
			r.Close()
			t.Errorf("receiver for %+v", e)
		}
		if s, err := NewSender(e); err == nil {
			s.Close()
			t.Errorf("sender for %+v", e)
		}
	}
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group4})
	for _, to := range []netip.Addr{{}, group6} {
		if err := s.Send([]byte{1}, Target{Dst: to}); !errors.Is(err, unix.EINVAL) {
			t.Errorf("sending to %v: %v", to, err)
		}
	}
	ip(t, "link set v0 down")
	if err := s.Send(advert4(group4, 255, 1), Target{Dst: group4}); !errors.Is(err, unix.ENETDOWN) && !errors.Is(err, unix.ENETUNREACH) {
		t.Errorf("sending by an interface that is down: %v", err)
	}
}

func TestSendAndReceiveDoNotAllocate(t *testing.T) {
	c := newCable(t)
	for _, tt := range []struct {
		group netip.Addr
		pkt   []byte
		src   netip.Addr
	}{{group4, advert4(group4, 255, 1), near4}, {group6, advert6, near6}} {
		r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: tt.group}, ReceiveOptions{Timestamps: true})
		s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: tt.group})
		buf := make([]byte, 2048)
		failed := error(nil)
		n := testing.AllocsPerRun(200, func() {
			if err := s.Send(tt.pkt, Target{Dst: tt.group, Src: tt.src}); err != nil {
				failed = err
			}
			if _, _, err := r.Recv(buf); err != nil && err != ErrWouldBlock {
				failed = err
			}
		})
		if failed != nil || n != 0 {
			t.Errorf("%v: %v allocations, error %v", tt.group, n, failed)
		}
	}
}

func TestIPv4Header(t *testing.T) {
	got := AppendIPv4Header([]byte{9}, IPv4Header{Src: near4, Dst: group4, Protocol: 112, TTL: 255, ID: 0x0102}, 20)
	want := []byte{9, 0x45, 0xc0, 0, 40, 1, 2, 0, 0, 255, 112, 0, 0, 192, 0, 2, 1, 224, 0, 0, 18}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestIDsSkipZero(t *testing.T) {
	var ids IDs
	if first := ids.Next(); first != 1 {
		t.Errorf("first is %d", first)
	}
	for range 0xfffe {
		ids.Next()
	}
	if next := ids.Next(); next != 1 {
		t.Errorf("65535 is followed by %d", next)
	}
}

func BenchmarkSendReceive(b *testing.B) {
	for _, group := range []netip.Addr{group4, group6} {
		b.Run(fmt.Sprint(group), func(b *testing.B) {
			c := newCable(b)
			pkt := advert6
			if group.Is4() {
				pkt = advert4(group, 255, 1)
			}
			r := c.farReceiver(b, Endpoint{Protocol: 112, Index: c.farIndex, Group: group}, ReceiveOptions{})
			s := newSender(b, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group})
			buf := make([]byte, 2048)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Send(pkt, Target{Dst: group}); err != nil {
					b.Fatal(err)
				}
				for {
					if _, _, err := r.Recv(buf); err == ErrWouldBlock {
						break
					}
				}
			}
		})
	}
}

func TestSenderQueuesNothing(t *testing.T) {
	c := newCable(t)
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Source: near4})
	r, err := NewReceiver(Endpoint{Protocol: 112, Index: c.nearIndex, Source: near4}, ReceiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c.onFar(t, func() {
		pkt := AppendIPv4Header(nil, IPv4Header{Src: far4, Dst: near4, Protocol: 112, TTL: 255, ID: 1}, 8)
		send(t, newSender(t, Endpoint{Protocol: 112, Index: c.farIndex, Source: far4}), append(pkt, make([]byte, 8)...), Target{Dst: near4})
	})
	receive(t, r)
	if readable(t, s.fd, 0) {
		t.Error("the advert is queued for the sender too")
	}
}

func TestWrongIPv6ChecksumIsDropped(t *testing.T) {
	c := newCable(t)
	r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group6}, ReceiveOptions{})
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group6})
	checksummed := func(offset int) {
		if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_CHECKSUM, offset); err != nil {
			t.Fatal(err)
		}
	}
	wrong := bytes.Clone(advert6)
	wrong[1] = 99
	checksummed(-1)
	send(t, s, wrong, Target{Dst: group6})
	checksummed(checksumOffset)
	send(t, s, advert6, Target{Dst: group6})
	if got, _ := receive(t, r); got[1] != advert6[1] {
		t.Errorf("received % x", got)
	}
}

// A route for a group must not lead an advert to a gateway.
func TestMulticastIsNotRouted(t *testing.T) {
	c := newCable(t)
	group := netip.MustParseAddr("239.1.2.3")
	ip(t, "route add 239.0.0.0/8 via 192.0.2.77 dev v0")
	r := c.farReceiver(t, Endpoint{Protocol: 112, Index: c.farIndex, Group: group}, ReceiveOptions{})
	s := newSender(t, Endpoint{Protocol: 112, Index: c.nearIndex, Group: group})
	send(t, s, advert4(group, 255, 1), Target{Dst: group})
	receive(t, r)
}

func TestSocketOptions(t *testing.T) {
	c := newCable(t)
	for _, group := range []netip.Addr{group4, group6} {
		e := Endpoint{Protocol: 112, Index: c.nearIndex, Group: group}
		s := newSender(t, e)
		r, err := NewReceiver(e, ReceiveOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		level, all := unix.IPPROTO_IP, unix.IP_MULTICAST_ALL
		if group.Is6() {
			level, all = unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL
		}
		for _, fd := range []int{s.fd, r.FD()} {
			if v, err := unix.GetsockoptInt(fd, level, all); v != 0 || err != nil {
				t.Errorf("%v: MULTICAST_ALL is %d, %v", group, v, err)
			}
			if v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX); v != c.nearIndex || err != nil {
				t.Errorf("%v: bound to interface %d, %v", group, v, err)
			}
			if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 || err != nil {
				t.Errorf("%v: flags %#x, %v", group, flags, err)
			}
		}
	}
}
