package netif

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"keepalived/test/need"

	"golang.org/x/sys/unix"
)

func vip(index, n int) Address {
	return Address{
		Index:    index,
		Prefix:   netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), 32),
		Protocol: Protocol,
	}
}

func TestAddressOptions(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	w := testWriter(t)
	p := netip.MustParsePrefix
	a := netip.MustParseAddr
	tests := []struct {
		addr Address
		want string // in the line that ip address prints
	}{
		{Address{Prefix: p("192.0.2.1/24")}, "inet 192.0.2.1/24 scope global d0"},
		{Address{Prefix: p("192.0.3.1/24"), Broadcast: a("192.0.3.255"), Label: "d0:1", Scope: unix.RT_SCOPE_LINK},
			"inet 192.0.3.1/24 brd 192.0.3.255 scope link d0:1"},
		{Address{Prefix: p("192.0.4.1/32"), Peer: a("192.0.4.2")}, "inet 192.0.4.1 peer 192.0.4.2/32 scope global d0"},
		{Address{Prefix: p("192.0.5.1/32"), Protocol: Protocol}, "inet 192.0.5.1/32 scope global"},
		{Address{Prefix: p("239.0.6.1/24"), Flags: unix.IFA_F_NOPREFIXROUTE | unix.IFA_F_MCAUTOJOIN, Valid: 100, Preferred: 50},
			"inet 239.0.6.1/24 scope global dynamic noprefixroute autojoin d0 valid_lft 100sec preferred_lft 50sec"},
		{Address{Prefix: p("2001:db8::1/128"), Flags: unix.IFA_F_NODAD, Valid: Forever},
			"inet6 2001:db8::1/128 scope global nodad deprecated valid_lft forever preferred_lft 0sec"},
		{Address{Prefix: p("2001:db8:1::1/64"), Flags: unix.IFA_F_NODAD | unix.IFA_F_HOMEADDRESS | unix.IFA_F_MANAGETEMPADDR},
			"inet6 2001:db8:1::1/64 scope global nodad home mngtmpaddr valid_lft forever preferred_lft forever"},
		{Address{Prefix: p("2001:db8:2::1/128"), Peer: a("2001:db8:2::2"), Flags: unix.IFA_F_NODAD},
			"inet6 2001:db8:2::1 peer 2001:db8:2::2/128 scope global nodad"},
	}
	for _, tt := range tests {
		tt.addr.Index = i
		if err := w.One(AddAddress(tt.addr)); err != nil {
			t.Fatal(err)
		}
		got := steady(oneSpace(ip(t, "address show dev d0")))
		if !strings.Contains(got, tt.want) {
			t.Errorf("%v: want %q in\n%s", tt.addr, tt.want, got)
		}
		checkListed(t, tt.addr)
		if err := w.One(DeleteAddress(tt.addr)); err != nil {
			t.Error(err)
		}
		if err := w.One(DeleteAddress(tt.addr)); !AlreadyGone(err) {
			t.Errorf("deleting again: %v", err)
		}
	}
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// checkListed compares what was written with what List reads back.
func checkListed(t *testing.T, want Address) {
	t.Helper()
	snap, err := List(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range snap.Addresses {
		if got.Key() != want.Key() {
			continue
		}
		if got.Broadcast != want.Broadcast || got.Protocol != want.Protocol || got.Flags&want.Flags != want.Flags {
			t.Errorf("wrote %+v, read %+v", want, got)
		}
		return
	}
	t.Errorf("%v is not listed", want)
}

func TestBatchTellsWhichRequestFailed(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	w := testWriter(t)
	if err := w.One(AddAddress(vip(i, 70))); err != nil {
		t.Fatal(err)
	}
	var reqs []Request
	for n := range 200 {
		reqs = append(reqs, AddAddress(vip(i, n+1)))
	}
	reqs[3] = AddAddress(vip(i+1000, 4))
	reqs[110] = AddAddress(Address{Index: i})
	reqs[199] = DeleteAddress(vip(i, 9999))
	want := map[int]error{3: unix.ENODEV, 69: unix.EEXIST, 110: nil, 199: unix.EADDRNOTAVAIL}
	for n, err := range w.Do(reqs) {
		expected, fails := want[n]
		if (err != nil) != fails || expected != nil && !errors.Is(err, expected) {
			t.Errorf("request %d: got %v, want %v", n, err, expected)
		}
		var op *OpError
		if fails && !errors.As(err, &op) {
			t.Errorf("request %d: %T is not an OpError", n, err)
		}
	}
	if n := strings.Count(ip(t, "-o -4 address show dev d0"), "\n"); n != 197 {
		t.Errorf("%d addresses, want 197", n)
	}
}

func TestReplaceChangesLifetimes(t *testing.T) {
	need.Namespace(t)
	i := ether(t, "d0")
	w := testWriter(t)
	a := vip(i, 1)
	a.Valid, a.Preferred = 1000, 1000
	b := a
	b.Valid, b.Preferred = 5000, 5000
	for _, err := range w.Do([]Request{AddAddress(a), ReplaceAddress(b)}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := steady(ip(t, "address show dev d0")); !strings.Contains(got, "valid_lft 5000sec") {
		t.Errorf("the lifetime was not renewed:\n%s", got)
	}
}

func TestRefusedRequestNamesTheReason(t *testing.T) {
	need.Namespace(t)
	w := testWriter(t)
	err := w.One(AddAddress(Address{Index: 1, Prefix: netip.MustParsePrefix("127.0.0.2/8"), Label: strings.Repeat("x", 16)}))
	if err == nil || !strings.Contains(err.Error(), "adding address 127.0.0.2/8 on interface 1: label") {
		t.Errorf("got %v", err)
	}
	err = w.One(AddRoute(Route{Dst: netip.MustParsePrefix("198.51.100.0/24"), Via: netip.MustParseAddr("203.0.113.1")}, RouteAdd))
	if !errors.Is(err, unix.ENETUNREACH) || !strings.Contains(err.Error(), "Nexthop") {
		t.Errorf("want the kernel's explanation, got %v", err)
	}
}

// The kernel needs most of the time; compare the two to see what batches save.
func BenchmarkAddresses(b *testing.B) {
	for _, size := range []int{1, maxBatch} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			need.Namespace(b)
			i := ether(b, "d0")
			w := testWriter(b)
			var adds, deletes []Request
			for n := range 500 {
				adds = append(adds, AddAddress(vip(i, n+1)))
				deletes = append(deletes, DeleteAddress(vip(i, n+1)))
			}
			for b.Loop() {
				doInParts(b, w, adds, size)
				b.StopTimer()
				doInParts(b, w, deletes, maxBatch)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(adds)), "µs/address")
		})
	}
}

func doInParts(b *testing.B, w *Writer, reqs []Request, size int) {
	for len(reqs) > 0 {
		for _, err := range w.Do(reqs[:size]) {
			if err != nil {
				b.Fatal(err)
			}
		}
		reqs = reqs[size:]
	}
}

func TestReceiveBufferOfAWriter(t *testing.T) {
	w, err := NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.SetReceiveBuffer(70000, false); err != nil {
		t.Fatal(err)
	}
	// The kernel doubles what is asked for, socket(7).
	if got, err := unix.GetsockoptInt(w.socket.fd, unix.SOL_SOCKET, unix.SO_RCVBUF); err != nil || got != 140000 {
		t.Errorf("the buffer has %d bytes, %v; want 140000", got, err)
	}
}
