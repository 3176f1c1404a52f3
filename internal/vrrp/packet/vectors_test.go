package packet

import (
	"encoding/hex"
	"net/netip"
	"testing"
	"time"
)

var (
	ownAddr   = netip.MustParseAddr("10.0.0.1")
	peerAddr  = netip.MustParseAddr("10.0.0.2")
	group4    = netip.MustParseAddr("224.0.0.18")
	linkLocal = netip.MustParseAddr("fe80::1")
	group6    = netip.MustParseAddr("ff02::12")
	hmacKey   = Key{ID: 7, Value: []byte("0123456789abcdef0123456789abcdef")}
)

func pass(s string) (p [8]byte) {
	copy(p[:], s)
	return p
}

func addrs(s ...string) (list []netip.Addr) {
	for _, a := range s {
		list = append(list, netip.MustParseAddr(a))
	}
	return list
}

func signed(p Params) Params {
	p.HMAC = HMAC{Mode: HMACEnforce, Keys: []Key{hmacKey}, ActiveKey: 7, Window: 5 * time.Second}
	return p
}

// vectors are datagrams captured from keepalived 2.4.3, without the IPv4 header
// checksum and the IPv6 header, which are the kernel's.
var vectors = []struct {
	name     string
	p        Params
	priority uint8
	to       netip.Addr
	seq      uint64 // auth_hmac
	hex      string
}{
	{
		name: "version 2 with PASS", priority: 150, to: group4,
		p: Params{Version: 2, VRID: 1, Interval: time.Second, Auth: AuthPass, Pass: pass("secret1"), Addrs: addrs("10.0.0.100", "10.0.0.101")},
		hex: "45c0002c00010000ff7000000a000001e0000012" +
			"210196020101c5e50a0000640a0000657365637265743100",
	},
	{
		name: "version 2 with AH", priority: 255, to: group4,
		p: Params{Version: 2, VRID: 2, Interval: time.Second, Auth: AuthAH, Pass: pass("secret2"), Addrs: addrs("10.0.0.102")},
		hex: "45c0004000010000ff3300000a000001e0000012" +
			"700400000a00000100000001d79e36fe93d017352f5deb05" +
			"2102ff010201d3940a0000660000000000000000",
	},
	{
		name: "version 2 with AH, unicast", priority: 100, to: peerAddr,
		p: Params{Version: 2, VRID: 9, Interval: time.Second, Auth: AuthAH, Pass: pass("secret2"), Addrs: addrs("10.0.0.109"),
			Unicast: true, Peers: []Peer{{Addr: peerAddr, MaxTTL: 255}}},
		hex: "45c0004000010000ff3300000a0000010a000002" +
			"700400000a00000100000001fe9887f929f30b38af16c6ea" +
			"2109640102016e870a00006d0000000000000000",
	},
	{
		name: "version 2 with auth_hmac", priority: 255, to: group4, seq: 0x6b01715947fd0000,
		p: signed(Params{Version: 2, VRID: 7, Interval: time.Second, Addrs: addrs("10.0.0.107")}),
		hex: "45c0004400010000ff7000000a000001e0000012" +
			"2107ff010001d58a0a00006b0000000000000000" +
			"010700006b01715947fd00004cb9cc9136241130d30e64af26097240",
	},
	{
		name: "version 3", priority: 255, to: group4,
		p:   Params{Version: 3, VRID: 3, Interval: 500 * time.Millisecond, Addrs: addrs("10.0.0.103")},
		hex: "45c0002000010000ff7000000a000001e0000012" + "3103ff010032dad10a000067",
	},
	{
		name: "version 3 with auth_hmac", priority: 255, to: group4, seq: 0x6b01715947950000,
		p: signed(Params{Version: 3, VRID: 4, Interval: time.Second, Addrs: addrs("10.0.0.104")}),
		hex: "45c0003c00010000ff7000000a000001e0000012" + "3104ff010064da9d0a000068" +
			"010700006b01715947950000e3def381c92d62cae5fea4f8e571974d",
	},
	{
		name: "version 3, old unicast checksum", priority: 255, to: peerAddr,
		p: Params{Version: 3, VRID: 6, Interval: time.Second, Addrs: addrs("10.0.0.106"), Unicast: true,
			Peers: []Peer{{Addr: peerAddr, MaxTTL: 255}}, Checksum: ChecksumOld, Group4: group4},
		hex: "45c0002000010000ff7000000a0000010a000002" + "3106ff010064da990a00006a",
	},
	{
		name: "version 3, v3_checksum_as_v2", priority: 255, to: group4,
		p:   Params{Version: 3, VRID: 8, Interval: time.Second, Addrs: addrs("10.0.0.108"), ChecksumAsV2: true},
		hex: "45c0002000010000ff7000000a000001e0000012" + "3108ff010064c5250a00006c",
	},
	{
		name: "IPv6 with auth_hmac", priority: 255, to: group6, seq: 0x6b017159467e0000,
		p: signed(Params{Version: 3, VRID: 5, IPv6: true, Interval: time.Second, Addrs: addrs("fe80::105", "2001:db8::105")}),
		// The checksum is the kernel's: zero here.
		hex: "3105ff0200640000" + "fe800000000000000000000000000105" + "20010db8000000000000000000000105" +
			"010700006b017159467e0000383d9288b30c92e0845c922657bb0f9d",
	},
}

// wallOf is the time at which a sequence number is the clock's. It is rounded up,
// since a fraction is cut off on the way.
func wallOf(seq uint64) time.Time {
	return time.Unix(int64(seq>>32), (int64(seq>>16&0xffff)*int64(time.Second)+0xffff)>>16)
}

func source(p Params) netip.Addr {
	if p.IPv6 {
		return linkLocal
	}
	return ownAddr
}

func mustCodec(t testing.TB, p Params) *Codec {
	t.Helper()
	c, err := NewCodec(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// datagram is data as it arrives.
func datagram(p Params, data []byte, to netip.Addr, wall time.Time) *Datagram {
	return &Datagram{Data: data, Src: source(p), Multicast: to.IsMulticast(), HopLimit: TTL, Wall: wall}
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			c := mustCodec(t, v.p)
			wall := wallOf(v.seq)
			c.Seal(source(v.p), v.priority, wall)
			if got := hex.EncodeToString(c.Append(nil, v.to, TTL)); got != v.hex {
				t.Errorf("wrong bytes\nwant %s\ngot  %s", v.hex, got)
			}
			data, err := hex.DecodeString(v.hex)
			if err != nil {
				t.Fatal(err)
			}
			p := v.p
			if p.Unicast {
				p.Peers = []Peer{{Addr: ownAddr, MaxTTL: 255}}
			}
			a, verdict := mustCodec(t, p).Check(datagram(p, data, v.to, wall))
			if !verdict.OK() {
				t.Fatalf("refused: %s", verdict.Text("VI_1"))
			}
			if a.Priority != v.priority || a.Src != source(v.p) || a.Interval != v.p.Interval || a.Warnings != 0 {
				t.Errorf("wrong advert: %+v", a)
			}
		})
	}
}
