package vrrp

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"keepalived/test/lab"
)

// TestProtocol hands an address over with each keyword that changes adverts or
// how they are taken, and looks at the adverts.
func TestProtocol(t *testing.T) {
	runFeatures(t, []feature{
		{name: "version 2", v2: true, check: wantAdvert(func(a *lab.Advert) bool { return a.Version == 2 && a.Interval == time.Second })},
		{name: "version", lines: "    version 3\n", global: "    vrrp_version 2\n",
			check: wantAdvert(func(a *lab.Advert) bool { return a.Version == 3 && a.Interval == interval })},
		{name: "native_ipv6", lines: "    native_ipv6\n", vips: vips6, vip: "fe80::100", check: from6},
		{newer: true, name: "v3_checksum_as_v2", lines: "    v3_checksum_as_v2\n", check: wantChecksum(plain)},
		{newer: true, name: "v3_checksum_as_v2 global", global: "    v3_checksum_as_v2\n", check: wantChecksum(plain)},
		{newer: true, name: "v3_checksum_as_v2 off", global: "    v3_checksum_as_v2\n", lines: "    v3_checksum_as_v2 off\n", check: wantChecksum(pseudo)},
		{name: "mcast_dst_ip", lines: "    mcast_dst_ip 224.0.0.99\n", check: wantDst("224.0.0.99")},
		{name: "mcast_dst_ip IPv6", lines: "    mcast_dst_ip ff02::99\n", vips: vips6, vip: "fe80::100", check: wantDst("ff02::99")},
		{name: "vrrp_mcast_group4", global: "    vrrp_mcast_group4 224.0.0.98\n", check: wantDst("224.0.0.98")},
		{name: "vrrp_mcast_group6", global: "    vrrp_mcast_group6 ff02::98\n", vips: vips6, vip: "fe80::100", check: wantDst("ff02::98")},
		{name: "mcast_src_ip", lines: "    mcast_src_ip 203.0.113.7\n", check: wantAdvert(func(a *lab.Advert) bool { return a.Src.String() == "203.0.113.7" }), run: sameSource},
		{name: "unicast_peer", lines: unicast, check: unicastOnly(255)},
		{name: "unicast_peer version 2", v2: true, lines: unicast, check: unicastOnly(255)},
		{name: "unicast_peer IPv6", lines: unicast6, vips: "    virtual_ipaddress {\n        2001:db8::100/64\n    }\n", vip: "2001:db8::100", check: unicastOnly6},
		{name: "unicast_src_ip", lines: "    unicast_src_ip OWN\n" + unicast, check: unicastOnly(255)},
		{name: "unicast_ttl", lines: "    unicast_ttl 7\n" + unicast, check: unicastOnly(7)},
		{name: "check_unicast_src", lines: "    check_unicast_src\n" + unicast, check: unicastOnly(255)},
		{name: "vrrp_check_unicast_src", global: "    vrrp_check_unicast_src\n", lines: unicast, check: unicastOnly(255)},
		{name: "min_ttl", lines: "    unicast_ttl 7\n    unicast_peer {\n        PEER min_ttl 7 max_ttl 7\n    }\n", check: unicastOnly(7)},
		{name: "old_unicast_checksum", lines: "    old_unicast_checksum\n" + unicast, check: wantChecksum(oldUnicast)},
		{name: "old_unicast_checksum never", lines: "    old_unicast_checksum never\n" + unicast, check: wantChecksum(pseudo)},
		{name: "virtual_ipaddress_excluded", vips: defVIPs + "    virtual_ipaddress_excluded {\n        2001:db8::100/64\n        192.0.2.101\n    }\n", check: excludedToo},
		{name: "strict_mode", lines: "    strict_mode on\n", silent: true},
		{name: "vrrp_strict", global: "    vrrp_strict\n", silent: true, check: blocked},
		{name: "accept", global: "    vrrp_strict\n", lines: "    accept\n"},
		{name: "no_accept", lines: "    no_accept\n", silent: true, check: blocked},
		{name: "skip_check_adv_addr", lines: "    skip_check_adv_addr\n"},
		{name: "vrrp_skip_check_adv_addr", global: "    vrrp_skip_check_adv_addr\n"},
		{name: "state", lines: "    state MASTER\n"},
		{name: "preempt", lines: "    nopreempt\n    preempt\n"},
		{name: "debug", lines: "    debug 4\n"},
		{name: "kernel_rx_buf_size", lines: "    kernel_rx_buf_size 100000\n"},
		{name: "vrrp_rx_bufs_policy", global: "    vrrp_rx_bufs_policy MTU\n    vrrp_rx_bufs_multiplier 5\n"},
		{name: "no_virtual_ipaddress", v2: true, lines: "    no_virtual_ipaddress\n",
			vips: "    virtual_ipaddress_excluded {\n        192.0.2.100/24\n    }\n", check: wantAdvert(func(a *lab.Advert) bool { return len(a.VIPs) == 0 })},
	})
}

const (
	unicast  = "    unicast_peer {\n        PEER\n    }\n"
	unicast6 = "    unicast_src_ip OWN6\n    unicast_peer {\n        PEER6\n    }\n"
	vips6    = "    virtual_ipaddress {\n        fe80::100/64\n        2001:db8::100/64\n    }\n"
)

// wantAdvert checks the latest advert of a master.
func wantAdvert(ok func(*lab.Advert) bool) func(*pair, *side) {
	return func(p *pair, master *side) {
		if a := p.advert(master); !ok(a) {
			p.t.Errorf("%s advertises %+v", master.Name, *a)
		}
	}
}

func wantDst(group string) func(*pair, *side) {
	return wantAdvert(func(a *lab.Advert) bool { return a.Dst.String() == group && a.TTL == 255 })
}

// from6 wants a link-local source and the IPv6 group.
func from6(p *pair, master *side) {
	if a := p.advert(master); !a.Src.Is6() || !a.Src.IsLinkLocalUnicast() || a.Dst.String() != "ff02::12" || a.TTL != 255 || a.Version != 3 {
		p.t.Errorf("%s advertises %+v", master.Name, *a)
	}
}

// unicastOnly wants adverts to the peer and none to a group.
func unicastOnly(ttl uint8) func(*pair, *side) {
	return func(p *pair, master *side) {
		a := p.advert(master)
		if a.Src.String() != master.own || a.Dst.String() != master.peer || a.TTL != ttl {
			p.t.Errorf("%s advertises %+v, want it from %s to %s with TTL %d", master.Name, *a, master.own, master.peer, ttl)
		}
	}
}

func unicastOnly6(p *pair, master *side) {
	if a := p.advert(master); a.Src.String() != "2001:db8::"+last(master.own) || a.Dst.String() != "2001:db8::"+last(master.peer) {
		p.t.Errorf("%s advertises %+v", master.Name, *a)
	}
}

// sameSource: routers with the same source address hear nothing of the other,
// as the kernel drops its own address from outside; each is master.
func sameSource(p *pair) {
	p.start(p.low)
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.low.WaitAddr(vip)
	p.frames.Wait(lab.Patience, "an advert", lab.From(p.low.Node), lab.Alive)
	p.f.check(p, p.low)
	p.start(p.high) // hears 203.0.113.7, which is not its own
	p.high.daemon.WaitState("VI_1", "MASTER")
	p.low.daemon.WaitState("VI_1", "BACKUP")
}

// Ways to sum up an advert, RFC 9568 5.2.8.
type checksumKind int

const (
	plain      checksumKind = iota // as in version 2
	pseudo                         // with the pseudo header
	oldUnicast                     // with the group's pseudo header, though unicast
)

func wantChecksum(kind checksumKind) func(*pair, *side) {
	return wantAdvert(func(a *lab.Advert) bool {
		dst := a.Dst
		if kind == oldUnicast {
			dst = netip.MustParseAddr("224.0.0.18")
		}
		var b []byte
		if kind != plain {
			b = append(append(append(b, a.Src.AsSlice()...), dst.AsSlice()...), 0, 112)
			b = binary.BigEndian.AppendUint16(b, uint16(len(a.Packet)))
		}
		return sum(append(b, a.Packet...)) == 0xffff
	})
}

// sum is the one's complement sum, RFC 1071.
func sum(b []byte) uint32 {
	var s uint32
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return s
}

// excludedToo wants both addresses set, and one advertised.
func excludedToo(p *pair, master *side) {
	master.WaitAddr("2001:db8::100")
	master.WaitAddr("192.0.2.101")
	if a := p.advert(master); len(a.VIPs) != 1 || a.VIPs[0].String() != vip {
		p.t.Errorf("%s advertises %v", master.Name, a.VIPs)
	}
	p.frames.Wait(lab.Patience, "its announcement", lab.From(master.Node), lab.Announces("2001:db8::100"))
}

// blocked wants the drop rules that nft(8) shows of both daemons.
func blocked(p *pair, master *side) {
	lab.Wait(p.t, lab.Patience, master.Name+" drops packets to the address", func() bool {
		set, err := master.Output("nft", "list", "set", "ip", "keepalived", "vips")
		return err == nil && len(find([]string{set}, vip)) == 1
	})
}
