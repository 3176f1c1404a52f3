package packet

import (
	"net/netip"
	"testing"
	"time"
)

// hmacPair makes sender and receiver of signed adverts.
type hmacPair struct {
	t  *testing.T
	tx *Codec
	rx *Codec
	p  Params
}

func newPair(t *testing.T, p Params) *hmacPair {
	return &hmacPair{t, mustCodec(t, p), mustCodec(t, p), p}
}

func (h *hmacPair) send(src netip.Addr, at time.Time) *Datagram {
	h.tx.Seal(src, 100, at)
	return datagram(h.p, h.tx.Append(nil, group4, TTL), group4, at)
}

func (h *hmacPair) check(d *Datagram, at time.Time, want Reason) Advert {
	h.t.Helper()
	d.Wall = at
	a, v := h.rx.Check(d)
	if v.Reason != want {
		h.t.Errorf("want reason %d, got %d: %s", want, v.Reason, v.Text("VI_1"))
	}
	return a
}

func TestTrailerFields(t *testing.T) {
	off := 20 + HeaderLen + 8 // headers and two addresses
	tests := []struct {
		name string
		edit func(b []byte) []byte
		want Reason
	}{
		{"as sent", func(b []byte) []byte { return b }, Accepted},
		{"missing", func(b []byte) []byte { b[3] -= TrailerLen; return b[:off] }, ReasonHMACMissing},
		{"cut", func(b []byte) []byte { return b[:len(b)-1] }, ReasonLength},
		{"type", func(b []byte) []byte { b[off] = 2; return b }, ReasonHMACMalformed},
		{"reserved", func(b []byte) []byte { b[off+3] = 1; return b }, ReasonHMACMalformed},
		{"key", func(b []byte) []byte { b[off+1] = 8; return b }, ReasonHMACKey},
		{"time", func(b []byte) []byte { b[off+7] += 6; return b }, ReasonHMACStale},
		{"counter", func(b []byte) []byte { b[off+11]++; return b }, ReasonHMACInvalid},
		{"HMAC", func(b []byte) []byte { b[off+27]++; return b }, ReasonHMACInvalid},
		{"priority", func(b []byte) []byte { b[22]++; return b }, ReasonHMACInvalid},
		{"address", func(b []byte) []byte { b[31]++; return b }, ReasonHMACInvalid},
		{"source", func(b []byte) []byte { b[15]++; return b }, ReasonHMACInvalid},
		{"checksum", func(b []byte) []byte { b[26]++; return b }, ReasonChecksum},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newPair(t, signed(plainV3()))
			d := h.send(ownAddr, wall)
			d.Data = tt.edit(d.Data)
			h.check(d, wall, tt.want)
		})
	}
}

func TestModes(t *testing.T) {
	mode := func(m HMACMode) Params {
		return with(signed(plainV3()), func(p *Params) { p.HMAC.Mode = m })
	}
	for _, m := range []HMACMode{HMACPermissive, HMACReceiveOnly} {
		rx := mustCodec(t, mode(m))
		if _, v := rx.Check(datagram(plainV3(), advert(t, plainV3(), group4), group4, wall)); !v.OK() {
			t.Errorf("mode %d refuses an unsigned advert: %s", m, v.Text("VI_1"))
		}
		h := newPair(t, mode(HMACEnforce))
		d := h.send(ownAddr, wall)
		d.Data[len(d.Data)-1]++
		if _, v := rx.Check(d); v.Reason != ReasonHMACInvalid {
			t.Errorf("mode %d does not look at the trailer: reason %d", m, v.Reason)
		}
	}
	c := mustCodec(t, mode(HMACReceiveOnly))
	if c.Seal(ownAddr, 100, wall); len(c.out) != c.vrrp {
		t.Error("receive-only signs")
	}
	if _, v := mustCodec(t, plainV3()).Check(newPair(t, mode(HMACEnforce)).send(ownAddr, wall)); v.Reason != ReasonLength {
		t.Errorf("a router without auth_hmac: want reason %d, got %d", ReasonLength, v.Reason)
	}
}

func TestReplay(t *testing.T) {
	h := newPair(t, signed(plainV3()))
	first := h.send(ownAddr, wall)
	second := h.send(ownAddr, wall) // same time: the counter grows
	h.check(first, wall, Accepted)
	h.check(first, wall, ReasonHMACReplay)
	h.check(second, wall, Accepted)
	h.check(first, wall, ReasonHMACReplay)
	h.check(h.send(ownAddr, wall.Add(-3*time.Second)), wall, Accepted) // still after the last one sent
	h.check(second, wall.Add(6*time.Second), ReasonHMACStale)
}

func TestClockSetBack(t *testing.T) {
	h := newPair(t, signed(plainV3()))
	h.check(h.send(ownAddr, wall), wall, Accepted)
	back := wall.Add(-time.Hour)
	// Both clocks go back: the old mark is outside the window and forgotten.
	h.check(h.send(ownAddr, back), back, Accepted)
}

func TestMonotonic(t *testing.T) {
	h := newPair(t, with(signed(plainV3()), func(p *Params) { p.HMAC.Monotonic = true }))
	h.check(h.send(ownAddr, wall), wall.Add(time.Hour), Accepted)
	h.check(h.send(ownAddr, wall.Add(-time.Hour)), wall, Accepted)
	other := newPair(t, h.p)
	old := other.send(ownAddr, wall.Add(-time.Hour))
	h.check(old, wall, ReasonHMACReplay)
}

func TestClockSkewWarning(t *testing.T) {
	h := newPair(t, signed(plainV3()))
	a := h.check(h.send(ownAddr, wall.Add(3*time.Second)), wall, Accepted)
	if want := "(VI_1) authentication clock skew 3 sec from 10.0.0.1 approaching window 5 sec"; a.WarningText(WarnClockSkew, "VI_1") != want {
		t.Errorf("want %q, got %q", want, a.WarningText(WarnClockSkew, "VI_1"))
	}
}

func TestSendersAreReplacedByAge(t *testing.T) {
	h := newPair(t, signed(plainV3()))
	src := func(n byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, n}) }
	var first [6]*Datagram
	for n := range first {
		first[n] = h.send(src(byte(n)), wall)
	}
	for n := range 4 {
		h.check(first[n], wall, Accepted)
	}
	h.check(h.send(src(0), wall), wall, Accepted) // 1 is the oldest now
	h.check(first[4], wall, Accepted)             // takes its place
	h.check(first[0], wall, ReasonHMACReplay)
	h.check(first[2], wall, ReasonHMACReplay)
	h.check(first[1], wall, Accepted) // forgotten
}

func TestReplayMarksSurviveReload(t *testing.T) {
	h := newPair(t, signed(plainV3()))
	d := h.send(ownAddr, wall)
	h.check(d, wall, Accepted)
	reloaded := mustCodec(t, h.p)
	reloaded.Inherit(h.rx)
	h.rx = reloaded
	h.check(d, wall, ReasonHMACReplay)
}

func TestUnicastTrailer(t *testing.T) {
	p := signed(with(unicast(), func(p *Params) { p.CheckSource = false; p.Peers = p.Peers[1:] }))
	h := newPair(t, p)
	h.tx.Seal(peerAddr, 100, wall)
	to := netip.MustParseAddr("10.0.0.3")
	h.check(datagram(p, h.tx.Append(nil, to, 64), to, wall), wall, Accepted)
	h.tx.Seal(ownAddr, 100, wall)
	h.check(datagram(p, h.tx.Append(nil, to, 64), to, wall), wall, ReasonHMACSource)
}

func TestUnknownActiveKey(t *testing.T) {
	h := newPair(t, with(signed(plainV3()), func(p *Params) { p.HMAC.ActiveKey = 9 }))
	d := h.send(ownAddr, wall)
	if string(d.Data[len(d.Data)-hmacLen:]) != string(zeros[:]) {
		t.Error("HMAC without a key is not zero")
	}
	h.check(d, wall, ReasonHMACKey)
}
