package packet

import (
	"net/netip"
	"testing"
	"time"
)

var wall = time.Unix(1795256665, 0)

func plainV3() Params {
	return Params{Version: 3, VRID: 51, Interval: time.Second, Addrs: addrs("10.0.0.100", "10.0.0.101")}
}

func plainV2() Params {
	p := plainV3()
	p.Version = 2
	return p
}

func withPass() Params {
	p := plainV2()
	p.Auth, p.Pass = AuthPass, pass("secret")
	return p
}

func withAH() Params {
	p := plainV2()
	p.Auth, p.Pass = AuthAH, pass("secret")
	return p
}

func unicast() Params {
	p := plainV3()
	p.Unicast, p.CheckSource, p.Group4 = true, true, group4
	p.Peers = []Peer{{Addr: ownAddr, MinTTL: 64, MaxTTL: 128}, {Addr: peerAddr, MaxTTL: 255}}
	return p
}

func v6() Params {
	p := plainV3()
	p.IPv6, p.Addrs = true, addrs("fe80::100")
	return p
}

func with(p Params, f func(*Params)) Params {
	f(&p)
	return p
}

// advert is what a router with parameters p sends at the time wall.
func advert(t testing.TB, p Params, to netip.Addr) []byte {
	t.Helper()
	c := mustCodec(t, p)
	c.Seal(source(p), 100, wall)
	ttl := uint8(TTL)
	if p.Unicast {
		ttl = 100
	}
	return c.Append(nil, to, ttl)
}

// resum makes the checksum of a version 3 advert right again.
func resum(b []byte, dst netip.Addr) {
	putChecksum(b[20:], pseudoSum(ownAddr, dst, len(b)-20))
}

func TestReasons(t *testing.T) {
	v3, v2, ah := plainV3(), plainV2(), withAH()
	tests := []struct {
		name string
		send Params // zero: as recv
		recv Params
		to   netip.Addr // zero: group
		edit func(d *Datagram)
		want Reason
	}{
		{name: "nothing", recv: v3, edit: func(d *Datagram) { d.Data = nil }, want: ReasonLength},
		{name: "IP header only", recv: v3, edit: func(d *Datagram) { d.Data = d.Data[:20] }, want: ReasonLength},
		{name: "not IPv4", recv: v3, edit: func(d *Datagram) { d.Data[0] = 0x65 }, want: ReasonLength},
		{name: "header length below 20", recv: v3, edit: func(d *Datagram) { d.Data[0] = 0x44 }, want: ReasonLength},
		{name: "header length beyond the data", recv: v3, edit: func(d *Datagram) { d.Data[0], d.Data = 0x4f, d.Data[:32] }, want: ReasonLength},
		{name: "AH unexpected", send: ah, recv: v2, want: ReasonAHHeader},
		{name: "AH missing", send: v2, recv: ah, want: ReasonAHHeader},
		{name: "address missing", recv: v3, edit: func(d *Datagram) { d.Data = d.Data[:len(d.Data)-4] }, want: ReasonLength},
		{name: "one byte more", recv: v3, edit: func(d *Datagram) { d.Data = append(d.Data, 0) }, want: ReasonLength},
		{name: "padding", recv: v3, edit: func(d *Datagram) { d.Data = append(d.Data, make([]byte, 10)...) }, want: Accepted},
		{name: "padding behind a VLAN tag", recv: v3, edit: func(d *Datagram) { d.Data = append(d.Data, make([]byte, 6)...) }, want: Accepted},
		{name: "more than padding", recv: v3, edit: func(d *Datagram) { d.Data = append(d.Data, make([]byte, 14)...) }, want: ReasonLength},
		{name: "TTL 254", recv: v3, edit: func(d *Datagram) { d.Data[8] = 254 }, want: ReasonTTL},
		{name: "hop limit 254", recv: v6(), to: group6, edit: func(d *Datagram) { d.HopLimit = 254 }, want: ReasonTTL},
		{name: "hop limit unknown", recv: v6(), to: group6, edit: func(d *Datagram) { d.HopLimit = -1 }, want: Accepted},
		{name: "version", send: v2, recv: v3, want: ReasonVersion},
		{name: "authentication type unknown", recv: v2, edit: func(d *Datagram) { d.Data[24] = 3 }, want: ReasonAuthType},
		{name: "authentication type other", send: withPass(), recv: v2, want: ReasonAuthMismatch},
		{name: "password", send: withPass(), recv: with(withPass(), func(p *Params) { p.Pass = pass("Secret") }), want: ReasonPassword},
		{name: "AH of another protocol", recv: ah, edit: func(d *Datagram) { d.Data[20] = 6 }, want: ReasonAHProtocol},
		{name: "AH password", send: ah, recv: with(ah, func(p *Params) { p.Pass = pass("Secret") }), want: ReasonAHDigest},
		{name: "AH priority changed on the way", recv: ah, edit: func(d *Datagram) { d.Data[46]++ }, want: ReasonAHDigest},
		{name: "AH with changed TOS and checksum", recv: ah, edit: func(d *Datagram) { d.Data[1], d.Data[10], d.Data[11] = 0, 1, 2 }, want: Accepted},
		{name: "interval of version 2", send: with(v2, func(p *Params) { p.Interval = 2 * time.Second }), recv: v2, want: ReasonInterval},
		{name: "packet type", recv: v3, edit: func(d *Datagram) { d.Data[20] = 0x32; resum(d.Data, group4) }, want: ReasonType},
		{name: "IP length", recv: v3, edit: func(d *Datagram) { d.Data[3]-- }, want: ReasonIPLength},
		{name: "checksum of version 3", recv: v3, edit: func(d *Datagram) { d.Data[22]++ }, want: ReasonChecksum},
		{name: "checksum of version 2", recv: v2, edit: func(d *Datagram) { d.Data[22]++ }, want: ReasonChecksum},
		{name: "checksum not looked at", recv: with(v3, func(p *Params) { p.ChecksumAsV2 = true }), edit: func(d *Datagram) { d.Data[22]++ }, want: Accepted},
		{name: "group checksum when forbidden", send: with(unicast(), func(p *Params) { p.Checksum = ChecksumOld }),
			recv: with(unicast(), func(p *Params) { p.Checksum = ChecksumNever }), to: peerAddr, want: ReasonChecksum},
		{name: "unicast on multicast", recv: v3, to: peerAddr, want: ReasonDestination},
		{name: "multicast on unicast", send: v3, recv: unicast(), want: ReasonDestination},
		{name: "IPv6 multicast on unicast", send: v6(), recv: with(v6(), func(p *Params) { p.Unicast = true }), to: group6, want: ReasonDestination},
		{name: "owner ignores", recv: with(v3, func(p *Params) { p.IgnoreAdverts = true }), edit: func(d *Datagram) { d.IsOwner = true }, want: ReasonOwner},
		{name: "no owner now", recv: with(v3, func(p *Params) { p.IgnoreAdverts = true }), want: Accepted},
		{name: "unicast TTL below", recv: unicast(), to: peerAddr, edit: func(d *Datagram) { d.Data[8] = 63 }, want: ReasonPeerTTL},
		{name: "unicast TTL above", recv: unicast(), to: peerAddr, edit: func(d *Datagram) { d.Data[8] = 129 }, want: ReasonPeerTTL},
		{name: "unicast stranger", recv: with(unicast(), func(p *Params) { p.Peers = p.Peers[1:] }), to: peerAddr, want: ReasonPeer},
		{name: "unicast stranger unchecked", recv: with(unicast(), func(p *Params) { p.Peers, p.CheckSource = nil, false }), to: peerAddr, want: Accepted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.send.Version == 0 {
				tt.send = tt.recv
			}
			if !tt.to.IsValid() {
				tt.to = group4
			}
			d := datagram(tt.send, advert(t, tt.send, tt.to), tt.to, wall)
			if tt.edit != nil {
				tt.edit(d)
			}
			_, v := mustCodec(t, tt.recv).Check(d)
			if v.Reason != tt.want {
				t.Errorf("want reason %d, got %d: %s", tt.want, v.Reason, v.Text("VI_1"))
			}
			if !v.OK() && v.Reason != ReasonAHProtocol && v.Text("VI_1") == "" {
				t.Error("no text for the log")
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	recv := plainV3()
	tests := []struct {
		name   string
		send   Params
		master netip.Addr
		want   Warning
		text   string
	}{
		{"same", recv, netip.Addr{}, 0, ""},
		{"other order", with(recv, func(p *Params) { p.Addrs = addrs("10.0.0.101", "10.0.0.100") }), netip.Addr{}, 0, ""},
		{"interval", with(recv, func(p *Params) { p.Interval = 250 * time.Millisecond }), netip.Addr{}, WarnInterval,
			"(VI_1) advertisement interval mismatch ours = 100 centi-sec rcv'd=25 centi-sec"},
		{"count", with(recv, func(p *Params) { p.Addrs = p.Addrs[:1] }), netip.Addr{}, WarnAddrCount, "(VI_1) expected 2 VIPs but received 1"},
		{"list", with(recv, func(p *Params) { p.Addrs = addrs("10.0.0.100", "10.0.0.102") }), netip.Addr{}, WarnAddrList,
			"(VI_1) ip address associated with VRID 51 not present in advert from 10.0.0.1: 10.0.0.101"},
		{"list of the same master", with(recv, func(p *Params) { p.Addrs = addrs("10.0.0.100", "10.0.0.102") }), ownAddr, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := datagram(tt.send, advert(t, tt.send, group4), group4, wall)
			d.Master = tt.master
			a, v := mustCodec(t, with(recv, func(p *Params) { p.SkipCheckAddrs = true })).Check(d)
			if !v.OK() || a.Warnings != tt.want {
				t.Fatalf("want warnings %b, got %b (%s)", tt.want, a.Warnings, v.Text("VI_1"))
			}
			if got := a.WarningText(tt.want, "VI_1"); got != tt.text {
				t.Errorf("want text %q, got %q", tt.text, got)
			}
		})
	}
}

func TestChecksumSwitchesToGroup(t *testing.T) {
	old := with(unicast(), func(p *Params) { p.Checksum = ChecksumOld })
	auto := mustCodec(t, unicast())
	for k, want := range []Warning{WarnChecksum, 0} {
		a, v := auto.Check(datagram(old, advert(t, old, peerAddr), peerAddr, wall))
		if !v.OK() || a.Warnings != want {
			t.Fatalf("advert %d: want warnings %b, got %b: %s", k, want, a.Warnings, v.Text("VI_1"))
		}
	}
	auto.Seal(ownAddr, 100, wall)
	if _, v := mustCodec(t, old).Check(datagram(old, auto.Append(nil, peerAddr, 100), peerAddr, wall)); !v.OK() {
		t.Errorf("own advert is not in the old form: %s", v.Text("VI_1"))
	}
}

func TestAHSequence(t *testing.T) {
	p := withAH()
	tx, rx := mustCodec(t, p), mustCodec(t, p)
	next := func(c *Codec) *Datagram {
		c.Seal(ownAddr, 100, wall)
		return datagram(p, c.Append(nil, group4, TTL), group4, wall)
	}
	first := next(tx)
	if _, v := rx.Check(first); !v.OK() {
		t.Fatal(v.Text("VI_1"))
	}
	if _, v := rx.Check(first); v.Reason != ReasonAHSequence {
		t.Errorf("a replayed advert was accepted: reason %d", v.Reason)
	}
	next(tx)
	if a, v := rx.Check(next(tx)); !v.OK() || a.AHSequence != 3 {
		t.Errorf("want sequence 3, got %d: %s", a.AHSequence, v.Text("VI_1"))
	}
	// The receiver takes over where the sender stopped.
	if _, v := tx.Check(next(rx)); !v.OK() {
		t.Errorf("the successor was refused: %s", v.Text("VI_1"))
	}
	rx.SyncSequence()
	rx.Seal(ownAddr, 100, wall)
	if rx.ahSeq != 5 {
		t.Errorf("want sequence 5 after synchronising with 3, got %d", rx.ahSeq)
	}
	reloaded := mustCodec(t, p)
	reloaded.Inherit(rx)
	if reloaded.Seal(ownAddr, 100, wall); reloaded.ahSeq != 6 {
		t.Errorf("want sequence 6 after a reload, got %d", reloaded.ahSeq)
	}
}

func TestParamsRefused(t *testing.T) {
	for name, p := range map[string]Params{
		"version":               with(plainV3(), func(p *Params) { p.Version = 4 }),
		"interval zero":         with(plainV3(), func(p *Params) { p.Interval = 0 }),
		"interval of version 3": with(plainV3(), func(p *Params) { p.Interval = 41 * time.Second }),
		"interval of version 2": with(plainV2(), func(p *Params) { p.Interval = 256 * time.Second }),
		"family":                with(plainV3(), func(p *Params) { p.IPv6 = true }),
		"too many":              with(plainV3(), func(p *Params) { p.Addrs = make([]netip.Addr, 256) }),
		"PASS with version 3":   with(plainV3(), func(p *Params) { p.Auth = AuthPass }),
	} {
		if _, err := NewCodec(p); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, v := range vectors {
		p := v.p
		if p.Unicast {
			p.Peers = []Peer{{Addr: ownAddr, MaxTTL: 255}}
		}
		tx, rx, buf := mustCodec(t, v.p), mustCodec(t, p), make([]byte, 0, 2048)
		d := datagram(p, nil, v.to, wall)
		round := func() {
			tx.Seal(source(v.p), 100, wall)
			d.Data = tx.Append(buf[:0], v.to, TTL)
			if _, verdict := rx.Check(d); !verdict.OK() {
				t.Fatalf("%s: %s", v.name, verdict.Text("VI_1"))
			}
		}
		round()
		if n := testing.AllocsPerRun(100, round); n != 0 {
			t.Errorf("%s: %v allocations", v.name, n)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, v := range vectors {
		c := mustCodec(f, v.p)
		c.Seal(source(v.p), v.priority, wallOf(v.seq))
		f.Add(c.Append(nil, v.to, TTL), true)
		f.Add(c.Append(nil, v.to, TTL)[:24], false)
	}
	f.Fuzz(func(t *testing.T, data []byte, multicast bool) {
		for _, v := range vectors {
			c := mustCodec(t, v.p)
			before := append([]byte(nil), data...)
			a, verdict := c.Check(&Datagram{Data: data, Src: linkLocal, Multicast: multicast, HopLimit: TTL, Wall: wallOf(v.seq)})
			if string(before) != string(data) {
				t.Fatal("the data were changed")
			}
			if verdict.OK() {
				if id, ok := VRID(v.p.IPv6, data); !ok || int(a.Count) > MaxAddrs {
					t.Fatalf("accepted without VRID %d: %+v", id, a)
				}
			}
		}
	})
}
